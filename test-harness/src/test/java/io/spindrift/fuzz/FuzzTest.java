package io.spindrift.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The short form: each stage for a while, the same seed twice, and every defect of a double found. {@code bin/fuzz} is the long one. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuzzTest {
    private static final long PDUS = 3_000;
    private static final long PDUS_WITH_A_DEFECT = 60_000;

    private static FuzzRun run(FuzzStage stage, long seed, FuzzLog log, long pdus) {
        FuzzRun run = new FuzzRun(stage, seed, log, Weakness.NONE);
        while (run.mutated() < pdus) {
            run.round();
        }
        return run;
    }

    @ParameterizedTest
    @EnumSource(FuzzStage.class)
    void theServerHolds(FuzzStage stage) {
        try (FuzzLog log = new FuzzLog()) {
            new FuzzRun(stage, 1, log, Weakness.NONE).replayCorpus();
            FuzzRun run = run(stage, 1, log, PDUS);
            assertTrue(run.novelty().kinds() > 100 && run.corpus().size() > 100, "the run saw little: " + run);
        }
    }

    @Test
    void theSameSeedIsTheSameRun() {
        try (FuzzLog log = new FuzzLog()) {
            String first = run(FuzzStage.FULL_FEATURE, 5, log, 1_000).toString();
            assertEquals(first, run(FuzzStage.FULL_FEATURE, 5, log, 1_000).toString());
            assertNotEquals(first.replace("seed 5", ""), run(FuzzStage.FULL_FEATURE, 6, log, 1_000).toString().replace("seed 6", ""));
        }
    }

    /** What mutations start from is right, so that they get far. */
    @Test
    void soundLoginsGetIn() {
        try (FuzzLog log = new FuzzLog()) {
            FuzzWorld world = new FuzzWorld(1, FuzzWorld.Surroundings.of(log, Weakness.NONE));
            int in = 0;
            List<Script> logins = Seeds.of(FuzzStage.IN_LOGIN);
            for (Script script : logins) {
                world.open(0);
                for (Packet packet : script.packets()) {
                    world.send(0, List.of(packet.encode(world.peer(0))));
                }
                in += world.peer(0).loggedIn() ? 1 : 0;
                world.close(0);
            }
            assertEquals(logins.size() - 1, in, "one of them has a wrong answer to CHAP, the others are right");
            world.end();
        }
    }

    /** What was found once stays found. */
    @ParameterizedTest
    @MethodSource("traces")
    void aTraceThatFailedOnceHolds(Path trace) throws IOException {
        try (FuzzLog log = new FuzzLog()) {
            assertNull(Trace.play(Files.readAllLines(trace), log, Weakness.NONE));
        }
    }

    static Stream<Path> traces() throws IOException, URISyntaxException {
        return Files.list(Path.of(FuzzTest.class.getResource("/fuzz/traces").toURI())).sorted();
    }

    @ParameterizedTest
    @EnumSource(value = Weakness.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aDefectIsFoundAndItsTraceShowsIt(Weakness weakness) {
        try (FuzzLog log = new FuzzLog()) {
            FuzzRun run = new FuzzRun(FuzzStage.FULL_FEATURE, 1, log, weakness);
            List<String> lines = failing(run);
            FuzzFailure again = Trace.play(lines, log, weakness);
            assertNotNull(again, "the trace shows nothing");
            List<String> fewer = Trace.shortened(lines, log, weakness);
            assertTrue(fewer.size() < lines.size() && fewer.size() < 12, () -> "not shortened: " + fewer.size() + " of " + lines.size());
            assertNull(Trace.play(fewer, log, Weakness.NONE), "what shows the defect is harmless without it");
        }
    }

    private static List<String> failing(FuzzRun run) {
        try {
            while (run.mutated() < PDUS_WITH_A_DEFECT) {
                run.round();
            }
        } catch (FuzzFailure found) {
            List<String> lines = new ArrayList<>(run.trace().lines());
            assertFalse(lines.isEmpty());
            if (!List.of("end", "stop").contains(lines.get(lines.size() - 1))) {
                lines.add("end");
            }
            return lines;
        }
        return fail("nobody noticed in " + run);
    }
}

package io.spindrift.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The short form of the power-loss model over the real files: a seed that holds, and syncs that are missed. {@code bin/power-loss} is the long one. */
class PowerLossTest {
    @TempDir
    Path folder;

    @Test
    void everythingFlushedSurvivesAndNothingStaleIsServed() throws IOException {
        PowerLossRun.Outcome outcome = new PowerLossRun(2, folder, PowerLoss.deafTo(null), 2, 200).run();
        assertTrue(outcome.cuts() > 30 && outcome.lost() > 100 && outcome.cachesKept() > 10, () -> "the run did something: " + outcome);
    }

    /** The cache is disposable, so of its syncs only those are missed that a checkpoint vouches for: slots and headers together. */
    @ParameterizedTest
    @ValueSource(strings = {"all", "file journal", "folder journal", "file store", "folder store", "cache.slab,cache.headers"})
    void withoutSyncsALawBreaks(String deaf) {
        SimulationFailure failure = assertThrows(SimulationFailure.class, () -> {
            for (int seed = 1; seed <= 4; seed++) {
                new PowerLossRun(seed, Files.createDirectory(folder.resolve("seed-" + seed)), PowerLoss.deafTo(deaf), 1, 60).run();
            }
        });
        assertTrue(failure.getMessage().contains("power lost in seed") || failure.getMessage().contains("at the start of a life"), failure.getMessage());
    }

    @Test
    void theSameSeedIsTheSameRun() throws IOException {
        PowerLossRun.Outcome[] outcomes = new PowerLossRun.Outcome[2];
        for (int run = 0; run < 2; run++) {
            outcomes[run] = new PowerLossRun(3, Files.createDirectory(folder.resolve("run-" + run)), PowerLoss.deafTo(null), 1, 1_000).run();
        }
        assertEquals(outcomes[0], outcomes[1]);
    }
}

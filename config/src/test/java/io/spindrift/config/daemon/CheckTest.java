package io.spindrift.config.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.config.admin.Json;
import io.spindrift.config.check.CheckReport;
import io.spindrift.config.check.HostCheck;
import io.spindrift.config.command.SpindriftCommandRun;
import io.spindrift.config.process.ExitCode;
import io.spindrift.config.settings.HostSettings;
import io.spindrift.config.settings.HostSettingsReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code spindrift check} over what a daemon left, and beside one that runs. */
class CheckTest {
    @TempDir
    private Path folder;

    private Path file(int admin) throws Exception {
        return Files.writeString(folder.resolve("host.yaml"), """
                target: {portals: ["127.0.0.1:0"]}
                storage: {directory: %s}
                cache: {directory: %s}
                admin: {listen: "127.0.0.1:%d"}
                transport: nio
                volumes:
                  - {name: disk0, size: 16MiB, cache-size: 16MiB, journal-size: 64MiB, close-timeout: 2s}
                """.formatted(folder.resolve("store"), folder.resolve("cache"), admin));
    }

    private HostDaemon start() throws Exception {
        HostSettings settings = HostSettingsReader.read(file(0), name -> null);
        return HostDaemon.start(settings, Map.of(), new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
    }

    private CheckReport check(boolean repair) throws Exception {
        CheckReport report = new CheckReport();
        new HostCheck(HostSettingsReader.read(file(0), name -> null), null, repair, InstantSource.system(), report).run(() -> { });
        return report;
    }

    private void flip(Path file, int at) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 1;
        Files.write(file, bytes);
    }

    private Path first(String part) throws Exception {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).filter(path -> path.toString().contains(part)).sorted().findFirst().orElseThrow();
        }
    }

    @Test
    void nothingIsThereYet() throws Exception {
        CheckReport report = check(false);
        assertEquals(0, report.left());
        assertTrue(report.text().contains("there is no store yet"), report.text());
        try (Stream<Path> made = Files.list(folder)) {
            assertEquals(1, made.count(), "nothing is made by looking");
        }
    }

    @Test
    void whatADaemonLeftIsWholeAndDamageIsNamed() throws Exception {
        assertEquals(ExitCode.OK, start().close());
        CheckReport whole = check(false);
        assertEquals(0, whole.left(), whole.text());
        assertTrue(whole.bytes() > 0);
        Path state = first("journal.state");
        flip(state, 20);
        flip(first("cache.state"), 130);
        Path entry = first("/log/");
        flip(entry, 30);
        CheckReport damaged = check(false);
        assertTrue(damaged.text().contains("journal replaced at " + state), damaged.text());
        assertTrue(damaged.text().contains("cache replaced"), damaged.text());
        assertTrue(damaged.text().contains("store refused"), damaged.text());
        assertTrue(damaged.left() >= 3, damaged.text());
        assertEquals(damaged.left(), check(true).left(), "none of these has a good copy");
    }

    @Test
    void aRunningDaemonIsAsked() throws Exception {
        HostDaemon daemon = start();
        try {
            Path file = file(daemon.adminPort());
            SpindriftCommandRun run = SpindriftCommandRun.of("check", "--config", file.toString(), "--json");
            assertEquals(0, run.status(), run.err());
            CheckReport.Told told = Json.read(run.out(), CheckReport.Told.class);
            assertEquals(0, told.damaged());
            assertTrue(told.bytesRead() > 0);
            flip(first("/log/"), 30);
            SpindriftCommandRun after = SpindriftCommandRun.of("check", "--config", file.toString());
            assertEquals(ExitCode.DAMAGED.status(), after.status(), after.out());
            assertTrue(after.out().contains("/log/"), after.out());
        } finally {
            daemon.close();
        }
    }

    @Test
    void aStoresFileIsToldByItsSection() throws Exception {
        assertEquals(ExitCode.OK, start().close());
        Path file = Files.writeString(folder.resolve("store.yaml"), """
                server:
                  store: file://%s
                  users: [{name: local, secret: correct horse}]
                """.formatted(folder.resolve("store")));
        assertEquals(0, SpindriftCommandRun.of("check", "--config", file.toString()).status());
        flip(first("disk0="), 30);
        SpindriftCommandRun damaged = SpindriftCommandRun.of("check", "--config", file.toString());
        assertEquals(ExitCode.DAMAGED.status(), damaged.status());
        assertTrue(damaged.out().contains("image local/data/disk0"), damaged.out());
        assertEquals(ExitCode.USAGE.status(), SpindriftCommandRun.of("check", "--config", file.toString(), "--repair").status());
    }
}

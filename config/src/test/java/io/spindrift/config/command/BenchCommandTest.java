package io.spindrift.config.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spindrift.bench.BenchPlan;
import io.spindrift.bench.LoadedTarget;
import io.spindrift.bench.Work;
import io.spindrift.block.BlockGeometry;
import io.spindrift.block.MemoryDevice;
import io.spindrift.initiator.login.Credentials;
import io.spindrift.iscsi.auth.TargetAccess;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BenchCommandTest {
    private static final String URL = "iscsi://127.0.0.1:3260/iqn.2026-11.io.spindrift:disk0/0";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String line) {
        return SpindriftCommand.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(line.split(" +"));
    }

    private static BenchOptions parsed(String line) {
        BenchOptions options = new BenchOptions();
        new CommandLine(new Holder(options)).parseArgs(line.split(" +"));
        return options;
    }

    @CommandLine.Command
    private static final class Holder {
        @CommandLine.Mixin
        private final BenchOptions options;

        Holder(BenchOptions options) {
            this.options = options;
        }
    }

    private static LoadedTarget target() throws Exception {
        return new LoadedTarget(new MemoryDevice(new BlockGeometry(4 << 11, 512, 4096)), TargetAccess.OPEN);
    }

    @Test
    void optionsMakeThePlan() {
        BenchPlan plan = parsed("--work randrw --reads 30 --size 64k --depth 16 --sessions 4 --threads 2 --seconds 1.5 --commands 77 --warm-up 2 --range 1GiB --offset 4m "
                + "--zipf --sync-every 5 --fua --compressible 25 --rate 100 --seed 9 --patience 7 --timeout 8 " + URL + " " + URL).plan(1);
        assertEquals(new BenchPlan.Pattern(Work.RANDRW, 30, 65_536, 4 << 20, 1 << 30, true, 9), plan.pattern());
        assertEquals(new BenchPlan.Writes(true, 5, 25, false, 1 << 20), plan.writes());
        assertEquals(new BenchPlan.Pace(16, 4, 2, 100), plan.pace());
        assertEquals(new BenchPlan.Span(1.5, 77, 2, 7, 8), plan.span());
    }

    @Test
    void defaultsAreARandomReader() {
        BenchOptions options = parsed(URL);
        BenchPlan plan = options.plan(0);
        assertEquals(new BenchPlan.Pattern(Work.RANDREAD, 70, 4096, 0, 0, false, 1), plan.pattern());
        assertEquals(new BenchPlan.Pace(32, 1, 0, 0), plan.pace());
        assertNull(options.initiator(name -> null, 1).credentials());
    }

    @Test
    void theSecretComesFromTheEnvironmentOrAFile(@TempDir Path folder) throws Exception {
        Map<String, String> environment = Map.of("SPINDRIFT_CHAP_USER", "alice", "SPINDRIFT_CHAP_SECRET", "wonderland is far");
        assertEquals(new Credentials("alice", "wonderland is far"), parsed(URL).initiator(environment::get, 1).credentials());
        assertEquals("bob", parsed("--chap-user bob " + URL).initiator(environment::get, 1).credentials().user());
        Path file = Files.writeString(folder.resolve("secret"), "from the file\n");
        assertEquals(new Credentials("bob", "from the file"),
                parsed("--chap-user bob --chap-secret-file " + file + " " + URL).initiator(name -> null, 1).credentials());
        BenchOptions without = parsed("--chap-user bob " + URL);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> without.initiator(name -> null, 1)).getMessage().contains("SPINDRIFT_CHAP_SECRET"));
        assertTrue(parsed(URL).initiator(name -> null, 1).isid() != parsed(URL).initiator(name -> null, 2).isid(), "two processes, two sessions");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "bench                             | Missing required parameter: 'URL'",
        "bench iscsi://h/iqn.a             | iscsi://HOST:PORT/IQN/LUN",
        "bench --work juggle URL           | allowed: randread, randwrite",
        "bench --size 4kB URL              | 'KiB'",
        "bench --size 1000 URL             | size must be a multiple of 512",
        "bench --size 32m URL              | size must be 512 to 16777216",
        "bench --depth 0 URL               | depth must be 1 to 1024",
        "bench --reads 101 URL             | reads must be 0 to 100",
        "bench --seconds 0 URL             | seconds must be more than 0",
        "bench --range 512 URL             | range is smaller than one command",
        "bench --offset 512 URL            | offset must be a multiple of the size",
        "bench --verify --size 512 URL     | verify works with a size",
        "bench --verify --compressible 5 URL | exclude each other",
        "bench --chap-secret-file /no/such URL | can't be read",
        "bench --frobnicate URL            | frobnicate",
    })
    void whatIsWrongIsSaidInOneLine(String line, String complaint) {
        assertEquals(2, run(line.replace("URL", URL)), err.toString());
        assertTrue(err.toString().contains(complaint.replace("'KiB'", "KiB")), err.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
    }

    @Test
    void aLoadFromTheCommandLine() throws Exception {
        try (LoadedTarget target = target()) {
            assertEquals(0, run("bench --work fill --size 256k --verify --json " + target.url()), err.toString());
            JsonNode filled = new ObjectMapper().readTree(out.toString());
            assertEquals(1, out.toString().lines().count());
            assertEquals(16, filled.get("commands").asInt());
            assertTrue(filled.get("p999_us").asDouble() >= filled.get("p50_us").asDouble() && filled.get("p50_us").asDouble() > 0, out.toString());
            out.getBuffer().setLength(0);
            assertEquals(0, run("bench --work scan --verify --timeline --pid " + ProcessHandle.current().pid() + " " + target.url()), err.toString());
            assertTrue(out.toString().contains("verified: 0 wrong units") && out.toString().contains("CPU for each command: target "), out.toString());
            assertEquals(1024, err.toString().lines().mapToInt(line -> Integer.parseInt(line.replaceAll(".* s: (\\d+) commands.*", "$1"))).sum(), err.toString());
        }
    }

    @Test
    void aRangeBeyondTheUnitIsAUsageError() throws Exception {
        try (LoadedTarget target = target()) {
            assertEquals(2, run("bench --range 1GiB " + target.url()));
            assertTrue(err.toString().contains("reach beyond that"), err.toString());
        }
    }

    @Test
    void noTargetIsSaid() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        assertEquals(5, run("bench iscsi://127.0.0.1:" + free + "/iqn.a/0"));
        assertTrue(err.toString().contains("nobody listens there"), err.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
    }
}

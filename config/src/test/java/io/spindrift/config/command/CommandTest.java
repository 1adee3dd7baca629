package io.spindrift.config.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.config.admin.AdminServer;
import io.spindrift.config.admin.FakeControl;
import io.spindrift.config.admin.HostRoutes;
import io.spindrift.config.admin.HostStatus;
import io.spindrift.config.admin.Json;
import io.spindrift.config.process.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The command line against a REST server with a fake daemon behind it. */
class CommandTest {
    private final FakeControl control = new FakeControl();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private AdminServer server;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws IOException {
        ServerSocketChannel socket = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
        server = AdminServer.start("127.0.0.1", socket, new HostRoutes(control));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private int run(String line) {
        CommandLine command = SpindriftCommand.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return command.execute(line.replace("@", "--admin 127.0.0.1:" + server.port()).split(" +"));
    }

    @Test
    void statusIsATableOrJson() {
        assertEquals(0, run("status @"));
        assertTrue(out.toString().contains("disk0   system  10GiB  ready  90.0%  12.0MiB  1.5s"), out.toString());

        out.getBuffer().setLength(0);
        assertEquals(0, run("status --json @"));
        HostStatus status = Json.read(out.toString(), HostStatus.class);
        assertEquals(List.of(FakeControl.DISK), status.volumes());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "volume create disk1 --size 2GiB @                       | create disk1 2GiB 1GiB",
        "volume create disk1 --size 2GiB --set cache-size=4GiB @ | create disk1 2GiB 4GiB",
        "volume resize disk0 20GiB @                             | resize disk0 21474836480",
        "volume flush disk0 @                                    | flush disk0",
        "volume delete disk0 --force @                           | delete disk0",
        "volume locate disk0 17 @                                | locate disk0 17",
        "volume attach disk0 --accept-older 2026-11-21T08:30:00Z @ | attach disk0 2026-11-21T08:30:00Z",
    })
    void verbsReachTheDaemon(String line, String asked) {
        assertEquals(0, run(line), err.toString());
        assertEquals(List.of(asked), control.asked());
    }

    @Test
    void locatePrintsObjectAndOffset() {
        run("volume locate disk0 17 @");
        assertEquals("seg/7 8704\n", out.toString());
        out.getBuffer().setLength(0);
        run("volume locate disk0 2000 @");
        assertEquals("unallocated\n", out.toString());
    }

    @Test
    void listAndShow() {
        assertEquals(0, run("volume list @"));
        assertEquals(0, run("volume show disk0 @"));
        assertTrue(out.toString().contains("dirty     12.0MiB, oldest 1.5s"), out.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "volume show other @                          | 1 | there is no volume 'other' here",
        "volume delete disk0 @                        | 1 | has 1 session; --force deletes it",
        "volume create x --size 10GB @                | 2 | volumes.size: '10GB' is not allowed",
        "volume create x --size 1GiB --set colour=red @ | 2 | colour: unknown key",
        "volume create x @                            | 2 | --size",
        "volume resize disk0 wide @                   | 1 | KiB, MiB, GiB",
        "volume @                                     | 2 | Unknown option",
        "volume                                       | 2 | one of create, list",
        "frobnicate                                   | 2 | is not understood; see 'spindrift --help'",
        "status twice                                 | 2 | is not understood; see 'spindrift status --help'",
        "status --admin nowhere                       | 2 | --admin: 'nowhere' is not allowed",
        "status --config /no/such/file                | 2 | there is no such file",
        "serve --config /no/such/file                 | 2 | there is no such file",
        "serve --accept-older disk0=yesterday         | 2 | --accept-older",
        "store                                        | 2 | --config",
    })
    void whatIsWrongIsSaidInOneLine(String line, int status, String complaint) {
        assertEquals(status, run(line), err.toString());
        assertTrue(err.toString().contains(complaint), err.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
        assertTrue(err.toString().startsWith("spindrift: "), err.toString());
    }

    @Test
    void noDaemonIsSaid() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        assertEquals(ExitCode.NO_DAEMON.status(), run("status --admin 127.0.0.1:" + free));
        assertTrue(err.toString().contains("no daemon answers at 127.0.0.1:" + free), err.toString());
        assertEquals(1, err.toString().lines().count());
    }

    @Test
    void theDaemonIsFoundByItsSettingsFile() throws IOException {
        Path file = folder.resolve("host.yaml");
        Files.writeString(file, "admin: {listen: '127.0.0.1:" + server.port() + "'}\n");
        assertEquals(0, run("volume list --config " + file), err.toString());

        Files.writeString(file, "admin: {listen: off}\n");
        assertEquals(2, run("volume list --config " + file));
        assertTrue(err.toString().contains("admin.listen: is off"), err.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "serve", "store", "status", "version", "volume", "volume create", "volume list", "volume show", "volume resize",
        "volume delete", "volume flush", "volume locate", "volume attach"})
    void everyCommandTellsHowItIsUsed(String command) {
        for (String option : List.of(" --help", " -h")) {
            out.getBuffer().setLength(0);
            assertEquals(0, run((command + option).strip()), err.toString());
            assertTrue(out.toString().contains(("Usage: spindrift " + command).strip()), out.toString());
            assertEquals("", err.toString());
        }
    }

    @Test
    void helpAndVersion() {
        assertEquals(0, run("help"));
        assertTrue(out.toString().contains("serve"));
        assertTrue(out.toString().contains("bench"));
        assertEquals(0, run("version"));
        assertTrue(out.toString().contains("spindrift 0."), out.toString());
    }
}

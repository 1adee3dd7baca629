package io.spindrift.config.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.config.admin.AdminClient;
import io.spindrift.config.admin.ControlException;
import io.spindrift.config.admin.VolumeStatus;
import io.spindrift.config.process.ExitCode;
import io.spindrift.config.settings.HostSettingsReader;
import io.spindrift.config.settings.value.HostPort;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may log in, from the settings file to the wire. */
class AuthDaemonTest {
    private static final int SUCCESS = 0;
    private static final int AUTHENTICATION_FAILURE = 0x0201;
    private static final int AUTHORIZATION_FAILURE = 0x0202;
    private static final int NOT_FOUND = 0x0203;
    private static final String GROUPS = """
            auth:
              - {name: hosts, users: [{name: alice, secret: "${env:ALICE}"}]}
              - {name: rack, addresses: [10.9.0.0/16]}
            """;

    @TempDir
    private Path folder;

    private HostDaemon running;

    @AfterEach
    void stop() {
        close();
    }

    private void close() {
        if (running != null) {
            HostDaemon daemon = running;
            running = null;
            assertEquals(ExitCode.OK, daemon.close());
        }
    }

    private HostDaemon start(String more) throws Exception {
        Path file = Files.writeString(folder.resolve("host.yaml"), """
                storage: {directory: %s}
                cache: {directory: %s}
                admin: {listen: "127.0.0.1:0"}
                transport: nio
                volumes:
                  - {name: closed, size: 16MiB, cache-size: 16MiB, journal-size: 64MiB}
                  - {name: open, size: 16MiB, cache-size: 16MiB, journal-size: 64MiB, auth: none}
                """.formatted(folder.resolve("store"), folder.resolve("cache")) + more);
        HostDaemon daemon = HostDaemon.start(
                HostSettingsReader.read(file, Map.of("ALICE", "alice's own secret")::get), Map.of(), new PrintStream(new ByteArrayOutputStream()));
        running = daemon;
        return daemon;
    }

    private static AdminClient client(HostDaemon daemon) {
        return new AdminClient(new HostPort("127.0.0.1", daemon.adminPort()));
    }

    /** The status of a login that proves nothing. */
    private static int login(HostDaemon daemon, String who) throws Exception {
        byte[] text = ("InitiatorName=iqn.2026-11.io.spindrift:tester\0" + who + "\0").getBytes(StandardCharsets.UTF_8);
        ByteBuffer request = ByteBuffer.allocate(48 + (text.length + 3) / 4 * 4).put(0, (byte) 0x43).put(1, (byte) 0x87).putInt(4, text.length);
        request.put(48, text);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), daemon.portals().get(0).port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.array());
            byte[] answer = new DataInputStream(socket.getInputStream()).readNBytes(48);
            return ByteBuffer.wrap(answer).getShort(36);
        }
    }

    private static String target(String name) {
        return "TargetName=iqn.2026-11.io.spindrift:" + name;
    }

    @Test
    void everyTargetAsTheFileSays() throws Exception {
        HostDaemon daemon = start(GROUPS + "target: {portals: ['127.0.0.1:0'], auth: hosts, discovery-auth: rack}\n");

        assertEquals(AUTHENTICATION_FAILURE, login(daemon, target("closed")));
        assertEquals(SUCCESS, login(daemon, target("open")));
        assertEquals(AUTHORIZATION_FAILURE, login(daemon, "SessionType=Discovery"));
    }

    @Test
    void volumesMadeWhileItRuns() throws Exception {
        HostDaemon daemon = start(GROUPS + "target: {portals: ['127.0.0.1:0'], auth: hosts}\n");
        Map<String, String> small = Map.of("size", "8MiB", "journal-size", "64MiB", "cache-size", "16MiB");

        assertRefused(daemon, "the settings file has no auth 'gone'", with(small, "name", "d1", "auth", "gone"));
        assertRefused(daemon, "target open has auth 'none', not 'hosts'", with(small, "name", "d1", "target", "open", "lun", "1"));
        client(daemon).post("/v1/volumes", with(small, "name", "d1", "target", "open", "lun", "1", "auth", "none"), VolumeStatus.class);
        client(daemon).post("/v1/volumes", with(small, "name", "d2"), VolumeStatus.class);
        client(daemon).post("/v1/volumes", with(small, "name", "d3", "auth", "rack"), VolumeStatus.class);
        assertEquals(SUCCESS, login(daemon, target("open")));
        assertEquals(AUTHENTICATION_FAILURE, login(daemon, target("d2")));
        assertEquals(AUTHORIZATION_FAILURE, login(daemon, target("d3")));
        String kept = Files.readString(folder.resolve("cache").resolve("volumes.yaml"));
        assertTrue(kept.contains("auth: \"rack\""), kept);
        assertFalse(kept.contains("secret"), kept);
    }

    @Test
    void aGroupThatIsGoneLeavesNothingOpen() throws Exception {
        HostDaemon first = start(GROUPS + "target: {portals: ['127.0.0.1:0']}\n");
        client(first).post("/v1/volumes", Map.of("name", "d3", "size", "8MiB", "journal-size", "64MiB", "auth", "rack"), VolumeStatus.class);
        close();

        HostDaemon second = start("target: {portals: ['127.0.0.1:0']}\n");
        assertEquals(NOT_FOUND, login(second, target("d3")));
        assertEquals(SUCCESS, login(second, target("closed")));
        close();

        HostDaemon third = start(GROUPS + "target: {portals: ['127.0.0.1:0']}\n");
        assertEquals(AUTHORIZATION_FAILURE, login(third, target("d3")));
    }

    private static Map<String, String> with(Map<String, String> keys, String... more) {
        Map<String, String> all = new java.util.HashMap<>(keys);
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }

    private static void assertRefused(HostDaemon daemon, String why, Map<String, String> keys) {
        ControlException refused = assertThrows(ControlException.class, () -> client(daemon).post("/v1/volumes", keys, VolumeStatus.class));
        assertTrue(refused.getMessage().contains(why), refused.getMessage());
    }
}

package io.spindrift.config.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.config.admin.AdminClient;
import io.spindrift.config.admin.BlockLocation;
import io.spindrift.config.admin.ControlException;
import io.spindrift.config.admin.HostStatus;
import io.spindrift.config.admin.VolumeStatus;
import io.spindrift.config.process.Closing;
import io.spindrift.config.process.ExitCode;
import io.spindrift.config.process.StartException;
import io.spindrift.config.settings.HostSettings;
import io.spindrift.config.settings.HostSettingsReader;
import io.spindrift.config.settings.StoreSettings;
import io.spindrift.config.settings.StoreSettingsReader;
import io.spindrift.config.settings.value.HostPort;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole daemons in this process, over real sockets on ports that the system chooses. */
class DaemonTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Closing running = new Closing();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        running.close();
    }

    private HostSettings settings(String storage, String cache) throws Exception {
        Path file = Files.writeString(folder.resolve("host.yaml"), """
                target: {portals: ["127.0.0.1:0"]}
                storage: %s
                cache: {directory: %s}
                admin: {listen: "127.0.0.1:0"}
                transport: nio
                volumes:
                  - {name: disk0, size: 16MiB, cache-size: 16MiB, journal-size: 64MiB, close-timeout: 2s}
                """.formatted(storage, folder.resolve(cache)));
        return HostSettingsReader.read(file, name -> null);
    }

    private HostDaemon start(HostSettings settings) throws Exception {
        return HostDaemon.start(settings, Map.of(), new PrintStream(out, true, StandardCharsets.UTF_8));
    }

    private String embedded() {
        return "{directory: " + folder.resolve("store") + "}";
    }

    private static AdminClient client(HostDaemon daemon) {
        return new AdminClient(new HostPort("127.0.0.1", daemon.adminPort()));
    }

    @Test
    void aHostWithItsStoreServesItsVolume() throws Exception {
        HostDaemon daemon = start(settings(embedded(), "cache"));
        int port = daemon.portals().get(0).port();
        assertEquals("READY iscsi://127.0.0.1:" + port + "/iqn.2026-11.io.spindrift:disk0/0\n", out.toString(StandardCharsets.UTF_8));

        HostStatus status = client(daemon).get("/v1/status", HostStatus.class);
        assertEquals("ready", status.volumes().get(0).state());
        assertEquals(16L << 20, status.volumes().get(0).sizeBytes());
        assertEquals(ExitCode.OK, daemon.close());
    }

    @Test
    void aCreatedVolumeIsKeptResizedLocatedAndDeleted() throws Exception {
        HostDaemon first = start(settings(embedded(), "cache"));
        VolumeStatus made = client(first).post("/v1/volumes", Map.of("name", "d1", "size", "8MiB", "journal-size", "64MiB"), VolumeStatus.class);
        assertEquals("ready", made.state());
        assertThrows(ControlException.class, () -> client(first).post("/v1/volumes", Map.of("name", "d1", "size", "8MiB"), VolumeStatus.class));
        assertEquals(12L << 20, client(first).post("/v1/volumes/d1/resize", Map.of("size", "12MiB"), VolumeStatus.class).sizeBytes());
        assertEquals(null, client(first).get("/v1/volumes/d1/locate?lba=9", BlockLocation.class).object());
        client(first).post("/v1/volumes/d1/flush", Map.of(), VolumeStatus.class);
        assertEquals(ExitCode.OK, first.close());

        HostDaemon second = start(settings(embedded(), "cache"));
        VolumeStatus again = client(second).get("/v1/volumes/d1", VolumeStatus.class);
        assertEquals(12L << 20, again.sizeBytes());
        assertEquals("ready", again.state());
        ControlException named = assertThrows(ControlException.class, () -> client(second).delete("/v1/volumes/disk0"));
        assertTrue(named.getMessage().contains("is named in"), named.getMessage());
        client(second).delete("/v1/volumes/d1");
        assertFalse(Files.exists(folder.resolve("cache/volumes/local/data/d1")));
        assertEquals(1, client(second).get("/v1/status", HostStatus.class).volumes().size());
        assertEquals(ExitCode.OK, second.close());
    }

    @Test
    void aTargetOfAnotherHostIsShownAndSentOn() throws Exception {
        HostDaemon daemon = start(HostSettingsReader.read(Files.writeString(folder.resolve("moved.yaml"), """
                target: {portals: ["127.0.0.1:0", "[::1]:0,2"]}
                targets: [{name: away, redirect: "10.1.2.3:3260", redirect-type: permanent}]
                storage: {directory: %s}
                cache: {directory: %s}
                admin: {listen: "127.0.0.1:0"}
                transport: nio
                """.formatted(folder.resolve("store"), folder.resolve("cache"))), name -> null));
        List<HostPort> portals = daemon.portals();
        assertEquals("::1", portals.get(1).host());

        String answer = login(portals.get(1), "InitiatorName=iqn.2026-11.x:a\0TargetName=iqn.2026-11.io.spindrift:away\0");

        assertEquals("0102 TargetAddress=10.1.2.3:3260\0", answer);
        assertEquals(ExitCode.OK, daemon.close());
    }

    /** The status and the text of the answer to a login request. */
    private static String login(HostPort portal, String text) throws Exception {
        byte[] data = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer request = ByteBuffer.allocate(48 + (data.length + 3 & ~3));
        request.put(0, (byte) 0x43).put(1, (byte) 0x87).putInt(4, data.length).put(48, data);
        try (Socket socket = new Socket(portal.host(), portal.port())) {
            socket.getOutputStream().write(request.array());
            ByteBuffer header = ByteBuffer.wrap(socket.getInputStream().readNBytes(48));
            byte[] reply = socket.getInputStream().readNBytes(header.getInt(4));
            return String.format("%04x ", header.getShort(36)) + new String(reply, StandardCharsets.UTF_8);
        }
    }

    @Test
    void oneFolderIsForOneDaemon() throws Exception {
        HostDaemon first = start(settings(embedded(), "cache"));
        StartException refused = assertThrows(StartException.class, () -> start(settings(embedded(), "cache")));

        assertTrue(refused.getMessage().contains("is in use by another daemon"), refused.getMessage());
        assertEquals(ExitCode.OK, first.close());
    }

    @Test
    void anAddressThatIsTakenIsSaidBeforeAnythingIsTouched() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            HostSettings settings = HostSettingsReader.read(Files.writeString(folder.resolve("taken.yaml"), """
                    target: {portals: ["127.0.0.1:%d"]}
                    storage: {directory: %s}
                    cache: {directory: %s}
                    admin: {listen: "127.0.0.1:0"}
                    """.formatted(taken.getLocalPort(), folder.resolve("store"), folder.resolve("cache"))), name -> null);

            StartException refused = assertThrows(StartException.class, () -> start(settings));

            assertTrue(refused.getMessage().startsWith("target.portals: 127.0.0.1:" + taken.getLocalPort()), refused.getMessage());
        }
        assertFalse(Files.exists(folder.resolve("cache")));
        assertFalse(Files.exists(folder.resolve("store")));
    }

    @Test
    void aHostThatCantGiveItsLeaseBackSaysSoByItsExitCode() throws Exception {
        StorageDaemon store = store();
        HostDaemon host = start(settings("{servers: ['" + store.listening() + "'], user: alice, secret: alices-secret}", "cache"));
        store.close();

        ExitCode code = host.close();

        assertEquals(ExitCode.DIRT_LEFT, code);
        assertEquals(3, code.status());
    }

    private StorageDaemon store() throws Exception {
        Path file = Files.writeString(folder.resolve("store.yaml"), """
                server:
                  listen: 127.0.0.1:0
                  store: file://%s
                  users: [{name: alice, secret: alices-secret}]
                """.formatted(folder.resolve("store")));
        StoreSettings settings = StoreSettingsReader.read(file, name -> null);
        StorageDaemon store = StorageDaemon.start(settings, new PrintStream(java.io.OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
        running.add(store::close);
        return store;
    }

    @Test
    void aSecondHostStandsByUntilTheFirstIsClosed() throws Exception {
        StorageDaemon store = store();
        String storage = "{servers: ['" + store.listening() + "'], user: alice, secret: alices-secret}";
        HostDaemon first = start(settings(storage, "cache1"));
        out.reset();
        HostDaemon second = start(settings(storage, "cache2"));
        assertTrue(out.toString(StandardCharsets.UTF_8).startsWith("STANDBY iscsi://"), out.toString(StandardCharsets.UTF_8));
        assertEquals("standby", client(second).get("/v1/volumes/disk0", VolumeStatus.class).state());

        assertEquals(ExitCode.OK, first.close());
        second.volumes().find("disk0").ready().join();
        assertEquals("ready", client(second).get("/v1/volumes/disk0", VolumeStatus.class).state());
        assertEquals(ExitCode.OK, second.close());
    }
}

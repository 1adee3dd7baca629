package io.spindrift.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.config.daemon.HostDaemon;
import io.spindrift.config.process.ExitCode;
import io.spindrift.config.settings.HostSettingsReader;
import io.spindrift.initiator.InitiatorSession;
import io.spindrift.initiator.ScsiTask;
import io.spindrift.initiator.login.InitiatorSettings;
import io.spindrift.initiator.login.TargetUrl;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an initiator finds again when the daemon was stopped, on this host or on another; whole daemons in this process, over real sockets. */
class DaemonRestartTest {
    private static final int TIMEOUT_MS = 20_000;
    private static final int RESERVATION_CONFLICT = 0x18;
    private static final String WRITE = "2A 00 00 00 00 00 00 00 01 00";
    private static final InitiatorSettings HOLDER = InitiatorSettings.defaults().named("iqn.2026-11.test:holder");
    private static final InitiatorSettings OTHER = InitiatorSettings.defaults().named("iqn.2026-11.test:other");

    @TempDir
    private Path folder;

    private HostDaemon daemon;
    private TargetUrl url;

    @AfterEach
    void stop() {
        if (daemon != null) {
            daemon.close();
        }
    }

    private void close() {
        HostDaemon closing = daemon;
        daemon = null;
        assertEquals(ExitCode.OK, closing.close());
    }

    /** A daemon with its own cache folder is a host of its own; the store is the same for all. */
    private void start(String host) throws Exception {
        Path file = Files.writeString(folder.resolve("host.yaml"), """
                target: {portals: ["127.0.0.1:0"]}
                storage: {directory: %s}
                cache: {directory: %s}
                admin: {listen: off}
                transport: nio
                volumes:
                  - {name: disk0, size: 16MiB, cache-size: 16MiB, journal-size: 64MiB}
                """.formatted(folder.resolve("store"), folder.resolve(host)));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        daemon = HostDaemon.start(HostSettingsReader.read(file, name -> null), Map.of(), new PrintStream(out, true, StandardCharsets.UTF_8));
        String said = out.toString(StandardCharsets.UTF_8).trim();
        assertTrue(said.startsWith("READY iscsi://"), said);
        url = TargetUrl.parse(said.substring("READY ".length()));
    }

    /** A session that has no unit attention to be told of. */
    private InitiatorSession session(InitiatorSettings initiator) throws IOException {
        InitiatorSession session = InitiatorSession.open(url, initiator, System::nanoTime);
        for (int told = 0; run(session, "00 00 00 00 00 00", null) != ScsiTask.GOOD; told++) {
            assertTrue(told < 20, "a unit attention again and again");
        }
        return session;
    }

    /** @param data what is sent, in hexadecimal; null for nothing @return the status */
    private static int run(InitiatorSession session, String cdb, String data) throws IOException {
        byte[] bytes = bytes(cdb);
        ScsiTask task = data == null ? ScsiTask.plain(bytes, done -> { }) : ScsiTask.sending(bytes, ByteBuffer.wrap(bytes(data)), done -> { });
        return session.execute(task, TIMEOUT_MS).status();
    }

    private static byte[] bytes(String hex) {
        byte[] parsed = HexFormat.ofDelimiter(" ").parseHex(hex);
        return parsed.length == 6 || parsed.length == 10 ? Arrays.copyOf(parsed, 16) : parsed;
    }

    private static int write(InitiatorSession session) throws IOException {
        return session.execute(ScsiTask.sending(bytes(WRITE), ByteBuffer.allocate(512), done -> { }), TIMEOUT_MS).status();
    }

    private static int reserveOut(InitiatorSession session, int action, int aptpl, int key, int serviceKey) throws IOException {
        String list = String.format("00 00 00 00 00 00 00 %02X 00 00 00 00 00 00 00 %02X 00 00 00 00 %02X 00 00 00", key, serviceKey, aptpl);
        return run(session, String.format("5F %02X 01 00 00 00 00 00 18 00", action), list);
    }

    @ParameterizedTest
    @CsvSource({"1, here, 24", "1, elsewhere, 24", "0, here, 0"})
    void reservationsAreThereWhereAptplWasSet(int aptpl, String host, int conflict) throws Exception {
        start("here");
        try (InitiatorSession holder = session(HOLDER)) {
            assertEquals(ScsiTask.GOOD, reserveOut(holder, 0, aptpl, 0, 7));
            assertEquals(ScsiTask.GOOD, reserveOut(holder, 1, aptpl, 7, 0));
            try (InitiatorSession other = session(OTHER)) {
                assertEquals(RESERVATION_CONFLICT, write(other));
            }
        }
        close();

        start(host);
        try (InitiatorSession other = session(OTHER); InitiatorSession holder = session(HOLDER)) {
            assertEquals(conflict, write(other));
            assertEquals(ScsiTask.GOOD, write(holder));
        }
    }

    @ParameterizedTest
    @CsvSource({"11, here, 0", "11, elsewhere, 0", "10, here, 4"})
    void theWriteCacheStaysOffWhereThePageWasSaved(String save, String host, int wce) throws Exception {
        start("here");
        try (InitiatorSession session = session(HOLDER)) {
            assertEquals(ScsiTask.GOOD, run(session, "15 " + save + " 00 00 18 00", "00 00 00 00 08 12 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"));
            assertEquals(0, writeCache(session));
        }
        close();

        start(host);
        try (InitiatorSession session = session(HOLDER)) {
            assertEquals(wce, writeCache(session));
        }
    }

    private static int writeCache(InitiatorSession session) throws IOException {
        ByteBuffer page = ByteBuffer.allocate(64);
        assertEquals(ScsiTask.GOOD, session.execute(ScsiTask.receiving(bytes("1A 08 08 00 40 00"), page, done -> { }), TIMEOUT_MS).status());
        return page.get(4 + 2) & 4;
    }

    @Test
    void whoIsLoggedInIsAskedToLeaveFirst() throws Exception {
        start("here");
        try (InitiatorSession session = session(HOLDER)) {
            CompletableFuture<Void> closed = CompletableFuture.runAsync(this::close);
            IOException told = assertThrows(IOException.class, () -> session.poll(TIMEOUT_MS));
            assertEquals("the target announced event 1", told.getMessage());
            session.close();
            closed.join();
        }
    }
}

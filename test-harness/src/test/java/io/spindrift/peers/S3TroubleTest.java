package io.spindrift.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.store.StoreException;
import io.spindrift.store.s3.S3Store;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that loses answers, is busy, or takes no notice of conditions. */
class S3TroubleTest {
    private static S3Server server;
    private static int places;
    private S3Gate gate;

    @BeforeAll
    static void startServer(@TempDir Path folder) throws Exception {
        server = S3Server.start(folder, false);
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    @BeforeEach
    void openGate() throws Exception {
        gate = new S3Gate(server.port());
    }

    @AfterEach
    void closeGate() {
        gate.close();
    }

    private S3Store open() throws StoreException {
        places++;
        return S3Store.open(S3Server.settings(gate.port(), "trouble-" + places + "/", S3Server.SECRET), new SplittableRandom(places));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aPutWhoseAnswerWasLostIsOurs() throws Exception {
        try (S3Store store = open()) {
            gate.lostAnswers.set(1);
            assertTrue(store.putIfAbsent("a", bytes("mine")), "the second attempt finds the name taken by the first");
            assertFalse(store.putIfAbsent("a", bytes("other")));
            assertEquals(4, store.length("a"));
        }
    }

    @Test
    void aNameThatSomebodyElseTookIsNotOursWhateverGetsLost() throws Exception {
        try (S3Store store = open()) {
            assertTrue(store.putIfAbsent("a", bytes("theirs")));
            gate.lostAnswers.set(1);
            assertFalse(store.putIfAbsent("a", bytes("mine")));
        }
    }

    @Test
    void aServerThatIsBusyForAWhileIsWaitedFor() throws Exception {
        try (S3Store store = open()) {
            gate.turnedAway.set(2);
            assertTrue(store.putIfAbsent("a", bytes("mine")));
        }
    }

    @Test
    void aServerThatStaysBusyIsUnavailableAndTheBodyStaysWhereItWas() throws Exception {
        try (S3Store store = open()) {
            gate.turnedAway.set(1000);
            ByteBuffer body = bytes("mine");
            StoreException away = assertThrows(StoreException.class, () -> store.putIfAbsent("a", body));
            assertEquals(StoreException.Kind.UNAVAILABLE, away.kind());
            assertEquals(4, body.remaining());
            gate.turnedAway.set(0);
            assertTrue(store.putIfAbsent("a", body));
        }
    }

    @Test
    void aServerThatTakesNoNoticeOfConditionsIsRefused() {
        gate.ignoresConditions = true;
        StoreException refused = assertThrows(StoreException.class, this::open);
        assertEquals(StoreException.Kind.INVALID, refused.kind());
        assertTrue(refused.getMessage().contains("takes no notice of If-None-Match"), refused.getMessage());
    }
}

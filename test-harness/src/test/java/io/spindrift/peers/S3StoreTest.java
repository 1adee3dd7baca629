package io.spindrift.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.store.SegmentStore;
import io.spindrift.store.SegmentStoreContract;
import io.spindrift.store.StoreException;
import io.spindrift.store.s3.S3Settings;
import io.spindrift.store.s3.S3Store;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every store keeps, over a real server; the contract's large body goes in two parts. */
class S3StoreTest extends SegmentStoreContract {
    private static S3Server server;
    private static int places;

    @BeforeAll
    static void startServer(@TempDir Path folder) throws Exception {
        server = S3Server.start(folder, true);
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    private static S3Store open(String prefix) throws StoreException {
        return S3Store.open(S3Server.settings(server.port(), prefix, S3Server.SECRET), new SplittableRandom(++places));
    }

    @Override
    protected SegmentStore open() throws Exception {
        return open("place-" + places + "/");
    }

    /** This server keeps objects as files, and answers such a name with 500. */
    @Test
    @Override
    protected void belowAnObjectIsNothing() throws Exception {
        store.put("short", bytes("12345"));
        assertThrows(StoreException.class, () -> store.read("short/below", 0, java.nio.ByteBuffer.allocate(1)));
    }

    @Test
    void whatWasPutIsThereAfterAnotherOpen() throws Exception {
        try (S3Store first = open("again/")) {
            assertTrue(first.putIfAbsent("a/b", bytes("kept")));
        }
        store.close();
        store = open("again/");
        assertEquals("kept", text("a/b"));
    }

    @Test
    void storesOfDifferentPrefixesDoNotMeet() throws Exception {
        try (S3Store other = open("elsewhere/")) {
            assertTrue(other.putIfAbsent("name", bytes("theirs")));
            assertEquals(-1, store.length("name"));
            assertEquals(1, other.list("", "", 10).size());
        }
    }

    @Test
    void aPlaceOfSomethingElseIsRefused() throws Exception {
        try (S3Store outer = open("taken/")) {
            outer.put("x/y", bytes("data"));
        }
        StoreException refused = assertThrows(StoreException.class, () -> open("taken/objects/"));
        assertTrue(refused.getMessage().contains("is not empty and holds no store"), refused.getMessage());
    }

    @Test
    void aWrongKeyIsToldInOneLine() {
        S3Settings wrong = S3Server.settings(server.port(), "x/", "another-secret");
        StoreException refused = assertThrows(StoreException.class, () -> S3Store.open(wrong, new SplittableRandom(1)));
        assertTrue(refused.getMessage().startsWith("can't open s3://disks/x/: 403"), refused.getMessage());
    }

    @Test
    void aBucketThatIsNotThereIsTold() {
        S3Settings good = S3Server.settings(server.port(), "", S3Server.SECRET);
        S3Settings missing = new S3Settings(good.endpoint(), good.region(), "no-such-bucket", "", good.accessKey(), good.secretKey(), true, good.partBytes(),
            Duration.ofSeconds(20));
        StoreException refused = assertThrows(StoreException.class, () -> S3Store.open(missing, new SplittableRandom(1)));
        assertTrue(refused.getMessage().contains("no-such-bucket") && refused.getMessage().contains("404"), refused.getMessage());
    }
}

package io.spindrift.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link SegmentStore} keeps. Extended over each implementation. */
public abstract class SegmentStoreContract {
    protected SegmentStore store;

    protected abstract SegmentStore open() throws Exception;

    @BeforeEach
    void start() throws Exception {
        store = open();
    }

    @AfterEach
    void stop() {
        store.close();
    }

    protected static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    protected String text(String name) throws StoreException {
        ByteBuffer whole = ByteBuffer.allocate((int) store.length(name));
        store.read(name, 0, whole);
        return new String(whole.array(), StandardCharsets.UTF_8);
    }

    private static void assertFails(StoreException.Kind kind, org.junit.jupiter.api.function.Executable call) {
        assertEquals(kind, assertThrows(StoreException.class, call).kind());
    }

    @Test
    void putIfAbsentKeepsTheFirst() throws Exception {
        assertTrue(store.putIfAbsent("a/b/c", bytes("first")));
        assertFalse(store.putIfAbsent("a/b/c", bytes("second")));
        assertEquals("first", text("a/b/c"));
    }

    @Test
    void putReplaces() throws Exception {
        store.put("hint", bytes("one"));
        store.put("hint", bytes("longer"));
        assertEquals("longer", text("hint"));
        assertFalse(store.putIfAbsent("hint", bytes("x")));
    }

    @Test
    void severalBuffersAreOneBodyAndTheirPositionsMove() throws Exception {
        ByteBuffer direct = ByteBuffer.allocateDirect(5).put(bytes("xabcy")).position(1).limit(4);
        ByteBuffer[] parts = {bytes("12"), direct, bytes(""), bytes("34")};
        assertTrue(store.putIfAbsent("joined", parts));
        assertEquals("12abc34", text("joined"));
        for (ByteBuffer part : parts) {
            assertFalse(part.hasRemaining());
        }
    }

    @Test
    void aLargeBodyOfManyParts() throws Exception {
        byte[] whole = new byte[9 << 20];
        new Random(1).nextBytes(whole);
        ByteBuffer[] parts = new ByteBuffer[2304];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = ByteBuffer.wrap(whole, i * 4096, 4096);
        }
        assertTrue(store.putIfAbsent("large", parts));
        ByteBuffer back = ByteBuffer.allocate(whole.length);
        store.read("large", 0, back);
        assertArrayEquals(whole, back.array());
        ByteBuffer part = ByteBuffer.allocateDirect(5000);
        store.read("large", 4_000_001, part);
        assertEquals(ByteBuffer.wrap(whole, 4_000_001, 5000), part.flip());
    }

    @Test
    void readsOutsideAreAbsent() throws Exception {
        store.put("short", bytes("12345"));
        assertFails(StoreException.Kind.ABSENT, () -> store.read("short", 1, ByteBuffer.allocate(5)));
        assertFails(StoreException.Kind.ABSENT, () -> store.read("short", 6, ByteBuffer.allocate(1)));
        assertFails(StoreException.Kind.ABSENT, () -> store.read("missing", 0, ByteBuffer.allocate(1)));
        assertEquals(-1, store.length("missing"));
        assertEquals(5, store.length("short"));
    }

    @Test
    protected void belowAnObjectIsNothing() throws Exception {
        store.put("short", bytes("12345"));
        assertFails(StoreException.Kind.ABSENT, () -> store.read("short/below", 0, ByteBuffer.allocate(1)));
    }

    @Test
    void aFolderIsNoObject() throws Exception {
        store.put("a/b", bytes("x"));
        assertEquals(-1, store.length("a"));
        assertThrows(StoreException.class, () -> store.read("a", 0, ByteBuffer.allocate(1)));
    }

    @Test
    void deleteRemovesAndMayBeRepeated() throws Exception {
        store.put("a/b/c", bytes("x"));
        store.delete("a/b/c");
        store.delete("a/b/c");
        store.delete("never/was");
        assertEquals(-1, store.length("a/b/c"));
        assertEquals(List.of(), store.list("", "", 10));
        assertTrue(store.putIfAbsent("a/b/c", bytes("y")));
    }

    @Test
    void namesAreChecked() {
        List<String> wrong = List.of("", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", "a b", "a\\b", "\u00e4", "a\u0000", "x".repeat(513));
        for (String name : wrong) {
            assertFails(StoreException.Kind.INVALID, () -> store.put(name, bytes("x")));
            assertFails(StoreException.Kind.INVALID, () -> store.putIfAbsent(name, bytes("x")));
            assertFails(StoreException.Kind.INVALID, () -> store.read(name, 0, ByteBuffer.allocate(1)));
            assertFails(StoreException.Kind.INVALID, () -> store.length(name));
            assertFails(StoreException.Kind.INVALID, () -> store.delete(name));
        }
    }

    @Test
    void listIsInTheOrderOfTheBytesAndPaged() throws Exception {
        TreeSet<String> names = new TreeSet<>(List.of("a", "a-b", "a.b", "b/x", "b/x-y/z", "b/x.y", "b-1", "b.1", "b=1", "B/1", "c/d/e/f", "c/d-e"));
        Random random = new Random(3);
        String alphabet = "ab-.=/Z0_";
        while (names.size() < 200) {
            StringBuilder name = new StringBuilder("r");
            for (int i = random.nextInt(12); i >= 0; i--) {
                name.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String candidate = name.toString();
            boolean clash = names.stream().anyMatch(n -> n.startsWith(candidate + "/") || candidate.startsWith(n + "/"));
            boolean valid = !candidate.endsWith("/") && !candidate.contains("//") && !candidate.matches(".*/\\.{1,2}(/.*)?");
            if (valid && !clash) {
                names.add(candidate);
            }
        }
        for (String name : names) {
            assertTrue(store.putIfAbsent(name, bytes(name)), name);
        }
        for (String prefix : List.of("", "a", "b", "b/", "b/x", "c/d", "r", "ra", "ra/", "nothing")) {
            for (int limit : new int[] {1, 3, 7, 1000}) {
                List<String> expected = names.stream().filter(n -> n.startsWith(prefix)).toList();
                assertEquals(expected, pages(prefix, limit), prefix + " by " + limit);
            }
        }
    }

    private List<String> pages(String prefix, int limit) throws StoreException {
        List<String> seen = new ArrayList<>();
        List<StoredObject> page;
        do {
            page = store.list(prefix, seen.isEmpty() ? "" : seen.get(seen.size() - 1), limit);
            for (StoredObject object : page) {
                assertEquals(object.name().length(), object.length());
                seen.add(object.name());
            }
        } while (page.size() == limit);
        return seen;
    }

    @Test
    void ofManyWritersOneWins() throws Exception {
        ExecutorService threads = new ThreadPoolExecutor(8, 8, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
        try {
            for (int round = 0; round < 20; round++) {
                String name = "race/" + round + "/x";
                CountDownLatch start = new CountDownLatch(1);
                List<Future<Boolean>> puts = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    ByteBuffer body = bytes("writer-" + i);
                    puts.add(threads.submit(() -> {
                        start.await();
                        return store.putIfAbsent(name, body);
                    }));
                }
                start.countDown();
                int winner = -1;
                for (int i = 0; i < 8; i++) {
                    if (puts.get(i).get(30, TimeUnit.SECONDS)) {
                        assertEquals(-1, winner, "two writers won");
                        winner = i;
                    }
                }
                assertEquals("writer-" + winner, text(name));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void makingAndEmptyingFoldersAtTheSameTime() throws Exception {
        ExecutorService threads = new ThreadPoolExecutor(4, 4, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
        try {
            List<Future<Void>> runs = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String name = "shared/folder/" + i;
                runs.add(threads.submit(() -> {
                    for (int n = 0; n < 50; n++) {
                        assertTrue(store.putIfAbsent(name, bytes("x")));
                        assertEquals(1, store.length(name));
                        store.delete(name);
                    }
                    return null;
                }));
            }
            for (Future<Void> run : runs) {
                run.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}

package io.spindrift.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryStoreTest extends SegmentStoreContract {
    @TempDir
    Path folder;

    @Override
    protected SegmentStore open() throws Exception {
        return new DirectoryStore(folder.resolve("store"));
    }

    @Test
    void aFolderOfSomethingElseIsRefusedAndLeftAlone() throws Exception {
        Path foreign = Files.createDirectory(folder.resolve("foreign"));
        Files.writeString(foreign.resolve("letter.txt"), "dear all");
        StoreException refused = assertThrows(StoreException.class, () -> new DirectoryStore(foreign));
        assertEquals(StoreException.Kind.INVALID, refused.kind());
        assertTrue(refused.getMessage().contains("letter.txt"), refused.getMessage());
        try (Stream<Path> left = Files.list(foreign)) {
            assertEquals(1, left.count());
        }
    }

    @Test
    void anotherFormatIsRefusedByName() throws Exception {
        Path newer = Files.createDirectory(folder.resolve("newer"));
        Files.writeString(newer.resolve("SPINDRIFT-STORE"), "spindrift store, format 2\n");
        StoreException refused = assertThrows(StoreException.class, () -> new DirectoryStore(newer));
        assertTrue(refused.getMessage().contains("format 2"), refused.getMessage());
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThrows(StoreException.class, () -> new DirectoryStore(file));
    }

    @Test
    void objectsSurviveAndTemporariesOfTheDeadGo() throws Exception {
        store.putIfAbsent("a/b", bytes("kept"));
        Path dead = Files.createDirectories(folder.resolve("store/tmp/p-dead"));
        Files.writeString(dead.resolve("lock"), "");
        Files.writeString(dead.resolve("7"), "half a segment");
        try (SegmentStore second = new DirectoryStore(folder.resolve("store"))) {
            assertFalse(Files.exists(dead));
            assertEquals(List.of(new StoredObject("a/b", 4)), second.list("", "", 10));
            assertTrue(store.putIfAbsent("c", bytes("the first still works")));
            assertTrue(second.putIfAbsent("d", bytes("and the second")));
        }
        assertEquals("kept", text("a/b"));
    }

    @Test
    void noTemporaryIsLeftBehind() throws Exception {
        store.putIfAbsent("x", bytes("1"));
        store.putIfAbsent("x", bytes("2"));
        store.put("x", bytes("3"));
        try (Stream<Path> files = Files.walk(folder.resolve("store/tmp"))) {
            assertEquals(List.of("lock"), files.filter(Files::isRegularFile).map(f -> f.getFileName().toString()).toList());
        }
    }

    @Test
    void objectsOfAnyLengthAndAnyPartsReadBackWhole() throws Exception {
        SplittableRandom random = new SplittableRandom(7);
        int around = ObjectWriter.LEAST_DIRECT;
        int[] lengths = {around - 1, around, around + 1, around + 4096, 3 * around, 3 * around + 4096 + 5, 2 * around - 511};
        for (int length : lengths) {
            byte[] whole = new byte[length];
            random.nextBytes(whole);
            String name = "object-" + length;
            assertTrue(store.putIfAbsent(name, parts(whole, random)));
            assertEquals(length, store.length(name));
            ByteBuffer read = ByteBuffer.allocate(length);
            store.read(name, 0, read);
            assertArrayEquals(whole, read.array(), name);
        }
    }

    private static ByteBuffer[] parts(byte[] whole, SplittableRandom random) {
        List<ByteBuffer> parts = new ArrayList<>();
        for (int at = 0; at < whole.length;) {
            int count = Math.min(whole.length - at, random.nextInt(300_000));
            ByteBuffer part = random.nextBoolean() ? ByteBuffer.allocate(count + 3) : ByteBuffer.allocateDirect(count + 3);
            parts.add(part.position(3).put(whole, at, count).position(3));
            at += count;
        }
        return parts.toArray(ByteBuffer[]::new);
    }

    @Test
    void theWriterTakesNoFileThatIsThere() throws Exception {
        ObjectWriter writer = new ObjectWriter(folder);
        for (int length : new int[] {5, ObjectWriter.LEAST_DIRECT}) {
            Path file = Files.writeString(folder.resolve("there"), "of somebody else");
            assertThrows(FileAlreadyExistsException.class, () -> writer.write(file, ByteBuffer.allocate(length)));
            assertEquals("of somebody else", Files.readString(file));
        }
    }
}

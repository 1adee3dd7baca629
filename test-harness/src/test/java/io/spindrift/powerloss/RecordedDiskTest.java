package io.spindrift.powerloss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a power loss may leave, and what not. */
class RecordedDiskTest {
    @TempDir
    Path scratch;
    private RecordedFileSystem system;
    private int losses;

    @BeforeEach
    void folder() throws IOException {
        Path real = Files.createDirectory(scratch.resolve("real"));
        Files.write(real.resolve("old"), new byte[2048]);
        system = new RecordedFileSystem(real);
    }

    private Path lose() throws IOException {
        Path left = Files.createDirectory(scratch.resolve("left-" + losses));
        system.disk().powerLoss(left, new Random(losses++));
        return left;
    }

    private void syncFolder() throws IOException {
        try (FileChannel channel = FileChannel.open(system.root(), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** What one file holds after each of a hundred losses; "none" where it is not there. */
    private Set<String> fates(String name) throws IOException {
        Set<String> fates = new HashSet<>();
        for (int loss = 0; loss < 100; loss++) {
            Path file = lose().resolve(name);
            fates.add(Files.exists(file) ? bytes(Files.readAllBytes(file)) : "none");
        }
        return fates;
    }

    private static String bytes(byte[] bytes) {
        StringBuilder sectors = new StringBuilder();
        for (int at = 0; at < bytes.length; at += 512) {
            sectors.append((char) ('0' + bytes[at]));
        }
        return sectors.toString();
    }

    private static ByteBuffer filled(int value, int sectors) {
        ByteBuffer bytes = ByteBuffer.allocate(512 * sectors);
        while (bytes.hasRemaining()) {
            bytes.put((byte) value);
        }
        return bytes.flip();
    }

    @Test
    void whatIsSyncedIsThereAsItIs() throws IOException {
        try (FileChannel file = FileChannel.open(system.root().resolve("old"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            file.write(filled(1, 2), 512);
            file.force(false);
            assertEquals(Set.of("0110"), fates("old"));
        }
    }

    @Test
    void whatIsNotSyncedIsThereInAnyPart() throws IOException {
        try (FileChannel file = FileChannel.open(system.root().resolve("old"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            file.write(filled(1, 4), 0);
            file.write(filled(2, 2), 1024);
            Set<String> fates = fates("old");
            assertTrue(fates.containsAll(Set.of("0000", "1122", "1111", "0022")), fates.toString());
            assertTrue(fates.stream().anyMatch(fate -> fate.contains("10") || fate.contains("01")), fates.toString());
        }
    }

    @Test
    void whatIsStoredThroughAMappingIsSeenAndSyncedWithTheFile() throws IOException {
        try (FileChannel file = FileChannel.open(system.root().resolve("old"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer mapping = file.map(FileChannel.MapMode.READ_WRITE, 0, 2048);
            mapping.put(0, filled(3, 4).array());
            assertTrue(fates("old").containsAll(Set.of("0000", "3333")));
            file.force(false);
            assertEquals(Set.of("3333"), fates("old"));
        }
    }

    @Test
    void aNameIsDurableWithItsFolderOnly() throws IOException {
        Path made = system.root().resolve("new");
        try (FileChannel file = FileChannel.open(made, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            file.write(filled(1, 2));
            file.force(true);
            assertEquals(Set.of("none", "11"), fates("new"));
            syncFolder();
            assertEquals(Set.of("11"), fates("new"));
        }
        Files.move(made, system.root().resolve("other"));
        for (int loss = 0; loss < 100; loss++) {
            Path left = lose();
            assertTrue(Files.exists(left.resolve("new")) != Files.exists(left.resolve("other")), "a rename is there or not");
        }
        syncFolder();
        assertEquals(Set.of("none"), fates("new"));
        assertEquals(Set.of("11"), fates("other"));
    }

    @Test
    void aDeletedFileMayComeBackUntilTheFolderIsSynced() throws IOException {
        Files.delete(system.root().resolve("old"));
        assertEquals(Set.of("none", "0000"), fates("old"));
        syncFolder();
        assertEquals(Set.of("none"), fates("old"));
    }
}

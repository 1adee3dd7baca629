package io.spindrift.blockcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.spindrift.image.HistoryPoint;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class ChronicleBlockCacheTest extends BlockCacheContract {
    private static final UUID BOOT = new UUID(7, 8);
    private static final HistoryPoint POINT = new HistoryPoint(new UUID(1, 2), 3, new UUID(4, 5), 6);
    private static final CacheSettings SETTINGS = new CacheSettings(4 << 20);
    @TempDir
    Path folder;

    @Override
    protected BlockCache make() {
        return open(SETTINGS, BOOT);
    }

    private ChronicleBlockCache open(CacheSettings settings, UUID boot) {
        return ChronicleBlockCache.open(settings, folder, boot, ImmediateEventExecutor.INSTANCE, Runnable::run).join();
    }

    private void filled(int blocks) {
        for (long block = 0; block < blocks; block++) {
            put(block, block + 1, true);
        }
        cache.advance(POINT);
        cache.close();
    }

    @Test
    void onADiskThatIsFullItKeepsToItsSizeAndGrowsWhenThereIsRoom() {
        cache.close();
        FullChannel[] slab = new FullChannel[1];
        CacheFiles files = new CacheFiles(folder, SETTINGS, BOOT);
        files.slabs = channel -> slab[0] = new FullChannel(channel);
        cache = ChronicleBlockCache.open(files, folder, ImmediateEventExecutor.INSTANCE, Runnable::run).join();
        slab[0].roomBytes = 300 * 4096;
        for (long block = 0; block < 900; block++) {
            put(block, block + 1, true);
        }
        assertEquals(300, cache.stats().blocks());
        assertTrue(slab[0].refused >= 1 && slab[0].refused < 10, "it is not asked for room each time: " + slab[0].refused);
        assertTrue(cache.stats().evictions() > 500, "new blocks take the place of old ones");
        assertEquals(900, version(899), "the newest is here");
        long kept = 0;
        for (long block = 0; block < 900; block++) {
            long version = version(block);
            assertTrue(version == -1 || version == block + 1, "block " + block + " shows version " + version);
            kept += version == -1 ? 0 : 1;
        }
        assertEquals(300, kept);
        slab[0].roomBytes = Long.MAX_VALUE;
        for (long block = 1_000; block < 8_000; block++) {
            put(block, block + 1, true);
        }
        assertTrue(cache.stats().blocks() > 800, cache.stats().blocks() + " of " + cache.stats().capacityBlocks());
        assertEquals(8_000, version(7_999));
    }

    @Test
    void oneOfAnotherVersionIsDroppedByName() throws Exception {
        filled(100);
        try (RandomAccessFile state = new RandomAccessFile(folder.resolve("cache.state").toFile(), "rw")) {
            state.seek(8);
            state.writeInt(9);
        }
        assertEquals("format version 9, this program knows 2", refusal());
        cache = open(SETTINGS, BOOT);
        assertEquals(0, cache.stats().blocks());
        assertNull(cache.point());
    }

    private String refusal() throws IOException {
        try (FileChannel file = FileChannel.open(folder.resolve("cache.state"), StandardOpenOption.READ)) {
            return new CacheState(file, FileChannel.MapMode.READ_ONLY).mismatch(SETTINGS.capacityBytes());
        }
    }

    @Test
    void aCleanCacheIsFoundWhole() {
        filled(500);
        cache = open(SETTINGS, new UUID(9, 9));
        assertEquals(500, cache.stats().blocks());
        assertEquals(POINT, cache.point());
        for (long block = 0; block < 500; block++) {
            assertEquals(block + 1, version(block));
        }
        put(1, 77, true);
        cache.invalidate(2, 1);
        cache.close();
        cache = open(SETTINGS, BOOT);
        assertEquals(77, version(1));
        assertEquals(-1, version(2));
    }

    @Test
    void anotherSizeIsAnotherCache() {
        filled(100);
        cache = open(new CacheSettings(6 << 20), BOOT);
        assertEquals(0, cache.stats().blocks());
        assertNull(cache.point());
    }

    @Test
    void filesStayWithinTheSetting() throws Exception {
        for (long block = 0; block < 3000; block++) {
            put(block * 7, 1, true);
        }
        cache.close();
        assertTrue(cache.stats().capacityBlocks() > 800, cache.stats().toString());
        try (Stream<Path> files = Files.list(folder)) {
            long bytes = files.mapToLong(file -> file.toFile().length()).sum();
            assertTrue(bytes <= SETTINGS.capacityBytes(), bytes + " bytes");
        }
    }

    @Test
    void twoCantHaveIt() {
        assertTrue(assertThrows(CompletionException.class, this::make).getCause().getMessage().contains("in use"));
    }

    /** What a process that dies now leaves behind; mappings and files are one. */
    private Path killed() throws IOException {
        Path copy = Files.createDirectory(folder.resolveSibling(folder.getFileName() + "-killed"));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        return copy;
    }

    @Test
    void anUncleanCacheIsBelievedWithinItsBootOnly() throws Exception {
        for (long block = 0; block < 500; block++) {
            put(block, block + 1, true);
        }
        cache.advance(POINT);
        cache.invalidate(100, 10);
        Path left = killed();
        BlockCache again = ChronicleBlockCache.open(SETTINGS, left, BOOT, ImmediateEventExecutor.INSTANCE, Runnable::run).join();
        assertEquals(490, again.stats().blocks());
        assertEquals(POINT, again.point());
        for (long block = 0; block < 500; block++) {
            assertEquals(block >= 100 && block < 110 ? -1 : block + 1, version(again, block));
        }
        again.close();
    }

    @Test
    void anUncleanCacheOfAnotherBootIsDropped() throws Exception {
        put(1, 1, true);
        cache.advance(POINT);
        Path left = killed();
        BlockCache again = ChronicleBlockCache.open(SETTINGS, left, new UUID(9, 9), ImmediateEventExecutor.INSTANCE, Runnable::run).join();
        assertEquals(0, again.stats().blocks());
        assertNull(again.point());
        assertEquals(-1, version(again, 1));
        again.close();
    }

    @Test
    void whatADeathLeftInTheDirectoryIsMendedWithoutAnAlarm() throws Exception {
        for (long block = 0; block < 500; block++) {
            put(block, block + 1, true);
        }
        cache.advance(POINT);
        Path left = killed();
        long bytes = Files.size(left.resolve("cache.directory"));
        for (long at = bytes / 2; at < bytes; at += 512) {
            spoil(left, "cache.directory", at);
        }
        ListAppender<ILoggingEvent> heard = new ListAppender<>();
        heard.start();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(heard);
        BlockCache again = ChronicleBlockCache.open(SETTINGS, left, BOOT, ImmediateEventExecutor.INSTANCE, Runnable::run).join();
        root.detachAppender(heard);
        List<String> alarms = heard.list.stream().filter(event -> event.getLevel().isGreaterOrEqual(Level.ERROR)).map(ILoggingEvent::getFormattedMessage).toList();
        assertEquals(List.of(), alarms);
        assertTrue(heard.list.stream().anyMatch(event -> event.getFormattedMessage().contains("mended")), "damage must have been met");
        assertTrue(again.stats().blocks() > 0 && again.stats().blocks() < 500, again.stats().toString());
        for (long block = 0; block < 500; block++) {
            long version = version(again, block);
            assertTrue(version == -1 || version == block + 1, "block " + block);
        }
        again.close();
    }

    @Test
    void whatMemoryDoesNotHoldIsLoaded() throws Exception {
        for (long block = 0; block < 8; block++) {
            put(block, block + 1, true);
        }
        ByteBuf read = Unpooled.buffer(8 * 4096).writeZero(8 * 4096);
        assertEquals(0, cache.cold(0, 8), "nobody has reason to ask");
        ((ChronicleBlockCache) cache).coldBlocks().believe(slot -> slot < 2);
        assertEquals(2, cache.get(0, 8, read, 0));
        assertEquals(0, cache.cold(0, 8));
        assertEquals(6, cache.cold(2, 8));
        assertEquals(0, cache.cold(100, 8));
        assertTrue(cache.contains(5));
        long[] brought = new long[6];
        cache.load(2, 6, data -> {
            for (int i = 0; i < 6; i++) {
                brought[i] = data.getLong(i * 4096 + 8);
            }
        });
        for (int i = 0; i < 6; i++) {
            assertEquals(i + 3, brought[i]);
        }
    }

    @Test
    void whatWasJustWrittenIsInMemory() {
        for (long block = 0; block < 500; block++) {
            put(block, block + 1, true);
        }
        ((ChronicleBlockCache) cache).coldBlocks().suspect();
        for (long block = 499; block >= 0; block--) {
            assertEquals(0, cache.cold(block, 1));
            assertEquals(block + 1, version(block));
            assertEquals(500 - block, version(499 - block));
        }
    }

    @Test
    void aLoadOfDamagedBytesIsAMiss() throws Exception {
        put(0, 1, true);
        ((ChronicleBlockCache) cache).coldBlocks().believe(slot -> false);
        spoil("cache.slab", 100);
        cache.load(0, 1, data -> assertNull(data));
        assertFalse(cache.contains(0));
        assertEquals(1, cache.stats().corrupt());
    }

    @Test
    void aLoadThatWasOvertakenIsLookedForAgain() {
        ArrayDeque<Runnable> later = new ArrayDeque<>();
        cache.close();
        ChronicleBlockCache slow = ChronicleBlockCache.open(SETTINGS, folder.resolveSibling("slow"), BOOT, ImmediateEventExecutor.INSTANCE,
                task -> {
                    if (later.isEmpty()) {
                        task.run();
                    } else {
                        later.add(task);
                    }
                }).join();
        cache = slow;
        put(0, 1, true);
        put(1, 1, true);
        slow.coldBlocks().believe(slot -> false);
        later.add(() -> { });
        List<Boolean> brought = new ArrayList<>();
        slow.load(0, 1, data -> brought.add(data != null));
        slow.load(1, 1, data -> brought.add(data != null));
        put(0, 2, true);
        later.forEach(Runnable::run);
        assertEquals(List.of(false, true), brought);
        assertEquals(0, slow.stats().corrupt());
        assertTrue(slow.contains(0));
    }

    /** Power was lost: whatever was synced at the checkpoint is there, what came later as far as its slot is whole. */
    @Test
    void anUncleanCacheOfAnotherBootIsFoundAsOfItsCheckpoint() throws Exception {
        for (long block = 0; block < 500; block++) {
            put(block, block + 1, true);
        }
        cache.advance(POINT);
        cache.checkpoint();
        put(7, 1000, true);
        put(600, 1000, true);
        cache.invalidate(100, 10);
        cache.advance(POINT.withSequence(1000));
        Path left = killed();
        Files.delete(left.resolve("cache.directory"));
        try (RandomAccessFile slab = new RandomAccessFile(left.resolve("cache.slab").toFile(), "rw")) {
            slab.seek(20 * 4096 + 512);
            slab.write(new byte[512]);
        }
        BlockCache again = ChronicleBlockCache.open(SETTINGS, left, new UUID(9, 9), ImmediateEventExecutor.INSTANCE, Runnable::run).join();
        assertEquals(POINT, again.point());
        assertEquals(491, again.stats().blocks());
        for (long block = 0; block < 500; block++) {
            assertEquals(block == 7 ? 1000 : block == 20 || block >= 100 && block < 110 ? -1 : block + 1, version(again, block));
        }
        again.close();
        again = ChronicleBlockCache.open(SETTINGS, left, new UUID(8, 8), ImmediateEventExecutor.INSTANCE, Runnable::run).join();
        assertEquals(490, again.stats().blocks());
        assertEquals(POINT, again.point());
        again.close();
    }

    private void spoil(String file, long at) throws IOException {
        spoil(folder, file, at);
    }

    private static void spoil(Path where, String file, long at) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(where.resolve(file).toFile(), "rw")) {
            bytes.seek(at);
            int old = bytes.read();
            bytes.seek(at);
            bytes.write(old ^ 0x20);
        }
    }

    @Test
    void flippedBitsAreMisses() throws Exception {
        filled(300);
        for (int slot = 0; slot < 100; slot++) {
            spoil("cache.slab", slot * 4096L + slot * 37);
            spoil("cache.headers", (100 + slot) * 32L + slot % 20);
        }
        cache = open(SETTINGS, BOOT);
        int hits = 0;
        for (long block = 0; block < 300; block++) {
            long version = version(block);
            assertTrue(version == -1 || version == block + 1);
            hits += version == -1 ? 0 : 1;
        }
        assertEquals(100, hits);
        assertTrue(cache.stats().corrupt() >= 100);
    }

    @Test
    void spoiledFilesOfEveryKindAreDropped() throws Exception {
        for (String file : new String[] {"cache.state", "cache.headers", "cache.slab", "cache.directory"}) {
            filled(50);
            Files.write(folder.resolve(file), new byte[123]);
            cache = open(SETTINGS, BOOT);
            assertEquals(0, cache.stats().blocks(), file);
            assertEquals(-1, version(3));
        }
        for (int at : new int[] {0, 9, 13, 17, 130, 140}) {
            filled(50);
            spoil("cache.state", at);
            cache = open(SETTINGS, BOOT);
            assertEquals(0, cache.stats().blocks(), "state at " + at);
        }
    }
}

package io.spindrift.blockcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.spindrift.image.BlockBytes;
import io.spindrift.image.BlockChecksums;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cache whose files are changed when the test says so. */
class CacheWriterTest {
    private static final UUID BOOT = new UUID(7, 8);
    private static final UUID IMAGE = new UUID(1, 2);
    private static final CacheSettings SETTINGS = new CacheSettings(4 << 20);
    private static final int BLOCKS = 1400;
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    @TempDir
    Path folder;
    private BlockCache cache;

    @BeforeEach
    void open() {
        cache = open(folder.resolve("cache"));
    }

    private BlockCache open(Path where) {
        var opening = ChronicleBlockCache.open(SETTINGS, where, BOOT, ImmediateEventExecutor.INSTANCE, tasks::add);
        tasks.poll().run();
        return opening.join();
    }

    @AfterEach
    void close() {
        cache.close();
    }

    private void put(long first, int count, long version) {
        ByteBuf bytes = Unpooled.directBuffer(count * Image.BLOCK_BYTES);
        for (int at = 0; at < count; at++) {
            bytes.writeBytes(BlockCacheContract.content(first + at, version));
        }
        assertEquals(count, cache.putRun(first, count, version, blocks(bytes), true));
        bytes.release();
    }

    private static BlockBytes blocks(ByteBuf bytes) {
        int[] checksums = new int[bytes.readableBytes() / Image.BLOCK_BYTES];
        for (int at = 0; at < checksums.length; at++) {
            checksums[at] = BlockChecksums.of(bytes, at * Image.BLOCK_BYTES);
        }
        return new BlockBytes(bytes, 0, checksums, 0);
    }

    private static HistoryPoint point(long sequence) {
        return new HistoryPoint(IMAGE, 1, IMAGE, sequence);
    }

    @Test
    void whatIsOnItsWayIsRead() {
        put(10, 20, 1);
        put(15, 3, 2);
        assertFalse(tasks.isEmpty());
        assertEquals(1, BlockCacheContract.version(cache, 14));
        assertEquals(2, BlockCacheContract.version(cache, 15));
        cache.invalidate(16, 1);
        assertEquals(-1, BlockCacheContract.version(cache, 16));
        ByteBuf read = Unpooled.directBuffer(20 * Image.BLOCK_BYTES);
        assertEquals(6, cache.get(10, 20, read, 0));
        read.release();
        while (!tasks.isEmpty()) {
            tasks.poll().run();
        }
        assertEquals(2, BlockCacheContract.version(cache, 17));
        assertEquals(-1, BlockCacheContract.version(cache, 16));
        assertEquals(0, cache.stats().corrupt());
    }

    @Test
    void whatRotsOnItsWayIsAMiss() {
        ByteBuf bytes = BlockCacheContract.content(5, 1);
        cache.putRun(5, 1, 1, blocks(bytes), true);
        bytes.setByte(77, bytes.getByte(77) ^ 4);
        assertEquals(-1, BlockCacheContract.version(cache, 5));
        assertEquals(1, cache.stats().corrupt());
        bytes.release();
    }

    @Test
    void whoPutsTooMuchIsToldAndThenRefused() {
        ByteBuf bytes = Unpooled.directBuffer(64 * Image.BLOCK_BYTES).writeZero(64 * Image.BLOCK_BYTES);
        int puts = 0;
        while (cache.putRun(0, 64, 1, blocks(bytes), true) == 64) {
            puts++;
            assertEquals(puts * 64 * Image.BLOCK_BYTES >= 8 << 20, cache.isBehind());
            assertTrue(puts <= 32 << 2, "bounded");
        }
        assertEquals(32 << 2, puts);
        assertEquals(1 + puts, bytes.refCnt());
        while (!tasks.isEmpty()) {
            tasks.poll().run();
        }
        assertEquals(1, bytes.refCnt());
        assertEquals(64, cache.putRun(0, 64, 1, blocks(bytes), true));
        bytes.release();
    }

    /** At any moment the files are what they would have been had the process died earlier: no block is older than the point says. */
    @Test
    void theFilesFollowInOrder() throws IOException {
        SplittableRandom random = new SplittableRandom(5);
        Map<Long, Map<Long, Long>> atPoint = new HashMap<>();
        Map<Long, Long> newest = new HashMap<>();
        for (long step = 1; step <= 4000; step++) {
            long first = random.nextLong(BLOCKS);
            int count = 1 + random.nextInt(20);
            if (random.nextInt(6) == 0) {
                cache.invalidate(first, count);
            } else {
                put(first, count, step);
            }
            step(newest, first, count, step);
            if (random.nextInt(4) == 0) {
                cache.advance(point(step));
                atPoint.put(step, new HashMap<>(newest));
            }
            if (random.nextInt(3) == 0 && !tasks.isEmpty()) {
                tasks.poll().run();
            }
            for (int look = 0; look < 3; look++) {
                long block = random.nextLong(BLOCKS);
                long version = BlockCacheContract.version(cache, block);
                assertTrue(version == -1 || version == newest.get(block), "block " + block + " at step " + step);
            }
            if (step % 200 == 0) {
                checkKilled(step, atPoint);
            }
        }
        assertEquals(0, cache.stats().corrupt());
    }

    private static void step(Map<Long, Long> newest, long first, int count, long version) {
        for (long block = first; block < first + count; block++) {
            newest.put(block, version);
        }
    }

    private void checkKilled(long step, Map<Long, Map<Long, Long>> atPoint) throws IOException {
        Path copy = Files.createDirectory(folder.resolve("killed" + step));
        try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        ArrayDeque<Runnable> held = new ArrayDeque<>(tasks);
        tasks.clear();
        BlockCache left = open(copy);
        Map<Long, Long> known = left.point() == null ? Map.of() : atPoint.get(left.point().sequence());
        for (long block = 0; block < BLOCKS; block++) {
            long version = BlockCacheContract.version(left, block);
            assertTrue(version == -1 || version >= known.getOrDefault(block, 0L), "block " + block + " of the files at step " + step);
        }
        left.close();
        tasks.clear();
        tasks.addAll(held);
    }
}

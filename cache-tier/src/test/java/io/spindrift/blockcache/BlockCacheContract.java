package io.spindrift.blockcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.BlockBytes;
import io.spindrift.image.BlockChecksums;
import io.spindrift.image.Image;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link BlockCache} does. */
public abstract class BlockCacheContract {
    protected BlockCache cache;

    /** A new cache that keeps 64 blocks or more, but fewer than 4096. */
    protected abstract BlockCache make() throws Exception;

    @BeforeEach
    void open() throws Exception {
        cache = make();
    }

    @AfterEach
    void close() {
        cache.close();
    }

    /** The bytes of a block's version: a word for the block, one for the version, over and over. */
    public static ByteBuf content(long block, long version) {
        ByteBuf bytes = Unpooled.buffer(Image.BLOCK_BYTES);
        for (int i = 0; i < Image.BLOCK_BYTES; i += 16) {
            bytes.writeLong(block).writeLong(version);
        }
        return bytes;
    }

    protected boolean put(long block, long version, boolean evict) {
        ByteBuf bytes = content(block, version);
        try {
            return cache.put(block, version, bytes, 0, evict);
        } finally {
            bytes.release();
        }
    }

    private int putRun(long firstBlock, int count, long version, boolean evict) {
        ByteBuf bytes = Unpooled.directBuffer((count + 1) * Image.BLOCK_BYTES).writeZero(Image.BLOCK_BYTES);
        for (int i = 0; i < count; i++) {
            ByteBuf one = content(firstBlock + i, version);
            bytes.writeBytes(one);
            one.release();
        }
        try {
            ByteBuf blocks = bytes.slice(Image.BLOCK_BYTES, count * Image.BLOCK_BYTES);
            return cache.putRun(firstBlock, count, version, new BlockBytes(bytes, Image.BLOCK_BYTES, BlockChecksums.ofAll(blocks), 0), evict);
        } finally {
            bytes.release();
        }
    }

    /** The version of a cached block; -1 for a miss; fails where the bytes are no version of this block. */
    protected long version(long block) {
        return version(cache, block);
    }

    public static long version(BlockCache cache, long block) {
        ByteBuf read = Unpooled.buffer(Image.BLOCK_BYTES);
        try {
            if (cache.get(block, 1, read, 0) == 0) {
                return -1;
            }
            read.writerIndex(Image.BLOCK_BYTES);
            long version = read.getLong(8);
            ByteBuf expected = content(block, version);
            assertEquals(expected, read, "block " + block);
            expected.release();
            return version;
        } finally {
            read.release();
        }
    }

    @Test
    void whatWasPutIsFoundAndReplaced() {
        assertEquals(-1, version(7));
        assertFalse(cache.contains(7));
        assertTrue(put(7, 1, true));
        assertEquals(1, version(7));
        assertTrue(put(7, 2, false), "replacing needs no room");
        assertEquals(2, version(7));
        assertTrue(cache.contains(7));
        assertEquals(1, cache.stats().blocks());
        assertEquals(2, cache.stats().puts());
    }

    @Test
    void blockZeroAndTheLargestAreBlocksLikeOthers() {
        long largest = (1L << 51) - 1;
        put(0, 1, true);
        put(largest, 2, true);
        assertEquals(1, version(0));
        assertEquals(2, version(largest));
    }

    @Test
    void aRunIsCopiedUpToItsFirstMiss() {
        for (long block = 10; block < 20; block++) {
            put(block, block, true);
        }
        cache.invalidate(15, 1);
        ByteBuf read = Unpooled.directBuffer(11 * Image.BLOCK_BYTES);
        assertEquals(5, cache.get(10, 10, read, Image.BLOCK_BYTES));
        assertEquals(0, read.writerIndex());
        for (int i = 0; i < 5; i++) {
            assertEquals(10 + i, read.getLong((i + 1) * Image.BLOCK_BYTES));
        }
        assertEquals(4, cache.get(16, 10, read, 0));
        assertEquals(0, cache.get(15, 1, read, 0));
        read.release();
    }

    @Test
    void neighboursAreKeptTogetherWhateverWasThere() {
        put(12, 1, true);
        put(14, 1, true);
        assertEquals(40, putRun(10, 40, 2, false));
        for (long block = 10; block < 50; block++) {
            assertEquals(2, version(block));
        }
        assertEquals(40, cache.stats().blocks());
        assertEquals(42, cache.stats().puts());
        assertEquals(-1, version(9));
        assertEquals(-1, version(50));
    }

    @Test
    void aRunIsKeptAsFarAsThereIsRoom() {
        int capacity = (int) cache.stats().capacityBlocks();
        for (long block = 0; block < capacity - 5; block++) {
            put(block, 1, true);
        }
        assertEquals(5, putRun(capacity, 9, 2, false));
        assertEquals(2, version(capacity + 4));
        assertEquals(-1, version(capacity + 5));
        assertEquals(9, putRun(capacity, 9, 3, true));
        assertEquals(3, version(capacity + 8));
        assertEquals(capacity, cache.stats().blocks());
    }

    @Test
    void aRunThatIsLongerThanTheCacheLeavesItsEnd() {
        int capacity = (int) cache.stats().capacityBlocks();
        assertEquals(2 * capacity, putRun(3, 2 * capacity, 1, true));
        assertEquals(capacity, cache.stats().blocks());
        for (long block = 3 + capacity; block < 3 + 2 * capacity; block++) {
            assertEquals(1, version(block));
        }
    }

    @Test
    void aReadFromAnyBlockOnIsAnswered() {
        int capacity = (int) cache.stats().capacityBlocks();
        for (long block = 0; block < capacity; block++) {
            put(block, 1, true);
        }
        ByteBuf read = Unpooled.directBuffer(4 * Image.BLOCK_BYTES);
        for (long block = 0; block < capacity; block++) {
            assertEquals(Math.min(4, capacity - block), cache.get(block, 4, read, 0));
        }
        read.release();
    }

    @Test
    void aFullCacheEvictsOnlyWhenItMay() {
        long capacity = cache.stats().capacityBlocks();
        for (long block = 0; block < capacity; block++) {
            assertTrue(put(block, 1, false), "block " + block + " of " + capacity);
        }
        assertFalse(put(capacity, 1, false));
        assertEquals(capacity, cache.stats().blocks());
        assertEquals(0, cache.stats().evictions());
        assertTrue(put(capacity, 1, true));
        assertEquals(1, version(capacity));
        assertEquals(capacity, cache.stats().blocks());
        assertEquals(1, cache.stats().evictions());
    }

    @Test
    void whatIsAskedForStays() {
        long capacity = cache.stats().capacityBlocks();
        for (long block = 0; block < capacity; block++) {
            put(block, 1, true);
        }
        for (long block = capacity; block < 3 * capacity; block++) {
            for (long hot = 0; hot < 8; hot++) {
                assertEquals(1, version(hot), "block " + hot + " was asked for before each put");
            }
            put(block, 1, true);
        }
    }

    @Test
    void invalidateForgetsARangeOfAnyLength() {
        for (long block = 0; block < 40; block++) {
            put(block, 1, true);
        }
        cache.invalidate(10, 10);
        for (long block = 0; block < 40; block++) {
            assertEquals(block >= 10 && block < 20 ? -1 : 1, version(block));
        }
        cache.invalidate(30, Long.MAX_VALUE - 30);
        assertEquals(20, cache.stats().blocks());
        assertEquals(1, version(29));
        assertEquals(-1, version(30));
        cache.clear();
        assertEquals(0, cache.stats().blocks());
        assertEquals(-1, version(0));
    }

    @Test
    void thePointIsWhatItWasAdvancedTo() {
        assertNull(cache.point());
        HistoryPoint point = new HistoryPoint(new UUID(1, 2), 3, new UUID(4, 5), 6);
        cache.advance(point);
        assertEquals(point, cache.point());
        cache.advance(point.withSequence(9));
        assertEquals(9, cache.point().sequence());
    }

    @Test
    void anyOrderOfCallsAgreesWithAModel() {
        for (int seed = 0; seed < 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Map<Long, Long> newest = new HashMap<>();
            for (int step = 0; step < 2000; step++) {
                long block = random.nextLong(2 * cache.stats().capacityBlocks());
                switch (random.nextInt(10)) {
                    case 0 -> {
                        int kept = putRun(block, 1 + random.nextInt(100), step, random.nextBoolean());
                        for (long at = block; at < block + kept; at++) {
                            newest.put(at, (long) step);
                        }
                    }
                    case 1, 2, 3 -> {
                        if (put(block, step, random.nextBoolean())) {
                            newest.put(block, (long) step);
                        }
                    }
                    case 4 -> {
                        long count = 1 + random.nextInt(20);
                        cache.invalidate(block, count);
                        newest.keySet().removeIf(other -> other >= block && other < block + count);
                    }
                    default -> {
                        long version = version(block);
                        assertTrue(version == -1 || version == newest.getOrDefault(block, -2L), "seed " + seed + " step " + step);
                    }
                }
                assertTrue(cache.stats().blocks() <= cache.stats().capacityBlocks());
            }
            cache.clear();
        }
    }
}

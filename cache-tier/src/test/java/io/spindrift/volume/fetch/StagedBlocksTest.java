package io.spindrift.volume.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.blockcache.HeapBlockCache;
import io.spindrift.image.BlockChecksums;
import org.junit.jupiter.api.Test;

/** So much is kept and no more, the newest, and what was forgotten stays so. */
class StagedBlocksTest {
    private static final int MAX = StagedBlocks.MAX_BLOCKS;

    private final StagedBlocks staged = new StagedBlocks();
    private final ByteBuf block = Unpooled.buffer(4096);
    private final ByteBuf into = Unpooled.buffer(4096);

    private void put(long number) {
        block.setLong(0, number);
        staged.put(number, block, 0, BlockChecksums.of(block, 0));
    }

    private int kept(long from, long to) {
        int count = 0;
        for (long number = from; number < to; number++) {
            if (staged.get(number, 1, into, 0) == 1) {
                assertEquals(number, into.getLong(0));
                count++;
            }
        }
        return count;
    }

    @Test
    void theOldestAreGivenUpFirst() {
        for (long number = 0; number < MAX + 1000; number++) {
            put(number);
        }
        assertEquals(0, kept(0, 1000));
        assertEquals(MAX, kept(1000, MAX + 1000));
    }

    @Test
    void whatWasForgottenIsNotHandedOverNorWhatTheCacheHas() {
        for (long number = 0; number < 300; number++) {
            put(number);
        }
        staged.forget(10, 5);
        staged.forget(200, 1L << 40);
        put(12);
        HeapBlockCache cache = new HeapBlockCache(1000);
        block.setLong(0, -1);
        cache.put(50, 9, block, 0, true);
        int slices = 1;
        while (staged.handOver(cache, 9, 64)) {
            slices++;
        }
        assertTrue(slices >= 4, "in slices");
        assertEquals(200 - 4, cache.stats().blocks());
        assertFalse(cache.contains(11) || cache.contains(200));
        assertEquals(1, cache.get(50, 1, into, 0));
        assertEquals(-1, into.getLong(0), "the cache's own is at least as new");
        assertEquals(1, cache.get(12, 1, into, 0));
        assertEquals(0, kept(0, 300));
    }
}

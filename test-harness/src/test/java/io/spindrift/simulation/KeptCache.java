package io.spindrift.simulation;

import io.netty.buffer.ByteBuf;
import io.spindrift.blockcache.BlockCache;
import io.spindrift.blockcache.CacheStats;
import io.spindrift.blockcache.HeapBlockCache;
import io.spindrift.image.HistoryPoint;

/** A cache that outlives its process, as the files of the real one do; what a dead process would still do to it is not done. */
final class KeptCache implements BlockCache {
    private final HeapBlockCache blocks;

    KeptCache(HeapBlockCache blocks) {
        this.blocks = blocks;
    }

    @Override
    public int get(long firstBlock, int blockCount, ByteBuf dst, int dstIndex) {
        return blocks.get(firstBlock, blockCount, dst, dstIndex);
    }

    @Override
    public boolean contains(long block) {
        return blocks.contains(block);
    }

    @Override
    public boolean put(long block, long sequence, ByteBuf src, int srcIndex, boolean evict) {
        return blocks.put(block, sequence, src, srcIndex, evict);
    }

    @Override
    public void invalidate(long firstBlock, long blockCount) {
        blocks.invalidate(firstBlock, blockCount);
    }

    @Override
    public void clear() {
        blocks.clear();
    }

    @Override
    public HistoryPoint point() {
        return blocks.point();
    }

    @Override
    public void advance(HistoryPoint point) {
        blocks.advance(point);
    }

    @Override
    public CacheStats stats() {
        return blocks.stats();
    }

    @Override
    public void close() {
        // Its blocks stay where they are.
    }
}

package io.spindrift.volume;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.blockcache.BlockCache;
import io.spindrift.blockcache.CacheStats;
import io.spindrift.image.BlockBytes;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.Image;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** A cache on a host with little memory: a part of what it keeps has to be loaded first, which takes some milliseconds. */
final class ColdCache implements BlockCache {
    private static final int PARTS = 3;
    private final BlockCache kept;
    private final EventExecutor home;
    private final RandomGenerator random;
    private final boolean careless;
    private long shift;

    /** @param careless whether a load brings the bytes of its beginning, whatever has become of the block */
    ColdCache(BlockCache kept, EventExecutor home, RandomGenerator random, boolean careless) {
        this.kept = kept;
        this.home = home;
        this.random = random;
        this.careless = careless;
    }

    private boolean isCold(long block) {
        return kept.contains(block) && (block + shift) % PARTS == 0;
    }

    @Override
    public int get(long firstBlock, int blockCount, ByteBuf dst, int dstIndex) {
        int warm = 0;
        while (warm < blockCount && !isCold(firstBlock + warm)) {
            warm++;
        }
        return warm == 0 ? 0 : kept.get(firstBlock, warm, dst, dstIndex);
    }

    @Override
    public int cold(long firstBlock, int blockCount) {
        return isCold(firstBlock) ? 1 : 0;
    }

    @Override
    public void load(long firstBlock, int blockCount, Loaded loaded) {
        ByteBuf early = Unpooled.buffer(blockCount * Image.BLOCK_BYTES);
        int had = kept.get(firstBlock, blockCount, early, 0);
        home.schedule(() -> {
            shift++;
            int got = careless ? had : kept.get(firstBlock, blockCount, early, 0);
            loaded.loaded(got == blockCount ? early : null);
        }, random.nextInt(1, 40), TimeUnit.MILLISECONDS);
    }

    @Override
    public boolean contains(long block) {
        return kept.contains(block);
    }

    @Override
    public int putRun(long firstBlock, int blockCount, long sequence, BlockBytes src, boolean evict) {
        return kept.putRun(firstBlock, blockCount, sequence, src, evict);
    }

    @Override
    public void invalidate(long firstBlock, long blockCount) {
        kept.invalidate(firstBlock, blockCount);
    }

    @Override
    public void clear() {
        kept.clear();
    }

    @Override
    public HistoryPoint point() {
        return kept.point();
    }

    @Override
    public void advance(HistoryPoint point) {
        kept.advance(point);
    }

    @Override
    public CacheStats stats() {
        return kept.stats();
    }

    @Override
    public void close() {
        kept.close();
    }
}

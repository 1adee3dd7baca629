package io.spindrift.volume.fetch;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.blockcache.BlockCache;
import io.spindrift.image.BlockBytes;
import io.spindrift.image.BlockChecksums;
import io.spindrift.image.Image;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * What was fetched before there was a cache to put it into: kept in memory, so much and no more, the oldest given up first, and handed over once
 * the cache is in use. Like the cache it holds the image's state of now, since what changes is forgotten. Made by {@link CacheFront}; lives on
 * the home loop.
 */
final class StagedBlocks {
    /** 24 MiB: the longest window that is read ahead of a stream, and what its reader asks for meanwhile. */
    static final int MAX_BLOCKS = 6_144;

    private final Long2ObjectHashMap<Kept> blocks = new Long2ObjectHashMap<>();
    /** Blocks in the order in which they came, some of them forgotten since. */
    private final long[] order = new long[MAX_BLOCKS];
    private int oldest;
    private int ordered;

    /** As {@link BlockCache#get}. */
    int get(long firstBlock, int blockCount, ByteBuf dst, int dstIndex) {
        for (int at = 0; at < blockCount; at++) {
            Kept kept = blocks.get(firstBlock + at);
            if (kept == null) {
                return at;
            }
            dst.setBytes(dstIndex + at * Image.BLOCK_BYTES, kept.bytes);
            if (BlockChecksums.of(dst, dstIndex + at * Image.BLOCK_BYTES) != kept.checksum) {
                blocks.remove(firstBlock + at);
                return at;
            }
        }
        return blockCount;
    }

    boolean contains(long block) {
        return blocks.containsKey(block);
    }

    void put(long block, ByteBuf src, int srcIndex, int checksum) {
        Kept kept = blocks.get(block);
        if (kept == null) {
            Kept freed = ordered == MAX_BLOCKS ? blocks.remove(takeOldest()) : null;
            kept = freed == null ? new Kept() : freed;
            blocks.put(block, kept);
            order[(oldest + ordered++) % MAX_BLOCKS] = block;
        }
        src.getBytes(srcIndex, kept.bytes);
        kept.checksum = checksum;
    }

    private long takeOldest() {
        long block = order[oldest];
        oldest = (oldest + 1) % MAX_BLOCKS;
        ordered--;
        return block;
    }

    void forget(long firstBlock, long blockCount) {
        if (blockCount > blocks.size()) {
            blocks.keySet().removeIf(block -> block - firstBlock >= 0 && block - firstBlock < blockCount);
            return;
        }
        for (long block = firstBlock; block < firstBlock + blockCount; block++) {
            blocks.remove(block);
        }
    }

    /**
     * Hands a slice over; what the cache has by itself is at least as new.
     *
     * @param sequence of the image's state of now
     * @return whether there is more
     */
    boolean handOver(BlockCache cache, long sequence, int slice) {
        for (int at = 0; at < slice && ordered > 0; at++) {
            long block = takeOldest();
            Kept kept = blocks.remove(block);
            if (kept != null && !cache.contains(block)) {
                cache.putRun(block, 1, sequence, new BlockBytes(Unpooled.wrappedBuffer(kept.bytes), 0, new int[] {kept.checksum}, 0), true);
            }
        }
        return ordered > 0;
    }

    /** A block and the checksum that it came with. */
    private static final class Kept {
        final byte[] bytes = new byte[Image.BLOCK_BYTES];
        int checksum;
    }
}

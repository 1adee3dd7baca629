package io.spindrift.image;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.UUID;

/**
 * What a read brought. The receiver releases {@code data}.
 *
 * @param data {@code blockCount * 4096} readable bytes, zeros included
 * @param runs the whole range in rising order without gaps
 */
public record ReadResult(ByteBuf data, List<OwnedRun> runs) {
    /**
     * Blocks that have one owner.
     *
     * @param owner the image (or snapshot) whose bytes these are: the key under which a clean block may be cached and shared;
     *     null where the blocks are unallocated and so zeros, which need no caching
     */
    public record OwnedRun(long firstBlock, int blockCount, UUID owner) {
        public boolean zeros() {
            return owner == null;
        }
    }
}

package io.spindrift.image;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.UUID;

/**
 * What a read brought, compared with its checksums. The receiver releases {@code data}.
 *
 * @param data {@code blockCount * 4096} readable bytes, zeros included
 * @param runs the whole range in rising order without gaps
 * @param checksums CRC32C of each block of the range, as of {@link BlockChecksums}, to go with the bytes; of no meaning for zeros
 */
public record ReadResult(ByteBuf data, List<OwnedRun> runs, int[] checksums) {
    /** Bytes that are made here and now: their checksums are taken. */
    public ReadResult(ByteBuf data, List<OwnedRun> runs) {
        this(data, runs, BlockChecksums.ofAll(data));
    }

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

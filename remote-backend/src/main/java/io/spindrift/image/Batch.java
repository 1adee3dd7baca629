package io.spindrift.image;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * The writes of {@code (fromSequence, toSequence]}, coalesced: the last version of each block, to be applied whole or not at all.
 * Applied only where {@code fromSequence} is what the image has applied; where the image is already at or past {@code toSequence} on the
 * same lease's history it answers done; anything else is INVALID.
 *
 * @param extents in rising order of their first block, none overlapping; may be empty (every write of the cut was undone)
 */
public record Batch(long epoch, long fromSequence, long toSequence, List<BatchExtent> extents) {
    /** Most data bytes that one batch may carry. */
    public static final int MAX_DATA_BYTES = 32 << 20;

    /** Most extents that one batch may carry: every block its own, and as many unmaps again. */
    public static final int MAX_EXTENTS = 2 * MAX_DATA_BYTES / Image.BLOCK_BYTES;

    /**
     * Consecutive blocks of a batch.
     *
     * @param data {@code blockCount * 4096} readable bytes; null where the blocks are unmapped, when {@code blockCount} may be as large
     *     as the image
     * @param checksums CRC32C of each block, as of {@link BlockChecksums}; null where {@code data} is
     */
    public record BatchExtent(long firstBlock, long blockCount, ByteBuf data, int[] checksums) {
        /** An extent whose bytes are made here and now: their checksums are taken. */
        public BatchExtent(long firstBlock, long blockCount, ByteBuf data) {
            this(firstBlock, blockCount, data, data == null ? null : BlockChecksums.ofAll(data));
        }

        public boolean unmapped() {
            return data == null;
        }
    }

    /** The first block whose bytes are not what its checksum was taken of; -1 where all are. */
    public long firstWrong() {
        for (BatchExtent extent : extents) {
            if (!extent.unmapped()) {
                int wrong = BlockChecksums.firstWrong(extent.data, extent.data.readerIndex(), extent.checksums, 0, (int) extent.blockCount);
                if (wrong >= 0) {
                    return extent.firstBlock + wrong;
                }
            }
        }
        return -1;
    }

    /** Releases the data of every extent. */
    public void release() {
        for (BatchExtent extent : extents) {
            if (extent.data != null) {
                extent.data.release();
            }
        }
    }
}

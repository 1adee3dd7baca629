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
     */
    public record BatchExtent(long firstBlock, long blockCount, ByteBuf data) {
        public boolean unmapped() {
            return data == null;
        }
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

package io.spindrift.image;

import java.time.Instant;
import java.util.UUID;

/**
 * An image as its catalog shows it.
 *
 * @param sizeBytes a multiple of {@link Image#BLOCK_BYTES}
 * @param allocatedBytes bytes of blocks that hold data, before compression and deduplication
 * @param appliedSequence the last sequence in the image
 * @param lastApplied when that was applied (of the creation where nothing was), to the second: what {@code --accept-older} must name
 */
public record ImageInfo(
        ImageAddress address, UUID imageId, long sizeBytes, long allocatedBytes, long appliedSequence, Instant lastApplied, LeaseInfo lease) {
    public long blockCount() {
        return sizeBytes / Image.BLOCK_BYTES;
    }
}

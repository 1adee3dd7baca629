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
 * @param damage only in lists: what of the image can't be read, null where all can. Nothing else is known then but the address, and the image id and
 *     the size where the name tells them
 */
public record ImageInfo(
        ImageAddress address, UUID imageId, long sizeBytes, long allocatedBytes, long appliedSequence, Instant lastApplied, LeaseInfo lease, String damage) {
    private static final UUID NONE = new UUID(0, 0);

    /** An image without damage. */
    public ImageInfo(ImageAddress address, UUID imageId, long sizeBytes, long allocatedBytes, long appliedSequence, Instant lastApplied, LeaseInfo lease) {
        this(address, imageId, sizeBytes, allocatedBytes, appliedSequence, lastApplied, lease, null);
    }

    /**
     * The row of an image that can't be read.
     *
     * @param imageId null where the name does not tell it
     */
    public static ImageInfo damaged(ImageAddress address, UUID imageId, long sizeBytes, String damage) {
        LeaseInfo unknown = new LeaseInfo(LeaseInfo.State.FREE, 0, NONE, NONE, "", NONE, Instant.EPOCH, 0);
        return new ImageInfo(address, imageId == null ? NONE : imageId, sizeBytes, 0, 0, Instant.EPOCH, unknown, damage);
    }

    public long blockCount() {
        return sizeBytes / Image.BLOCK_BYTES;
    }
}

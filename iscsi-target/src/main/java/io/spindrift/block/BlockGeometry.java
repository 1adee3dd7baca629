package io.spindrift.block;

/**
 * The shape of a device.
 *
 * @param blockCount logical blocks, 1 or more
 * @param blockLength bytes in a logical block: 512 or 4096
 * @param physicalBlockLength bytes in a physical block: a power of two multiple of {@code blockLength}
 */
public record BlockGeometry(long blockCount, int blockLength, int physicalBlockLength) {
    public BlockGeometry {
        if (blockLength != 512 && blockLength != 4096) {
            throw new IllegalArgumentException("a logical block is 512 or 4096 bytes, not " + blockLength);
        }
        if (physicalBlockLength < blockLength || Integer.bitCount(physicalBlockLength) != 1) {
            throw new IllegalArgumentException("a physical block is a power of two of at least a logical block, not " + physicalBlockLength);
        }
        if (blockCount < 1 || blockCount > Long.MAX_VALUE / blockLength) {
            throw new IllegalArgumentException("block count out of range: " + blockCount);
        }
    }

    public long capacityBytes() {
        return blockCount * blockLength;
    }

    /** Whether {@code [lba, lba + count)} lies inside of the device; a count of 0 is inside wherever its LBA is at most the end. */
    public boolean contains(long lba, long count) {
        return lba >= 0 && count >= 0 && lba <= blockCount && count <= blockCount - lba;
    }
}

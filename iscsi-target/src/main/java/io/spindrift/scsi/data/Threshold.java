package io.spindrift.scsi.data;

/**
 * A threshold descriptor of the logical block provisioning mode page (SBC-4 6.5.9.2).
 *
 * @param offset the byte of the page that it begins at, by which a notification names it
 * @param percentage whether it counts in percent of a place, else in threshold sets
 * @param increasing whether it is reached from below, by what is used; else from above, by what is available
 * @param resource the log parameter that it looks at: 01h available, 02h used, 03h available percentage
 * @param count the middle of its range
 */
public record Threshold(int offset, boolean enabled, boolean percentage, boolean increasing, int resource, long count) {
    public static final int AVAILABLE = 0x01;
    public static final int USED = 0x02;
    public static final int AVAILABLE_PERCENTAGE = 0x03;

    /** THRESHOLD PERCENTAGE of that page: the width of the range of a percentage, in tenths of a percent. */
    public static final int PERCENTAGE_RANGE = 100;

    private static final int SET_BYTES_SHIFT = 20;

    /**
     * The THRESHOLD EXPONENT of the Logical Block Provisioning page: a threshold set is 2 to its power of blocks, 1 MiB, or more where the disk has so
     * many blocks that 32 bits can't count its sets.
     */
    public static int setExponent(long blockCount, int blockLength) {
        int exponent = SET_BYTES_SHIFT - Integer.numberOfTrailingZeros(blockLength);
        while (blockCount >>> exponent >>> 32 != 0) {
            exponent++;
        }
        return exponent;
    }

    static Threshold at(byte[] page, int at) {
        return new Threshold(at, Cdb.bit(page, at, 7), (page[at] >> 3 & 0x7) == 1, (page[at] & 0x7) == 1, Cdb.u8(page, at + 1), Cdb.u32(page, at + 4));
    }
}

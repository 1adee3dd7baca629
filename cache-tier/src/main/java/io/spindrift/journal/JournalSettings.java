package io.spindrift.journal;

/**
 * How large a journal is and how it is cut.
 *
 * @param capacityBytes what its files may take together, state file included
 * @param segmentBytes size of one segment file, a power of two of 64 KiB to 256 MiB; used when the journal is made, an existing one keeps its own
 * @param stageBytes size of one buffer that records of a turn are gathered in, a multiple of 4096
 */
public record JournalSettings(long capacityBytes, int segmentBytes, int stageBytes) {
    private static final int SMALLEST_SEGMENT = 64 << 10;
    private static final int LARGEST_SEGMENT = 256 << 20;
    private static final int LARGEST_STAGE = 16 << 20;

    public JournalSettings {
        if (segmentBytes < SMALLEST_SEGMENT || segmentBytes > LARGEST_SEGMENT || Integer.bitCount(segmentBytes) != 1) {
            throw new IllegalArgumentException("segment size must be a power of two from 64 KiB to 256 MiB, not " + segmentBytes);
        }
        if (capacityBytes < 2L * segmentBytes + JournalFormat.STATE_FILE_BYTES) {
            throw new IllegalArgumentException("journal size must hold two segments of " + segmentBytes + " bytes and 8 KiB, not " + capacityBytes);
        }
        if (stageBytes < 4096 || stageBytes > LARGEST_STAGE || stageBytes % 4096 != 0) {
            throw new IllegalArgumentException("stage size must be a multiple of 4096 up to 16 MiB, not " + stageBytes);
        }
    }

    /** Segments of a sixteenth of the capacity, from 8 to 64 MiB. The least capacity is 24 MiB. */
    public static JournalSettings of(long capacityBytes) {
        if (capacityBytes < 24L << 20) {
            throw new IllegalArgumentException("journal size must be 24 MiB or more, not " + capacityBytes + " bytes");
        }
        long part = Long.highestOneBit(capacityBytes / 16);
        return new JournalSettings(capacityBytes, (int) Math.max(8 << 20, Math.min(64 << 20, part)), 1 << 20);
    }

    /** How many files of that size the capacity has room for, 2 at the least. */
    int segments(int bytesOfSegment) {
        return (int) Math.max(2, Math.min(Integer.MAX_VALUE, (capacityBytes - JournalFormat.STATE_FILE_BYTES) / bytesOfSegment));
    }
}

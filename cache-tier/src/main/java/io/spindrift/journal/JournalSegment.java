package io.spindrift.journal;

import java.io.IOException;
import java.util.Arrays;

/**
 * One segment file and where its records lie. Used again with a new ordinal and salt when its records are trimmed; its index keeps its
 * arrays, so that a journal in its steady state allocates nothing. Lives on the home loop, but for its file's force.
 */
final class JournalSegment {
    final int slot;
    DiskFile file;
    long ordinal;
    long salt;
    long firstSequence;
    /** Whether the header is durable and records may be written. */
    boolean ready;
    /** Whether bytes were written since the last force began. */
    boolean unsynced;
    /** End of the records handed to the operating system, and of those appended. */
    int written;
    int end;
    private int count;
    private int[] offsets = new int[64];
    private long[] lbas = new long[64];
    /** Negative for an unmap; an unmap's length may need all 63 bits. */
    private long[] sectors = new long[64];

    JournalSegment(int slot) {
        this.slot = slot;
    }

    void use(long newOrdinal, long newSalt) {
        ordinal = newOrdinal;
        salt = newSalt;
        firstSequence = 0;
        count = 0;
        ready = false;
        written = JournalFormat.SEGMENT_HEADER_BYTES;
        end = JournalFormat.SEGMENT_HEADER_BYTES;
    }

    void add(long sequence, int offset, long lba, long sectorCount, boolean unmap) {
        if (count == offsets.length) {
            offsets = Arrays.copyOf(offsets, 2 * count);
            lbas = Arrays.copyOf(lbas, 2 * count);
            sectors = Arrays.copyOf(sectors, 2 * count);
        }
        if (count == 0) {
            firstSequence = sequence;
        }
        offsets[count] = offset;
        lbas[count] = lba;
        sectors[count] = unmap ? -sectorCount : sectorCount;
        count++;
    }

    void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }

    int count() {
        return count;
    }

    long lastSequence() {
        return firstSequence + count - 1;
    }

    /** Shows the record at {@code index}; whether the visitor wants more. */
    boolean visit(int index, long basePosition, JournalVisitor visitor) {
        boolean unmap = sectors[index] < 0;
        long length = unmap ? -sectors[index] : sectors[index];
        return visitor.record(firstSequence + index, lbas[index], length, basePosition + offsets[index] + JournalFormat.RECORD_HEADER_BYTES, unmap);
    }
}

package io.spindrift.journal;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * One segment file and where its records lie. Used again with a new ordinal and salt when its records are trimmed; its index keeps its
 * arrays, so that a journal in its steady state allocates nothing. Lives on the home loop, but for its file's force.
 */
final class JournalSegment {
    /** Number in the file's name. */
    int slot;
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
    /** Checksums of the pieces of all records, and where those of each record begin and end. */
    private int[] crcs = new int[64];
    private int[] crcEnds = new int[64];
    private int crcCount;

    JournalSegment(int slot) {
        this.slot = slot;
    }

    void use(long newOrdinal, long newSalt) {
        ordinal = newOrdinal;
        salt = newSalt;
        firstSequence = 0;
        count = 0;
        crcCount = 0;
        ready = false;
        written = JournalFormat.SEGMENT_HEADER_BYTES;
        end = JournalFormat.SEGMENT_HEADER_BYTES;
    }

    /** The checksum of the next piece of the record that is added next. */
    void addCrc(int crc) {
        if (crcCount == crcs.length) {
            crcs = Arrays.copyOf(crcs, 2 * crcCount);
        }
        crcs[crcCount++] = crc;
    }

    /** A checksum of the record that is added next. */
    int pendingCrc(int piece) {
        return crcs[(count == 0 ? 0 : crcEnds[count - 1]) + piece];
    }

    /** Takes back the checksums of a record that is not added. */
    void dropCrcs() {
        crcCount = count == 0 ? 0 : crcEnds[count - 1];
    }

    /** Adds a record; its checksums came before. */
    void add(long sequence, int offset, long lba, long sectorCount, boolean unmap) {
        if (count == offsets.length) {
            crcEnds = Arrays.copyOf(crcEnds, 2 * count);
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
        crcEnds[count] = crcCount;
        count++;
    }

    /** The record whose header or data holds the byte at {@code offset}, -1 where there is none before it. */
    int recordAt(int offset) {
        int at = Arrays.binarySearch(offsets, 0, count, offset);
        return at >= 0 ? at : -at - 2;
    }

    int dataOffset(int index) {
        return offsets[index] + JournalFormat.RECORD_HEADER_BYTES;
    }

    long lba(int index) {
        return lbas[index];
    }

    /** Of a write; below 0 for an unmap. */
    long sectorCount(int index) {
        return sectors[index];
    }

    /** How many checksums are known of a record: one a piece; none where its data was given up before it was read. */
    int crcCount(int index) {
        return crcEnds[index] - firstCrc(index);
    }

    private int firstCrc(int index) {
        return index == 0 ? 0 : crcEnds[index - 1];
    }

    /** The checksum of a piece of a record. */
    int crc(int index, int piece) {
        return crcs[firstCrc(index) + piece];
    }

    /** Which file is whose changes, their records don't: for a segment that has no file yet, and one that has and holds nothing. */
    void exchangeFiles(JournalSegment other) {
        int otherSlot = other.slot;
        DiskFile otherFile = other.file;
        other.slot = slot;
        other.file = file;
        slot = otherSlot;
        file = otherFile;
        unsynced |= other.unsynced;
        other.unsynced = false;
    }

    /** Adds itself where bytes were written since the last force began; the caller forces. */
    void takeUnsynced(List<JournalSegment> files) {
        if (unsynced) {
            unsynced = false;
            files.add(this);
        }
    }

    /** Whether its records are given up, and neither a sync nor the stage still uses it. */
    boolean freeable(long trimmedSequence) {
        return (count() == 0 || lastSequence() <= trimmedSequence) && ready && written == end;
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

package io.spindrift.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Reads a segment's records at recovery, through one window, and checks them. Made and used by {@link JournalRecovery} on the blocking executor. */
final class SegmentScanner {
    private final ByteBuffer window;
    private final int segmentBytes;
    private final CRC32C crc = new CRC32C();
    private DiskFile file;
    private int windowStart;
    private int windowEnd;

    SegmentScanner(int segmentBytes) {
        this.segmentBytes = segmentBytes;
        window = ByteBuffer.allocateDirect(Math.min(segmentBytes, 1 << 20));
    }

    /**
     * Fills the segment's index with its records from {@code expectedSequence} on ({@code -1}: whatever comes first), and sets its end.
     *
     * @param verifyAbove data of records up to here is not read: they are in the image
     * @return whether the segment was ended in order, by an end record or for lack of room; false: by its first byte that is no record
     */
    boolean scan(JournalSegment segment, long expectedSequence, long verifyAbove) throws IOException {
        file = segment.file;
        windowStart = 0;
        windowEnd = 0;
        long expected = expectedSequence;
        int at = JournalFormat.SEGMENT_HEADER_BYTES;
        boolean ended = false;
        while (!ended && at + JournalFormat.RECORD_HEADER_BYTES <= segmentBytes) {
            int header = ensure(at, JournalFormat.RECORD_HEADER_BYTES);
            if (!JournalFormat.recordValid(crc, window, header, segment.salt)) {
                segment.written = segment.end = at;
                return false;
            }
            long sequence = JournalFormat.recordSequence(window, header);
            ended = JournalFormat.recordKind(window, header) == JournalFormat.END;
            int next = ended ? segmentBytes : record(segment, at, header, expected, verifyAbove);
            if (next < 0) {
                segment.written = segment.end = at;
                return false;
            }
            expected = sequence + 1;
            at = next;
        }
        segment.written = segment.end = at;
        return true;
    }

    /** Where the next record begins; -1 where this one can't be believed. */
    private int record(JournalSegment segment, int at, int header, long expected, long verifyAbove) throws IOException {
        long sequence = JournalFormat.recordSequence(window, header);
        long lba = JournalFormat.recordLba(window, header);
        long sectors = JournalFormat.recordSectors(window, header);
        int dataBytes = JournalFormat.recordDataBytes(window, header);
        int dataCrc = JournalFormat.recordDataCrc(window, header);
        boolean unmap = JournalFormat.recordKind(window, header) == JournalFormat.UNMAP;
        int data = at + JournalFormat.RECORD_HEADER_BYTES;
        if (expected >= 0 && sequence != expected || sectors < 1 || dataBytes < 0 || dataBytes > segmentBytes - data
            || dataBytes != (unmap ? 0 : sectors * 512)) {
            return -1;
        }
        if (sequence > verifyAbove && dataBytes > 0 && dataCrc(data, dataBytes) != dataCrc) {
            return -1;
        }
        segment.add(sequence, at, lba, sectors, unmap);
        return data + dataBytes;
    }

    private int dataCrc(int at, int length) throws IOException {
        CRC32C dataCrc = new CRC32C();
        for (int done = 0; done < length;) {
            int start = ensure(at + done, 1);
            int part = Math.min(length - done, windowEnd - at - done);
            window.limit(start + part).position(start);
            dataCrc.update(window);
            window.clear();
            done += part;
        }
        return (int) dataCrc.getValue();
    }

    /** Brings at least {@code length} bytes from {@code at} into the window; their index in it. */
    private int ensure(int at, int length) throws IOException {
        if (at < windowStart || at + length > windowEnd) {
            windowStart = at;
            windowEnd = Math.min(segmentBytes, at + window.capacity());
            window.clear().limit(windowEnd - windowStart);
            file.read(window, at);
            window.clear();
        }
        return at - windowStart;
    }
}

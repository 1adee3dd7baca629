package io.spindrift.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Reads a segment's records at recovery, through one window, and checks them. Made and used by {@link JournalRecovery} on the blocking executor. */
final class SegmentScanner {
    private final ByteBuffer window;
    private final int segmentBytes;
    private final long durable;
    private final Damaged listener;
    private final CRC32C crc = new CRC32C();
    private final CRC32C dataCrc = new CRC32C();
    private DiskFile file;
    private int windowStart;
    private int windowEnd;
    private final int[] computed = new int[FileJournal.MAX_RECORD_BYTES / JournalFormat.BLOCK_BYTES + 1];

    /** Hears of pieces that fail their checksum. */
    @FunctionalInterface
    interface Damaged {
        /** @param offset of the piece in the segment's file */
        void piece(JournalSegment segment, long sequence, long lba, int sectors, int offset);
    }

    /** @param durable records up to here were synced: what is wrong with them is damage, not a torn write */
    SegmentScanner(int segmentBytes, long durable, Damaged listener) {
        this.durable = durable;
        this.listener = listener;
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
        if (expected >= 0 && sequence != expected || sectors < 1 || lba < 0 || dataBytes < 0 || dataBytes > segmentBytes - data
            || dataBytes != (unmap ? 0 : sectors * JournalFormat.SECTOR_BYTES)) {
            return -1;
        }
        int end = unmap ? data : at + JournalFormat.writeBytes(lba, sectors);
        if (end > segmentBytes) {
            return -1;
        }
        if (sequence > verifyAbove && dataBytes > 0 && !whole(segment, data, lba, (int) sectors, dataCrc)) {
            if (sequence > durable) {
                segment.dropCrcs();
                return -1;
            }
            tell(segment, sequence, lba, (int) sectors, data);
        }
        segment.add(sequence, at, lba, sectors, unmap);
        return end;
    }

    /**
     * Tells the segment the checksums of a record and compares them with its data. A record that was synced and is damaged since is kept: what fails
     * its checksum is refused when it is read, and the rest of the journal is good.
     */
    private boolean whole(JournalSegment segment, int data, long lba, int sectors, int dataCrc) throws IOException {
        int pieces = JournalFormat.pieces(lba, sectors);
        int end = data + sectors * JournalFormat.SECTOR_BYTES;
        int at = data;
        int length = JournalFormat.firstPieceBytes(lba, sectors);
        for (int piece = 0; piece < pieces; piece++) {
            computed[piece] = crc(at, length);
            at += length;
            length = Math.min(JournalFormat.BLOCK_BYTES, end - at);
        }
        if (pieces == 1) {
            segment.addCrc(dataCrc);
            return computed[0] == dataCrc;
        }
        boolean good = crc(end, pieces * Integer.BYTES) == dataCrc;
        for (int piece = 0; piece < pieces; piece++) {
            int crc = window.getInt(ensure(end + piece * Integer.BYTES, Integer.BYTES));
            good &= crc == computed[piece];
            segment.addCrc(crc);
        }
        return good;
    }

    private void tell(JournalSegment segment, long sequence, long lba, int sectors, int data) {
        int pieces = JournalFormat.pieces(lba, sectors);
        int at = data;
        int length = JournalFormat.firstPieceBytes(lba, sectors);
        for (int piece = 0; piece < pieces; piece++) {
            if (computed[piece] != segment.pendingCrc(piece)) {
                listener.piece(segment, sequence, lba + (at - data) / JournalFormat.SECTOR_BYTES, length / JournalFormat.SECTOR_BYTES, at);
            }
            at += length;
            length = Math.min(JournalFormat.BLOCK_BYTES, data + sectors * JournalFormat.SECTOR_BYTES - at);
        }
    }

    private int crc(int at, int length) throws IOException {
        dataCrc.reset();
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

package io.spindrift.journal;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads data of records, from their file or from the stage, and compares it with the checksums that the segment keeps of its pieces. Made by {@link
 * FileJournal}; lives on the home loop.
 */
final class JournalReader {
    private static final Logger LOG = LoggerFactory.getLogger(JournalReader.class);

    private final JournalFolder folder;
    private final JournalStage stage;
    private final CRC32C crc = new CRC32C();
    /** Takes a piece of which only a part is asked for. */
    private final ByteBuf piece = Unpooled.directBuffer(JournalFormat.BLOCK_BYTES, JournalFormat.BLOCK_BYTES);

    JournalReader(JournalFolder folder, JournalStage stage) {
        this.folder = folder;
        this.stage = stage;
    }

    /** As {@link Journal#read}, from an offset in the segment's file. */
    void read(JournalSegment segment, int offset, int length, ByteBuf dst, int dstIndex) throws JournalCorruptException {
        int record = record(segment, offset, length);
        copy(segment, offset, length, dst, dstIndex);
        int end = offset + length;
        int data = segment.dataOffset(record);
        int number = pieceAt(segment, record, offset);
        for (int from = pieceStart(segment, record, number); from < end; number++) {
            int to = Math.min(pieceStart(segment, record, number + 1), data + dataBytes(segment, record));
            if (from >= offset && to <= end) {
                check(segment, record, number, from, to - from, dst, dstIndex + from - offset);
            } else {
                copy(segment, from, to - from, piece, 0);
                check(segment, record, number, from, to - from, piece, 0);
                int first = Math.max(from, offset);
                dst.setBytes(dstIndex + first - offset, piece, first - from, Math.min(to, end) - first);
            }
            from = to;
        }
    }

    JournalSegment segmentOf(List<JournalSegment> live, int segmentBytes, long position) throws JournalCorruptException {
        long index = position / segmentBytes - live.get(0).ordinal;
        if (position < 0 || index < 0 || index >= live.size()) {
            throw new JournalCorruptException(folder.disk.name() + ": nothing at position " + position);
        }
        return live.get((int) index);
    }

    /** Where the first byte lies that is not written: every segment before the one that is staged first is. */
    static long writtenPosition(List<JournalSegment> live, int segmentBytes) {
        for (int i = live.size() - 1; i >= 0; i--) {
            JournalSegment segment = live.get(i);
            if (segment.ready && segment.written > JournalFormat.SEGMENT_HEADER_BYTES) {
                return segment.ordinal * segmentBytes + segment.written;
            }
        }
        return 0;
    }

    /** As {@link Journal#replay}. */
    static void replay(List<JournalSegment> live, int segmentBytes, long afterSequence, JournalVisitor visitor) {
        for (int i = 0; i < live.size(); i++) {
            JournalSegment segment = live.get(i);
            if (segment.count() == 0 || segment.lastSequence() <= afterSequence) {
                continue;
            }
            int index = (int) Math.max(0, afterSequence + 1 - segment.firstSequence);
            for (; index < segment.count(); index++) {
                if (!segment.visit(index, segment.ordinal * segmentBytes, visitor)) {
                    return;
                }
            }
        }
    }

    /** As {@link Journal#checksums}, from an offset in the segment's file. */
    void checksums(JournalSegment segment, int offset, int blockCount, int[] into, int at) throws JournalCorruptException {
        int record = record(segment, offset, blockCount * JournalFormat.BLOCK_BYTES);
        int first = pieceAt(segment, record, offset);
        for (int i = 0; i < blockCount; i++) {
            into[at + i] = segment.crc(record, first + i);
        }
    }

    /** The record that holds the range whole. */
    private int record(JournalSegment segment, int offset, int length) throws JournalCorruptException {
        int record = segment.recordAt(offset - JournalFormat.RECORD_HEADER_BYTES);
        if (record < 0 || length < 0 || length > segment.dataOffset(record) + dataBytes(segment, record) - offset || segment.crcCount(record) == 0) {
            throw new JournalCorruptException(path(segment) + ": no data of " + length + " bytes at " + offset);
        }
        return record;
    }

    private static int dataBytes(JournalSegment segment, int record) {
        return (int) Math.max(0, segment.sectorCount(record)) * JournalFormat.SECTOR_BYTES;
    }

    private static int pieceAt(JournalSegment segment, int record, int offset) {
        int beyond = offset - pieceStart(segment, record, 1);
        return beyond < 0 ? 0 : 1 + beyond / JournalFormat.BLOCK_BYTES;
    }

    private static int pieceStart(JournalSegment segment, int record, int number) {
        int data = segment.dataOffset(record);
        int first = JournalFormat.firstPieceBytes(segment.lba(record), segment.sectorCount(record));
        return number == 0 ? data : data + first + (number - 1) * JournalFormat.BLOCK_BYTES;
    }

    private void check(JournalSegment segment, int record, int number, int offset, int length, ByteBuf bytes, int index) throws JournalCorruptException {
        int expected = segment.crc(record, number);
        if (crc(bytes, index, length) == expected) {
            return;
        }
        copy(segment, offset, length, bytes, index);
        String what = "record " + (segment.firstSequence + record) + ", lba " + (segment.lba(record) + (offset - segment.dataOffset(record)) / 512)
            + ": " + length + " bytes at " + offset;
        if (crc(bytes, index, length) != expected) {
            throw new JournalCorruptException(path(segment) + ": " + what + " fail their checksum");
        }
        LOG.warn("{}: {} failed their checksum and were right when they were read again", path(segment), what);
    }

    private int crc(ByteBuf bytes, int index, int length) {
        crc.reset();
        if (bytes.nioBufferCount() == 1) {
            crc.update(bytes.internalNioBuffer(index, length));
        } else {
            for (ByteBuffer part : bytes.nioBuffers(index, length)) {
                crc.update(part);
            }
        }
        return (int) crc.getValue();
    }

    private void copy(JournalSegment segment, int offset, int length, ByteBuf dst, int dstIndex) throws JournalCorruptException {
        int inFile = Math.max(0, Math.min(length, segment.written - offset));
        if (inFile > 0) {
            readFile(segment, offset, inFile, dst, dstIndex);
        }
        if (inFile < length) {
            stage.read(segment, offset, length, dst, dstIndex);
        }
    }

    private void readFile(JournalSegment segment, int offset, int length, ByteBuf dst, int dstIndex) throws JournalCorruptException {
        try {
            if (dst.nioBufferCount() == 1) {
                segment.file.read(dst.internalNioBuffer(dstIndex, length), offset);
                return;
            }
            long at = offset;
            for (ByteBuffer part : dst.nioBuffers(dstIndex, length)) {
                int size = part.remaining();
                segment.file.read(part, at);
                at += size;
            }
        } catch (IOException e) {
            throw new JournalCorruptException(path(segment) + ": can't be read at " + offset + ": " + e.getMessage(), e);
        }
    }

    private String path(JournalSegment segment) {
        return folder.path(JournalFormat.segmentFile(segment.slot));
    }
}

package io.spindrift.journal;

import io.netty.buffer.ByteBuf;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.zip.CRC32C;

/**
 * Records that are appended but not yet handed to the operating system, and the completions that wait for them. Headers and short data are
 * gathered in direct buffers that are used again; long data is written from where it lies, which the appender leaves unchanged until its
 * completion. What lies together there and here is one write. Made by {@link FileJournal}; lives on the home loop.
 */
final class JournalStage {
    private static final int SPARE_BUFFERS = 4;
    /** From here on a copy costs more than two more writes. */
    private static final int LONG_DATA = 16 * 1024;
    private final int bufferBytes;
    private final CRC32C crc = new CRC32C();
    private final CRC32C headerCrc = new CRC32C();
    private final ByteBuffer table = ByteBuffer.allocateDirect(JournalFormat.tableBytes(FileJournal.MAX_RECORD_BYTES / JournalFormat.BLOCK_BYTES + 1));
    private final ArrayDeque<Piece> staged = new ArrayDeque<>();
    private final ArrayDeque<Piece> idle = new ArrayDeque<>();
    private final ArrayDeque<StageBuffer> spare = new ArrayDeque<>();
    /** The one that is being filled. */
    private StageBuffer open;
    private long[] ends = new long[64];
    private Completion[] waiting = new Completion[64];
    private int waitingHead;
    private int waitingCount;
    private long bytes;

    JournalStage(int bufferBytes) {
        this.bufferBytes = bufferBytes;
        this.open = new StageBuffer(bufferBytes);
    }

    boolean isEmpty() {
        return staged.isEmpty();
    }

    long bytes() {
        return bytes;
    }

    /** Gathers a whole record at the segment's end and tells the segment its checksums; {@code src} is null where there is no data. */
    void record(JournalSegment segment, int kind, long sequence, long lba, long sectorCount, ByteBuf src) {
        Piece head = room(segment);
        ByteBuffer header = head.bytes;
        int at = head.start + head.length;
        JournalFormat.putRecord(header, at, kind, sequence, segment.salt);
        take(head, JournalFormat.RECORD_HEADER_BYTES);
        if (src == null) {
            JournalFormat.putExtent(header, at, lba, sectorCount, 0, 0);
        } else {
            int dataCrc = data(segment, lba, (int) sectorCount, src);
            JournalFormat.putExtent(header, at, lba, sectorCount, (int) sectorCount * JournalFormat.SECTOR_BYTES, dataCrc);
        }
        JournalFormat.sealRecord(headerCrc, header, at);
    }

    /** Stages the data of a write, and its table where it is checked in several pieces. @return the checksum for the header */
    private int data(JournalSegment segment, long lba, int sectorCount, ByteBuf src) {
        int dataBytes = sectorCount * JournalFormat.SECTOR_BYTES;
        int pieces = JournalFormat.pieces(lba, sectorCount);
        ByteBuffer lent = dataBytes >= LONG_DATA && src.isDirect() && src.nioBufferCount() == 1 ? lend(segment, src, dataBytes) : null;
        int pieceCrc = 0;
        int length = JournalFormat.firstPieceBytes(lba, sectorCount);
        table.clear();
        for (int done = 0; done < dataBytes; length = Math.min(JournalFormat.BLOCK_BYTES, dataBytes - done)) {
            pieceCrc = lent != null ? JournalFormat.crc(crc, lent, done, length) : gather(segment, src, src.readerIndex() + done, length);
            segment.addCrc(pieceCrc);
            table.putInt(pieceCrc);
            done += length;
        }
        return pieces < 2 ? pieceCrc : table(segment, pieces);
    }

    private ByteBuffer lend(JournalSegment segment, ByteBuf src, int dataBytes) {
        Piece piece = piece(segment);
        piece.lent = src.retain();
        piece.bytes = src.nioBuffer(src.readerIndex(), dataBytes);
        piece.start = 0;
        take(piece, dataBytes);
        return piece.bytes;
    }

    /** @return the checksum of what was copied */
    private int gather(JournalSegment segment, ByteBuf src, int srcIndex, int length) {
        crc.reset();
        for (int done = 0; done < length;) {
            Piece piece = room(segment);
            int from = piece.start + piece.length;
            int part = Math.min(length - done, bufferBytes - from);
            piece.bytes.limit(from + part).position(from);
            src.getBytes(srcIndex + done, piece.bytes);
            piece.bytes.position(from);
            crc.update(piece.bytes);
            piece.bytes.clear();
            take(piece, part);
            done += part;
        }
        return (int) crc.getValue();
    }

    private int table(JournalSegment segment, int pieces) {
        int length = JournalFormat.tableBytes(pieces);
        while (table.position() < length) {
            table.putInt(0);
        }
        int tableCrc = JournalFormat.crc(crc, table, 0, pieces * Integer.BYTES);
        for (int done = 0; done < length;) {
            Piece piece = room(segment);
            int part = Math.min(length - done, bufferBytes - piece.start - piece.length);
            piece.bytes.put(piece.start + piece.length, table, done, part);
            take(piece, part);
            done += part;
        }
        return tableCrc;
    }

    private void take(Piece piece, int count) {
        piece.length += count;
        piece.segment.end += count;
        bytes += count;
        if (piece.buffer != null) {
            piece.buffer.used += count;
        }
    }

    /** The piece that takes the segment's next bytes; sizes are multiples of 64, so a record's header is never cut in two. */
    private Piece room(JournalSegment segment) {
        Piece last = staged.peekLast();
        if (last != null && last.segment == segment && last.buffer == open && open.used < bufferBytes) {
            return last;
        }
        if (open.used == bufferBytes) {
            open = spare.isEmpty() ? new StageBuffer(bufferBytes) : spare.pop();
        }
        Piece piece = piece(segment);
        piece.buffer = open;
        piece.bytes = open.bytes;
        piece.start = open.used;
        open.pieces++;
        return piece;
    }

    private Piece piece(JournalSegment segment) {
        Piece piece = idle.isEmpty() ? new Piece() : idle.pop();
        piece.segment = segment;
        piece.offset = segment.end;
        piece.length = 0;
        staged.add(piece);
        return piece;
    }

    /** Writes what is staged, up to the first segment that is not ready. */
    void write() throws IOException {
        for (Piece piece = staged.peek(); piece != null && piece.segment.ready; piece = staged.peek()) {
            piece.segment.unsynced = true;
            piece.segment.file.write(piece.bytes.limit(piece.start + piece.length).position(piece.start), piece.offset);
            piece.bytes.clear();
            piece.segment.written = piece.offset + piece.length;
            bytes -= piece.length;
            staged.poll();
            retire(piece);
        }
    }

    private void retire(Piece piece) {
        StageBuffer buffer = piece.buffer;
        if (piece.lent != null) {
            piece.lent.release();
        } else if (--buffer.pieces == 0) {
            buffer.used = 0;
            if (buffer != open && spare.size() < SPARE_BUFFERS) {
                spare.push(buffer);
            }
        }
        piece.lent = null;
        piece.buffer = null;
        piece.bytes = null;
        piece.segment = null;
        idle.push(piece);
    }

    /** Copies staged bytes of {@code [offset, offset + length)} of the segment; what is not staged is left alone. */
    void read(JournalSegment segment, int offset, int length, ByteBuf dst, int dstIndex) {
        for (Piece piece : staged) {
            int from = Math.max(offset, piece.offset);
            int to = Math.min(offset + length, piece.offset + piece.length);
            if (piece.segment == segment && from < to) {
                int shift = piece.start - piece.offset;
                piece.bytes.limit(to + shift).position(from + shift);
                dst.setBytes(dstIndex + from - offset, piece.bytes);
                piece.bytes.clear();
            }
        }
    }

    /** The completion runs when everything below {@code endPosition} is written. */
    void await(long endPosition, Completion completion) {
        if (waitingCount == waiting.length) {
            grow();
        }
        int at = waitingHead + waitingCount & waiting.length - 1;
        ends[at] = endPosition;
        waiting[at] = completion;
        waitingCount++;
    }

    private void grow() {
        int size = waiting.length;
        long[] newEnds = new long[2 * size];
        Completion[] newWaiting = new Completion[2 * size];
        for (int i = 0; i < size; i++) {
            newEnds[i] = ends[waitingHead + i & size - 1];
            newWaiting[i] = waiting[waitingHead + i & size - 1];
        }
        ends = newEnds;
        waiting = newWaiting;
        waitingHead = 0;
    }

    /** Runs the completions of records that are written, in order. They may append again. */
    void complete(long writtenPosition) {
        while (waitingCount > 0 && ends[waitingHead] <= writtenPosition) {
            takeWaiting().done();
        }
    }

    /**
     * Fails who waits. What is staged stays: the volume has it in its dirty map, and reads and the destage must find it as it was appended. What is
     * the appender's own is copied, as it goes back to its owner.
     */
    void fail(BlockFailure failure) {
        staged.forEach(Piece::keep);
        while (waitingCount > 0) {
            takeWaiting().failed(failure);
        }
    }

    private Completion takeWaiting() {
        Completion completion = waiting[waitingHead];
        waiting[waitingHead] = null;
        waitingHead = waitingHead + 1 & waiting.length - 1;
        waitingCount--;
        return completion;
    }

    /** What headers and short data are gathered in; free again when the last of its pieces is written. */
    private static final class StageBuffer {
        final ByteBuffer bytes;
        int used;
        int pieces;

        StageBuffer(int size) {
            bytes = ByteBuffer.allocateDirect(size);
        }
    }

    /** Bytes of one segment that lie together: in a stage buffer, or in one that an appender lent. */
    private static final class Piece {
        JournalSegment segment;
        int offset;
        int length;
        ByteBuffer bytes;
        int start;
        StageBuffer buffer;
        ByteBuf lent;

        void keep() {
            if (lent != null) {
                bytes = ByteBuffer.allocateDirect(length).put(bytes.clear()).clear();
                lent.release();
                lent = null;
            }
        }
    }
}

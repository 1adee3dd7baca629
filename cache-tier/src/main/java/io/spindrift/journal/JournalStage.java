package io.spindrift.journal;

import io.netty.buffer.ByteBuf;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.zip.CRC32C;

/**
 * Records that are appended but not yet handed to the operating system, gathered in direct buffers that are used again, and the
 * completions that wait for them. Each buffer holds bytes of one segment that lie together, so that it is one write. Made by
 * {@link FileJournal}; lives on the home loop.
 */
final class JournalStage {
    private static final int SPARE_CHUNKS = 4;
    private final int chunkBytes;
    private final CRC32C crc = new CRC32C();
    private final CRC32C headerCrc = new CRC32C();
    private final ByteBuffer table = ByteBuffer.allocateDirect(JournalFormat.tableBytes(FileJournal.MAX_RECORD_BYTES / JournalFormat.BLOCK_BYTES + 1));
    private final ArrayDeque<Chunk> staged = new ArrayDeque<>();
    private final ArrayDeque<Chunk> spare = new ArrayDeque<>();
    private long[] ends = new long[64];
    private Completion[] waiting = new Completion[64];
    private int waitingHead;
    private int waitingCount;
    private long bytes;

    JournalStage(int chunkBytes) {
        this.chunkBytes = chunkBytes;
    }

    boolean isEmpty() {
        return staged.isEmpty();
    }

    long bytes() {
        return bytes;
    }

    /** Gathers a whole record at the segment's end and tells the segment its checksums; {@code src} is null where there is no data. */
    void record(JournalSegment segment, int kind, long sequence, long lba, long sectorCount, ByteBuf src) {
        Chunk head = room(segment);
        int at = head.length;
        int start = segment.end;
        JournalFormat.putRecord(head.bytes, at, kind, sequence, segment.salt);
        head.length += JournalFormat.RECORD_HEADER_BYTES;
        segment.end += JournalFormat.RECORD_HEADER_BYTES;
        if (src == null) {
            JournalFormat.putExtent(head.bytes, at, lba, sectorCount, 0, 0);
        } else {
            int dataCrc = data(segment, lba, (int) sectorCount, src);
            JournalFormat.putExtent(head.bytes, at, lba, sectorCount, (int) sectorCount * JournalFormat.SECTOR_BYTES, dataCrc);
        }
        JournalFormat.sealRecord(headerCrc, head.bytes, at);
        bytes += segment.end - start;
    }

    /** Gathers the data of a write piece by piece, and its table where it has several. @return the checksum for the header */
    private int data(JournalSegment segment, long lba, int sectorCount, ByteBuf src) {
        int dataBytes = sectorCount * JournalFormat.SECTOR_BYTES;
        int pieces = JournalFormat.pieces(lba, sectorCount);
        int pieceCrc = 0;
        int length = JournalFormat.firstPieceBytes(lba, sectorCount);
        table.clear();
        for (int done = 0; done < dataBytes; length = Math.min(JournalFormat.BLOCK_BYTES, dataBytes - done)) {
            pieceCrc = piece(segment, src, src.readerIndex() + done, length);
            segment.addCrc(pieceCrc);
            table.putInt(pieceCrc);
            done += length;
        }
        return pieces < 2 ? pieceCrc : table(segment, pieces);
    }

    private int piece(JournalSegment segment, ByteBuf src, int srcIndex, int length) {
        crc.reset();
        for (int done = 0; done < length;) {
            Chunk chunk = room(segment);
            int part = Math.min(length - done, chunkBytes - chunk.length);
            chunk.bytes.limit(chunk.length + part).position(chunk.length);
            src.getBytes(srcIndex + done, chunk.bytes);
            chunk.bytes.position(chunk.length);
            crc.update(chunk.bytes);
            take(segment, chunk, part);
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
            Chunk chunk = room(segment);
            int part = Math.min(length - done, chunkBytes - chunk.length);
            chunk.bytes.put(chunk.length, table, done, part);
            take(segment, chunk, part);
            done += part;
        }
        return tableCrc;
    }

    private static void take(JournalSegment segment, Chunk chunk, int length) {
        chunk.bytes.clear();
        chunk.length += length;
        segment.end += length;
    }

    /** The buffer that takes the segment's next bytes; sizes are multiples of 64, so a record's header is never cut in two. */
    private Chunk room(JournalSegment segment) {
        Chunk last = staged.peekLast();
        if (last != null && last.segment == segment && last.length < chunkBytes) {
            return last;
        }
        Chunk chunk = spare.isEmpty() ? new Chunk(chunkBytes) : spare.pop();
        chunk.segment = segment;
        chunk.offset = segment.end;
        chunk.length = 0;
        staged.add(chunk);
        return chunk;
    }

    /** Writes what is staged, up to the first segment that is not ready. */
    void write() throws IOException {
        for (Chunk chunk = staged.peek(); chunk != null && chunk.segment.ready; chunk = staged.peek()) {
            chunk.segment.unsynced = true;
            chunk.segment.file.write(chunk.bytes.position(0).limit(chunk.length), chunk.offset);
            chunk.bytes.clear();
            chunk.segment.written = chunk.offset + chunk.length;
            bytes -= chunk.length;
            staged.poll();
            chunk.segment = null;
            if (spare.size() < SPARE_CHUNKS) {
                spare.push(chunk);
            }
        }
    }

    /** Copies staged bytes of {@code [offset, offset + length)} of the segment; what is not staged is left alone. */
    void read(JournalSegment segment, int offset, int length, ByteBuf dst, int dstIndex) {
        for (Chunk chunk : staged) {
            int from = Math.max(offset, chunk.offset);
            int to = Math.min(offset + length, chunk.offset + chunk.length);
            if (chunk.segment == segment && from < to) {
                chunk.bytes.limit(to - chunk.offset).position(from - chunk.offset);
                dst.setBytes(dstIndex + from - offset, chunk.bytes);
                chunk.bytes.clear();
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

    /** Fails who waits. What is staged stays: the volume has it in its dirty map, and reads and the destage must find it as it was appended. */
    void fail(BlockFailure failure) {
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

    private static final class Chunk {
        final ByteBuffer bytes;
        JournalSegment segment;
        int offset;
        int length;

        Chunk(int size) {
            bytes = ByteBuffer.allocateDirect(size);
        }
    }
}

package io.spindrift.journal;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.journal.Journal.Piece;
import io.spindrift.journal.Journal.Scrubbed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;

/**
 * A step of a journal's scrub: which pieces there are is taken down on the loop, they are read on the blocking executor, and what differs is read again on the loop the
 * way a guest's read would, since its segment may have been given up meanwhile. Made for one step.
 */
final class JournalScrub {
    private final JournalReader reader;
    private final List<JournalSegment> live;
    private final int segmentBytes;
    private final List<Part> parts = new ArrayList<>();
    private long next = -1;
    private long bytes;

    /** A record's piece, as it was when the step began. */
    private record Part(JournalSegment segment, long ordinal, DiskFile file, int offset, int length, int crc, long lba) {}

    /** @param live the journal's own list, looked at on the loop */
    JournalScrub(JournalReader reader, List<JournalSegment> live, int segmentBytes) {
        this.reader = reader;
        this.live = live;
        this.segmentBytes = segmentBytes;
    }

    CompletableFuture<Scrubbed> run(long from, int most, long trimmedSequence, JournalTasks tasks) {
        gather(from, most, trimmedSequence);
        CompletableFuture<Scrubbed> done = new CompletableFuture<>();
        List<Part> differing = new ArrayList<>();
        tasks.run(() -> compare(differing), failed -> done.complete(new Scrubbed(failed == null ? next : -1, bytes, judge(differing))));
        return done;
    }

    private void gather(long from, int most, long trimmedSequence) {
        for (JournalSegment segment : live) {
            long start = segment.ordinal * segmentBytes;
            for (int record = 0; segment.ready && record < segment.count(); record++) {
                long position = start + segment.dataOffset(record);
                boolean wanted = position >= from && segment.firstSequence + record > trimmedSequence && segment.sectorCount(record) > 0;
                if (wanted && bytes >= most) {
                    next = position;
                    return;
                }
                if (wanted) {
                    add(segment, record);
                }
            }
        }
    }

    private void add(JournalSegment segment, int record) {
        int at = segment.dataOffset(record);
        int end = at + (int) segment.sectorCount(record) * JournalFormat.SECTOR_BYTES;
        if (end > segment.written) {
            return;
        }
        int length = JournalFormat.firstPieceBytes(segment.lba(record), segment.sectorCount(record));
        for (int piece = 0; piece < segment.crcCount(record); piece++) {
            long lba = segment.lba(record) + (at - segment.dataOffset(record)) / JournalFormat.SECTOR_BYTES;
            parts.add(new Part(segment, segment.ordinal, segment.file, at, length, segment.crc(record, piece), lba));
            bytes += length;
            at += length;
            length = Math.min(JournalFormat.BLOCK_BYTES, end - at);
        }
    }

    private void compare(List<Part> differing) throws IOException {
        ByteBuffer block = ByteBuffer.allocateDirect(JournalFormat.BLOCK_BYTES);
        for (Part part : parts) {
            part.file.read(block.clear().limit(part.length), part.offset);
            CRC32C crc = new CRC32C();
            crc.update(block.flip());
            if ((int) crc.getValue() != part.crc) {
                differing.add(part);
            }
        }
    }

    private List<Piece> judge(List<Part> differing) {
        List<Piece> damaged = new ArrayList<>();
        ByteBuf block = Unpooled.buffer(JournalFormat.BLOCK_BYTES, JournalFormat.BLOCK_BYTES);
        for (Part part : differing) {
            if (live.contains(part.segment) && part.segment.ordinal == part.ordinal) {
                try {
                    reader.read(part.segment, part.offset, part.length, block, 0);
                } catch (JournalCorruptException corrupt) {
                    damaged.add(new Piece(part.lba, part.length / JournalFormat.SECTOR_BYTES, corrupt.getMessage()));
                }
            }
        }
        return damaged;
    }
}

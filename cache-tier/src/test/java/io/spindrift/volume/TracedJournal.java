package io.spindrift.volume;

import io.netty.buffer.ByteBuf;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.image.HistoryPoint;
import io.spindrift.journal.Journal;
import io.spindrift.journal.JournalCorruptException;
import io.spindrift.journal.JournalVisitor;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** A journal that tells a {@link VolumeHistory} what is appended to it. */
class TracedJournal implements Journal {
    final Journal target;
    final VolumeHistory history;

    TracedJournal(Journal target, VolumeHistory history) {
        this.target = target;
        this.history = history;
    }

    @Override
    public UUID id() {
        return target.id();
    }

    @Override
    public int maxRecordBytes() {
        return target.maxRecordBytes();
    }

    @Override
    public long usableBytes() {
        return target.usableBytes();
    }

    @Override
    public BlockFailure failure() {
        return target.failure();
    }

    @Override
    public String shortage() {
        return target.shortage();
    }

    @Override
    public long appendWrite(long lba, int sectorCount, ByteBuf src, Completion written) {
        long before = target.lastSequence();
        long sequence = target.appendWrite(lba, sectorCount, src, written);
        if (sequence > before) {
            history.appended(sequence, lba, sectorCount, src.getLong(src.readerIndex()));
        }
        return sequence;
    }

    @Override
    public long appendUnmap(long lba, long sectorCount, Completion written) {
        long before = target.lastSequence();
        long sequence = target.appendUnmap(lba, sectorCount, written);
        if (sequence > before) {
            history.appended(sequence, lba, (int) sectorCount, history.unmaps.remove());
        }
        return sequence;
    }

    @Override
    public long lastDataPosition() {
        return target.lastDataPosition();
    }

    @Override
    public long lastSequence() {
        return target.lastSequence();
    }

    @Override
    public boolean hasRoom(long bytes) {
        return target.hasRoom(bytes);
    }

    @Override
    public void sync(Completion synced) {
        target.sync(synced);
    }

    @Override
    public void read(long position, int lengthBytes, ByteBuf dst, int dstIndex) throws JournalCorruptException {
        target.read(position, lengthBytes, dst, dstIndex);
    }

    @Override
    public void checksums(long position, int blockCount, int[] into, int at) throws JournalCorruptException {
        target.checksums(position, blockCount, into, at);
    }

    @Override
    public CompletableFuture<Scrubbed> scrub(long from, int bytes) {
        return target.scrub(from, bytes);
    }

    @Override
    public void replay(long afterSequence, JournalVisitor visitor) throws JournalCorruptException {
        target.replay(afterSequence, visitor);
    }

    @Override
    public void trim(long sequence) {
        target.trim(sequence);
    }

    @Override
    public long trimmedPosition() {
        return target.trimmedPosition();
    }

    @Override
    public long usedBytes() {
        return target.usedBytes();
    }

    @Override
    public long capacityBytes() {
        return target.capacityBytes();
    }

    @Override
    public void begin(HistoryPoint lease, Completion noted) {
        target.begin(lease, noted);
    }

    @Override
    public boolean wasClean() {
        return target.wasClean();
    }

    @Override
    public HistoryPoint lease() {
        return target.lease();
    }

    @Override
    public void close(Completion closed) {
        target.close(closed);
    }

    @Override
    public void closeClean(Completion closed) {
        target.closeClean(closed);
    }
}

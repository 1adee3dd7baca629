package io.spindrift.volume;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.journal.Journal;
import io.spindrift.volume.destage.Destager;
import io.spindrift.volume.fetch.FetchTable;
import io.spindrift.volume.map.DirtyMap;
import io.spindrift.volume.outage.WritePace;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes and unmaps: into the journal, into the dirty map, acknowledged. Where the journal has no room they wait in the order of their arrival, bounded,
 * until the destage has made some; reads go on meanwhile. The image is never waited for.
 *
 * <p>Made with {@link DataPath}; lives on the home loop.
 */
final class WritePath {
    private static final Logger LOG = LoggerFactory.getLogger(WritePath.class);

    private final EventExecutor home;
    private final Journal journal;
    private final DirtyMap dirty;
    private final FetchTable fetches;
    private final Destager destager;
    private final int maxHeld;
    private final WritePace pace;
    private final ArrayDeque<PendingWrite> held = new ArrayDeque<>();
    private final long maxRecordSectors;
    private boolean releasing;
    private boolean polling;
    private int waits;
    private String journalFailure = "";

    WritePath(EventExecutor home, Journal journal, DirtyMap dirty, FetchTable fetches, Destager destager, WritePace pace, int maxHeld) {
        this.home = home;
        this.journal = journal;
        this.dirty = dirty;
        this.fetches = fetches;
        this.destager = destager;
        this.pace = pace;
        this.maxHeld = maxHeld;
        this.maxRecordSectors = journal.maxRecordBytes() / DirtyMap.SECTOR_BYTES;
    }

    long now() {
        return home.ticker().nanoTime();
    }

    void write(long lba, int sectorCount, ByteBuf src, boolean fua, Completion completion) {
        accept(new PendingWrite(this, lba, sectorCount, src, fua, completion));
    }

    void unmap(long lba, long sectorCount, Completion completion) {
        accept(new PendingWrite(this, lba, sectorCount, null, false, completion));
    }

    private void accept(PendingWrite write) {
        if (!journalFailure.isEmpty()) {
            write.giveUp(BlockFailure.UNAVAILABLE);
        } else if (held.isEmpty() && append(write)) {
            write.done();
        } else if (held.size() >= maxHeld) {
            write.giveUp(BlockFailure.BUSY);
        } else {
            held.addLast(write);
            hold();
        }
    }

    /** Puts records into the journal as long as it has room, once it is the write's turn. @return whether the write is in it whole */
    private boolean append(PendingWrite write) {
        if (write.appended == 0 && pace.delayNanos(write.startedNanos) > 0) {
            return false;
        }
        while (write.appended < write.sectorCount) {
            long count = write.src == null ? write.sectorCount : Math.min(maxRecordSectors, write.sectorCount - write.appended);
            if (!hasRoom(write.src == null ? 0 : count * DirtyMap.SECTOR_BYTES)) {
                return false;
            }
            if (!appendRecord(write, write.lba + write.appended, count)) {
                break;
            }
            write.appended += count;
        }
        return true;
    }

    /** A journal that failed takes nothing more; it says so when it is asked to append. */
    private boolean hasRoom(long bytes) {
        return journal.hasRoom(bytes) || journal.failure() != null;
    }

    /** @return false where the journal did not take it; the write hears of that */
    private boolean appendRecord(PendingWrite write, long lba, long count) {
        write.begun();
        long before = journal.lastSequence();
        boolean unmap = write.src == null;
        long sequence = unmap ? journal.appendUnmap(lba, count, write) : journal.appendWrite(lba, (int) count, part(write, count), write);
        if (sequence == before) {
            return false;
        }
        if (unmap) {
            dirty.unmap(lba, count, sequence);
        } else {
            dirty.write(lba, count, journal.lastDataPosition());
        }
        long first = lba / DirtyMap.SECTORS;
        fetches.markWritten(first, (lba + count + DirtyMap.SECTORS - 1) / DirtyMap.SECTORS - first);
        destager.noted(sequence);
        pace.appended(unmap ? 0 : count * DirtyMap.SECTOR_BYTES);
        return true;
    }

    private static ByteBuf part(PendingWrite write, long count) {
        if (count == write.sectorCount) {
            return write.src;
        }
        int index = write.src.readerIndex() + (int) write.appended * DirtyMap.SECTOR_BYTES;
        return write.src.slice(index, (int) count * DirtyMap.SECTOR_BYTES);
    }

    /** The destage makes room; so may the journal by itself, when it has a segment ready; or it is only a matter of time. */
    private void hold() {
        destager.starved(true);
        if (!polling) {
            polling = true;
            long turnMs = TimeUnit.NANOSECONDS.toMillis(pace.delayNanos(held.peekFirst().startedNanos));
            home.schedule(this::poll, turnMs > 0 ? Math.min(100, turnMs) : Math.min(100, 1 + waits), TimeUnit.MILLISECONDS);
        }
    }

    private void poll() {
        polling = false;
        waits++;
        release();
    }

    /** Every record of a write survives the death of the process. */
    void written(PendingWrite write) {
        if (write.fua) {
            flush(write.completion);
        } else {
            write.completion.done();
        }
    }

    /** A journal that can't be synced takes nothing more, and writes that wait for its room must not wait for ever. */
    void flush(Completion completion) {
        journal.sync(new Completion() {
            @Override
            public void done() {
                completion.done();
            }

            @Override
            public void failed(BlockFailure why) {
                completion.failed(why);
                if (why != BlockFailure.CLOSED) {
                    journalFailed(why);
                }
            }
        });
    }

    void journalFailed(BlockFailure why) {
        if (journalFailure.isEmpty()) {
            journalFailure = "the journal takes no more writes: " + why;
            LOG.error("{}", journalFailure);
            failAll(BlockFailure.UNAVAILABLE);
        }
    }

    /** Why the journal takes nothing more, or nothing now for lack of room on its disk; empty where it does. */
    String journalTrouble() {
        return journalFailure.isEmpty() ? journal.shortage() : journalFailure;
    }

    /** The journal may have room again. */
    void release() {
        if (releasing || held.isEmpty()) {
            return;
        }
        releasing = true;
        while (!held.isEmpty() && append(held.peekFirst())) {
            waits = 0;
            held.pollFirst().done();
        }
        releasing = false;
        if (held.isEmpty()) {
            destager.starved(false);
        } else {
            hold();
        }
    }

    boolean cancel(Completion completion) {
        Iterator<PendingWrite> waiting = held.iterator();
        while (waiting.hasNext()) {
            PendingWrite write = waiting.next();
            if (write.completion == completion) {
                if (write.appended > 0) {
                    return false;
                }
                waiting.remove();
                release();
                return true;
            }
        }
        return false;
    }

    /** What writes may come to now, in bytes a second; 0 where nothing slows them. */
    long limitBytesPerSecond() {
        return pace.limitBytesPerSecond();
    }

    /** The image has taken a batch. */
    void applied() {
        pace.applied();
        release();
    }

    int held() {
        return held.size();
    }

    void failBefore(long nanos, BlockFailure failure) {
        for (PendingWrite write : List.copyOf(held)) {
            if (write.startedNanos - nanos < 0 && held.remove(write)) {
                write.giveUp(failure);
            }
        }
    }

    void failAll(BlockFailure failure) {
        List<PendingWrite> all = List.copyOf(held);
        held.clear();
        all.forEach(write -> write.giveUp(failure));
    }
}

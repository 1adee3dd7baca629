package io.spindrift.volume;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.journal.Journal;
import io.spindrift.volume.destage.Destager;
import io.spindrift.volume.fetch.FetchTable;
import io.spindrift.volume.map.DirtyMap;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
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
    /** The most that goes into one record: 8 MiB. What is larger is several. */
    static final int MAX_RECORD_SECTORS = 16_384;

    private final EventExecutor home;
    private final Journal journal;
    private final DirtyMap dirty;
    private final FetchTable fetches;
    private final Destager destager;
    private final int maxHeld;
    private final ArrayDeque<PendingWrite> held = new ArrayDeque<>();
    private boolean releasing;
    private String journalFailure = "";

    WritePath(EventExecutor home, Journal journal, DirtyMap dirty, FetchTable fetches, Destager destager, int maxHeld) {
        this.home = home;
        this.journal = journal;
        this.dirty = dirty;
        this.fetches = fetches;
        this.destager = destager;
        this.maxHeld = maxHeld;
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
        if (held.isEmpty() && hasRoom(write)) {
            append(write);
        } else if (held.size() >= maxHeld) {
            write.completion.failed(BlockFailure.UNAVAILABLE);
        } else {
            held.addLast(write);
            destager.starved(true);
        }
    }

    private boolean hasRoom(PendingWrite write) {
        return journal.hasRoom(write.src == null ? DirtyMap.SECTOR_BYTES : write.sectorCount * DirtyMap.SECTOR_BYTES);
    }

    private void append(PendingWrite write) {
        if (write.src == null) {
            write.begun();
            long sequence = journal.appendUnmap(write.lba, write.sectorCount, write);
            dirty.unmap(write.lba, write.sectorCount, sequence);
            destager.noted(sequence);
        } else {
            appendData(write);
        }
        long first = write.lba / DirtyMap.SECTORS;
        long end = (write.lba + write.sectorCount + DirtyMap.SECTORS - 1) / DirtyMap.SECTORS;
        fetches.markWritten(first, end - first);
        write.done();
    }

    private void appendData(PendingWrite write) {
        if (write.sectorCount <= MAX_RECORD_SECTORS) {
            appendRecord(write, write.lba, (int) write.sectorCount, write.src);
            return;
        }
        long at = 0;
        while (at < write.sectorCount) {
            int count = (int) Math.min(MAX_RECORD_SECTORS, write.sectorCount - at);
            int index = write.src.readerIndex() + (int) at * DirtyMap.SECTOR_BYTES;
            appendRecord(write, write.lba + at, count, write.src.slice(index, count * DirtyMap.SECTOR_BYTES));
            at += count;
        }
    }

    private void appendRecord(PendingWrite write, long lba, int sectorCount, ByteBuf src) {
        write.begun();
        long sequence = journal.appendWrite(lba, sectorCount, src, write);
        dirty.write(lba, sectorCount, journal.lastDataPosition());
        destager.noted(sequence);
    }

    /** Every record of a write survives the death of the process. */
    void written(PendingWrite write) {
        if (write.fua) {
            journal.sync(write.completion);
        } else {
            write.completion.done();
        }
    }

    void flush(Completion completion) {
        journal.sync(completion);
    }

    void journalFailed(BlockFailure why) {
        if (journalFailure.isEmpty()) {
            journalFailure = "the journal takes no more writes: " + why;
            LOG.error("{}", journalFailure);
        }
    }

    /** Why the journal takes nothing more; empty where it does. */
    String journalFailure() {
        return journalFailure;
    }

    /** The journal may have room again. */
    void release() {
        if (releasing) {
            return;
        }
        releasing = true;
        while (!held.isEmpty() && hasRoom(held.peekFirst())) {
            append(held.pollFirst());
        }
        releasing = false;
        destager.starved(!held.isEmpty());
    }

    boolean cancel(Completion completion) {
        Iterator<PendingWrite> waiting = held.iterator();
        while (waiting.hasNext()) {
            if (waiting.next().completion == completion) {
                waiting.remove();
                release();
                return true;
            }
        }
        return false;
    }

    int held() {
        return held.size();
    }

    void failBefore(long nanos, BlockFailure failure) {
        for (PendingWrite write : List.copyOf(held)) {
            if (write.startedNanos - nanos < 0) {
                held.remove(write);
                write.completion.failed(failure);
            }
        }
    }

    void failAll(BlockFailure failure) {
        for (PendingWrite write : List.copyOf(held)) {
            held.remove(write);
            write.completion.failed(failure);
        }
    }
}

package io.spindrift.volume;

import io.netty.util.concurrent.EventExecutor;
import io.spindrift.journal.Journal;
import io.spindrift.journal.JournalCorruptException;
import io.spindrift.journal.JournalVisitor;
import io.spindrift.volume.map.DirtyMap;
import java.util.function.Consumer;

/** Recovery: brings the records that the image does not have into the dirty map, in slices. Made by {@link VolumeOpener} for one attach, on the home loop. */
final class JournalReplay implements JournalVisitor {
    private static final int RECORDS_A_SLICE = 4096;

    private final EventExecutor home;
    private final Journal journal;
    private final DirtyMap dirty;
    private final long applied;
    private long last;
    private int steps;
    private String gap;
    private Consumer<String> finished;

    JournalReplay(EventExecutor home, Journal journal, DirtyMap dirty, long applied) {
        this.home = home;
        this.journal = journal;
        this.dirty = dirty;
        this.applied = applied;
        this.last = applied;
    }

    /** @param told null when all is there, else the line that says what is not */
    void start(Consumer<String> told) {
        finished = told;
        walk();
    }

    private void walk() {
        steps = 0;
        try {
            journal.replay(last, this);
        } catch (JournalCorruptException corrupt) {
            finished.accept("the journal can't be read: " + corrupt.getMessage());
            return;
        }
        if (gap != null || steps == 0 || last >= journal.lastSequence()) {
            finished.accept(gap);
        } else {
            home.execute(this::walk);
        }
    }

    @Override
    public boolean record(long sequence, long lba, long sectorCount, long dataPosition, boolean unmap) {
        if (steps == RECORDS_A_SLICE) {
            return false;
        }
        if (sequence != last + 1) {
            gap = "the image has everything up to " + applied + ", but the journal goes on with " + sequence
                    + ": the store was taken back, or a part of the journal is missing";
            return false;
        }
        if (unmap) {
            dirty.unmap(lba, sectorCount, sequence);
        } else {
            dirty.write(lba, sectorCount, dataPosition);
        }
        last = sequence;
        steps++;
        return true;
    }
}

package io.spindrift.bench;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/** What one worker has seen. Written by its thread; {@link #takeInto} takes the times away, on the reporting thread. */
final class Tally {
    private static final long MOST_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final int DIGITS = 3;
    private static final int MOST_TOLD = 5;

    private final SingleWriterRecorder reads = new SingleWriterRecorder(MOST_NANOS, DIGITS);
    private final SingleWriterRecorder writes = new SingleWriterRecorder(MOST_NANOS, DIGITS);
    private final SingleWriterRecorder syncs = new SingleWriterRecorder(MOST_NANOS, DIGITS);
    private Histogram spareReads;
    private Histogram spareWrites;
    private Histogram spareSyncs;
    private final Consumer<String> told;
    private int toldSoFar;

    /** Commands that the target ended with a status that no repetition mends, or with less than was asked for. */
    final LongAdder errors = new LongAdder();
    /** Commands that were sent again because the target asked for patience or had news. */
    final LongAdder repeated = new LongAdder();
    /** Commands whose outcome is not known, and connections that ended. */
    final LongAdder lost = new LongAdder();
    final LongAdder lostConnections = new LongAdder();
    /** Units of a read that were not what was written there; of those, an older state; and units that nobody had written. */
    final LongAdder corrupt = new LongAdder();
    final LongAdder stale = new LongAdder();
    final LongAdder unwritten = new LongAdder();

    /** @param told called on the worker's thread with the first few failures, one line each */
    Tally(Consumer<String> told) {
        this.told = told;
    }

    /** What went wrong, in words: the first few are told, all are counted by who calls. */
    void tell(String what) {
        if (toldSoFar < MOST_TOLD) {
            toldSoFar++;
            told.accept(what);
        }
    }

    void failed(String how) {
        errors.increment();
        tell(how);
    }

    void read(long nanos) {
        reads.recordValue(Math.min(Math.max(0, nanos), MOST_NANOS));
    }

    void written(long nanos) {
        writes.recordValue(Math.min(Math.max(0, nanos), MOST_NANOS));
    }

    void synced(long nanos) {
        syncs.recordValue(Math.min(Math.max(0, nanos), MOST_NANOS));
    }

    /** Adds the times since the last call. */
    void takeInto(Times times) {
        spareReads = reads.getIntervalHistogram(spareReads);
        spareWrites = writes.getIntervalHistogram(spareWrites);
        spareSyncs = syncs.getIntervalHistogram(spareSyncs);
        times.reads().add(spareReads);
        times.writes().add(spareWrites);
        times.syncs().add(spareSyncs);
    }

    /** Nanoseconds by kind of command. */
    record Times(Histogram reads, Histogram writes, Histogram syncs) {
        static Times empty() {
            return new Times(fresh(), fresh(), fresh());
        }

        private static Histogram fresh() {
            return new Histogram(MOST_NANOS, DIGITS);
        }

        void reset() {
            reads.reset();
            writes.reset();
            syncs.reset();
        }

        void add(Times other) {
            reads.add(other.reads);
            writes.add(other.writes);
            syncs.add(other.syncs);
        }

        /** Reads and writes, which is what counts as commands. */
        Histogram commands() {
            Histogram both = reads.copy();
            both.add(writes);
            return both;
        }
    }
}

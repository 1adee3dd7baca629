package io.spindrift.journal;

import io.netty.util.concurrent.EventExecutor;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Syncs of a journal, one at a time, each for everybody who waits for it. Who asks while one runs that covers all there is joins it; anybody else waits
 * for the next.
 *
 * <p>Most who ask for syncs do so in a rhythm: every so many records. Where the last two requests came after the same number of records, the next sync is
 * begun when as many are there again, so that it runs while the request for it is still on its way. A wrong guess costs one sync that nobody waits
 * for, and ends the guessing until there is a rhythm again.
 *
 * <p>Made by {@link FileJournal}; lives on the home loop.
 */
final class GroupCommit {
    /** A longer rhythm is not worth a guess: one sync is little beside so many records. */
    private static final int LONGEST_RHYTHM = 16;

    /** What it needs of the journal. */
    interface Records {
        long lastSequence();

        /** Hands what is appended to the operating system. @return whether all of it could be */
        boolean handOver();

        /** The files that have bytes which no sync has covered; from now on this one does. */
        List<JournalSegment> takeUnsynced();

        /** A sync has ended: every record up to {@code sequence} is durable, unless it failed. @return null, or what waiters are told */
        BlockFailure synced(long sequence, IOException failed);
    }

    private final EventExecutor home;
    private final JournalTasks tasks;
    private final Records records;
    private boolean running;
    private long runningUpTo;
    private List<Completion> covered = List.of();
    private List<Completion> waiting = new ArrayList<>();
    private long askedSequence;
    private long rhythm;
    private boolean steady;

    /** @param sequence the last there is */
    GroupCommit(EventExecutor home, JournalTasks tasks, Records records, long sequence) {
        this.home = home;
        this.tasks = tasks;
        this.records = records;
        this.askedSequence = sequence;
    }

    boolean running() {
        return running;
    }

    void sync(Completion synced) {
        note(records.lastSequence());
        if (running && runningUpTo == askedSequence) {
            covered.add(synced);
        } else {
            waiting.add(synced);
            start();
        }
    }

    private void note(long sequence) {
        long since = sequence - askedSequence;
        if (since != 0) {
            steady = since == rhythm;
            rhythm = since;
            askedSequence = sequence;
        }
    }

    /** Begins one for those who wait, where none runs; put off while records wait for a segment. */
    void start() {
        if (!running && !waiting.isEmpty() && records.handOver()) {
            begin();
        }
    }

    /** At the end of a turn, when its records are handed over: a request may be on its way. */
    void foresee() {
        long since = records.lastSequence() - askedSequence;
        if (since > rhythm) {
            steady = false;
        }
        if (steady && since == rhythm && rhythm <= LONGEST_RHYTHM && !running && runningUpTo < records.lastSequence() && records.handOver()) {
            begin();
        }
    }

    private void begin() {
        running = true;
        runningUpTo = records.lastSequence();
        covered = waiting;
        waiting = new ArrayList<>();
        List<JournalSegment> files = records.takeUnsynced();
        if (files.isEmpty()) {
            home.execute(() -> ended(null));
        } else {
            tasks.run(() -> JournalFolder.force(files), this::ended);
        }
    }

    private void ended(IOException failed) {
        running = false;
        List<Completion> told = covered;
        BlockFailure failure = records.synced(runningUpTo, failed);
        if (failure != null) {
            told.forEach(waiter -> waiter.failed(failure));
            return;
        }
        told.forEach(Completion::done);
        start();
    }

    /** Fails who waits for the next one. */
    void fail(BlockFailure failure) {
        List<Completion> told = waiting;
        waiting = new ArrayList<>();
        told.forEach(waiter -> waiter.failed(failure));
    }

    /** Sequences go on from this one. */
    void restart(long sequence) {
        askedSequence = sequence;
        runningUpTo = sequence;
        steady = false;
    }
}

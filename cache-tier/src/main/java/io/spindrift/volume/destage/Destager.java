package io.spindrift.volume.destage;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.Lease;
import io.spindrift.journal.Journal;
import io.spindrift.journal.JournalCorruptException;
import io.spindrift.volume.fetch.CacheFront;
import io.spindrift.volume.fetch.ImageView;
import io.spindrift.volume.map.DirtyMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the journal into the image: cuts batches when the oldest record is old enough, the journal fills, or somebody asked; has them applied in
 * order, a few under way at once; then lets go of what the image has.
 *
 * <p>Made with the volume's data path; lives on the home loop; {@link #stop} ends it.
 */
public final class Destager {
    private static final Logger LOG = LoggerFactory.getLogger(Destager.class);
    private static final int BLOCKS_A_SLICE = 64;
    private static final long FIRST_RETRY_MS = 200;
    private static final long LAST_RETRY_MS = 10_000;
    private static final long JOURNAL_RETRY_MS = 10_000;
    /** So often the same cut is made anew where the image finds its bytes wrong. */
    private static final int MOST_RECUTS = 3;

    /** Where it stands. */
    public enum State {
        /** Batches are built and applied. */
        RUNNING,
        /** The image did not take the last one; it is sent again in a while. */
        RETRYING,
        /** Something is wrong that waiting does not mend; the journal keeps everything. */
        ALARM,
        /** Ended. */
        STOPPED
    }

    /** Hears what the destage brought about. */
    public interface Listener {
        /** The image has everything up to {@code point}; the journal has room again. */
        void applied(HistoryPoint point);

        /** The image did not take what it was sent. */
        void refused(ImageException failure);

        /** The lease is lost. */
        void fenced(String reason);
    }

    private final DestageHost host;
    private final EventExecutor home;
    private final Journal journal;
    private final DirtyMap dirty;
    private final ImageView view;
    private final DestageSettings settings;
    private final Listener listener;
    private final CutClock clock;
    private final Lease lease;
    private final HistoryPoint here;
    private final ArrayDeque<SealedBatch> batches = new ArrayDeque<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private BatchBuilder builder;
    private boolean processing;
    private boolean timerArmed;
    private boolean starved;
    private boolean hurried;
    private final long pushBytes;
    private State state = State.RUNNING;
    private String reason = "";
    private long cutSequence;
    private long cutPosition;
    private long appliedPosition;
    private long appliedSequence;
    private long destagedBytes;
    private long batchCount;
    private int attempts;
    private int recuts;
    /** Whether an alarm is over by itself: the batches that were cut before it stay then, and what follows them is cut later. */
    private boolean resumes;

    private record Waiter(long sequence, CompletableFuture<Void> done) {}

    /** @param view also names the lease under which batches are applied */
    public Destager(DestageHost host, Journal journal, DirtyMap dirty, ImageView view, DestageSettings settings, Listener listener) {
        this.host = host;
        this.home = host.home();
        this.journal = journal;
        this.dirty = dirty;
        this.view = view;
        this.settings = settings;
        this.listener = listener;
        this.lease = view.image().lease();
        this.here = new HistoryPoint(lease.applied().imageId(), lease.epoch(), lease.leaseId(), lease.applied().sequence());
        this.appliedSequence = lease.applied().sequence();
        this.cutSequence = appliedSequence;
        this.cutPosition = journal.trimmedPosition();
        this.appliedPosition = cutPosition;
        long pushed = journal.capacityBytes() / 100 * settings.pushPercent();
        this.pushBytes = settings.pushBytes() == 0 ? pushed : Math.min(pushed, settings.pushBytes());
        this.clock = new CutClock(settings.after().toNanos() / 10);
    }

    /** A record was appended to the journal. */
    public void noted(long sequence) {
        clock.note(sequence, home.ticker().nanoTime());
        if (!timerArmed) {
            arm();
        }
        if (builder == null && pushed()) {
            consider();
        }
    }

    /** A write waits for room in the journal: send what there is. */
    public void starved(boolean waits) {
        starved = waits;
        if (waits) {
            consider();
        }
    }

    /** The journal is so full that whatever can be cut is. */
    public void hurry(boolean now) {
        hurried = now;
    }

    private void arm() {
        timerArmed = true;
        long millis = Math.max(1, Math.min(1_000, settings.after().toMillis() / 10));
        home.schedule(this::tick, millis, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        timerArmed = false;
        if (state == State.STOPPED) {
            return;
        }
        consider();
        if (journal.lastSequence() > appliedSequence) {
            arm();
        }
    }

    /** Begins a cut where one is due and none is being made. */
    private void consider() {
        boolean able = (state == State.RUNNING || state == State.RETRYING) && builder == null && batches.size() < settings.inFlight();
        if (able && journal.lastSequence() > cutSequence && due()) {
            builder = new BatchBuilder(host, journal, view, settings.batchBytes(), cutSequence, new Cut());
            builder.start();
        }
    }

    private boolean due() {
        if (starved || hurried || pushed()) {
            return true;
        }
        for (Waiter waiter : waiters) {
            if (waiter.sequence > cutSequence) {
                return true;
            }
        }
        return clock.ageNanos(cutSequence, home.ticker().nanoTime()) >= settings.after().toNanos();
    }

    private boolean pushed() {
        return journal.lastDataPosition() - cutPosition > pushBytes;
    }

    /** Done when everything that is in the journal now is durably in the image. */
    public CompletableFuture<Void> flushToImage() {
        long target = journal.lastSequence();
        if (target <= appliedSequence) {
            return CompletableFuture.completedFuture(null);
        }
        if (state == State.ALARM || state == State.STOPPED) {
            return CompletableFuture.failedFuture(new ImageException(ImageFailure.CLOSED, "nothing is being brought into the image: " + reason));
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        waiters.add(new Waiter(target, done));
        consider();
        return done;
    }

    /** Takes in what the builder brings. */
    private final class Cut implements BatchBuilder.Outcome {
        @Override
        public boolean earlier(long block, ByteBuf dst, int dstIndex) {
            Iterator<SealedBatch> newestFirst = batches.descendingIterator();
            while (newestFirst.hasNext()) {
                if (newestFirst.next().copy(block, dst, dstIndex)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public void sealed(SealedBatch batch) {
            builder = null;
            cutSequence = batch.to;
            cutPosition = Math.max(cutPosition, batch.endPosition);
            batches.addLast(batch);
            if (state == State.RUNNING) {
                send(batch);
            }
            consider();
        }

        @Override
        public void corrupt(JournalCorruptException failure) {
            builder = null;
            resumes = true;
            alarm("the journal can't be read: " + failure.getMessage());
            // A guest that writes the damaged block anew mends it: a cut that goes on to there does not need the damaged record.
            home.schedule(this::cutAgain, JOURNAL_RETRY_MS, TimeUnit.MILLISECONDS);
        }

        private void cutAgain() {
            if (state == State.ALARM && resumes) {
                state(State.RUNNING, "the journal is tried again");
                consider();
            }
        }

        @Override
        public void failed(ImageException failure) {
            builder = null;
            failedFor(failure);
        }
    }

    private void send(SealedBatch batch) {
        batch.state = SealedBatch.State.SENT;
        view.image().apply(batch.toBatch(lease.epoch())).whenComplete((sequence, thrown) -> {
            if (state == State.STOPPED) {
                return;
            }
            if (thrown == null) {
                batch.state = SealedBatch.State.APPLIED;
            } else {
                batch.state = SealedBatch.State.FAILED;
                batch.failure = ImageException.of(thrown);
            }
            settle();
        });
    }

    /** Goes on with the oldest batch; the answers of younger ones wait for it. */
    private void settle() {
        SealedBatch head = batches.peekFirst();
        if (head == null || processing) {
            return;
        }
        if (head.state == SealedBatch.State.APPLIED) {
            attempts = 0;
            recuts = 0;
            if (state == State.RETRYING) {
                state(State.RUNNING, "");
                batches.stream().filter(batch -> batch.state == SealedBatch.State.WAITING).forEach(this::send);
            }
            processing = true;
            reflect(head);
        } else if (head.state == SealedBatch.State.FAILED && batches.stream().noneMatch(batch -> batch.state == SealedBatch.State.SENT)) {
            failedFor(head.failure);
        }
    }

    private void failedFor(ImageException failure) {
        listener.refused(failure);
        resumes = false;
        switch (failure.failure()) {
            case UNAVAILABLE, FULL -> retry(failure);
            case FENCED -> {
                fail(State.ALARM, failure.getMessage());
                listener.fenced(failure.getMessage());
            }
            case CLOSED -> fail(State.ALARM, failure.getMessage());
            case CORRUPT -> recut(failure);
            case INVALID -> alarm("the image refuses what comes next: " + failure.getMessage());
            default -> throw new AssertionError(failure.failure());
        }
    }

    /** Blocks did not arrive as the journal has them: nothing of these batches was applied, and the journal is read anew for them. */
    private void recut(ImageException failure) {
        if (recuts++ == MOST_RECUTS || batches.stream().anyMatch(batch -> batch.state == SealedBatch.State.APPLIED)) {
            alarm("the image refuses what comes next: " + failure.getMessage());
            return;
        }
        LOG.error("batches are cut anew from {} on: {}", appliedSequence, failure.getMessage());
        if (builder != null) {
            builder.stop();
            builder = null;
        }
        batches.forEach(SealedBatch::release);
        batches.clear();
        cutSequence = appliedSequence;
        cutPosition = journal.trimmedPosition();
        state(State.RUNNING, "cut anew");
        consider();
    }

    private void retry(ImageException failure) {
        state(State.RETRYING, failure.getMessage());
        long delay = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS << Math.min(10, attempts++));
        home.schedule(this::sendAgain, delay, TimeUnit.MILLISECONDS);
    }

    private void sendAgain() {
        if (state != State.RETRYING) {
            return;
        }
        for (SealedBatch batch : List.copyOf(batches)) {
            if (batch.state == SealedBatch.State.FAILED || batch.state == SealedBatch.State.WAITING) {
                send(batch);
            }
        }
    }

    /** The image has it: what was asked of the image before is outdated, then the cache follows, then the dirty map lets go. */
    private void reflect(SealedBatch batch) {
        for (int at = 0; at < batch.zeroRanges(); at++) {
            view.extents().freed(batch.zeroStart(at), batch.zeroEnd(at) - batch.zeroStart(at));
            view.fetches().markStale(batch.zeroStart(at), batch.zeroEnd(at) - batch.zeroStart(at));
        }
        int at = 0;
        while (at < batch.blocks.length) {
            int run = batch.run(at);
            view.extents().allocated(batch.blocks[at], run);
            view.fetches().markStale(batch.blocks[at], run);
            at += run;
        }
        forgetZeros(batch, 0);
    }

    private void forgetZeros(SealedBatch batch, int from) {
        int to = Math.min(batch.zeroRanges(), from + BLOCKS_A_SLICE);
        for (int at = from; at < to; at++) {
            view.cache().changed(batch.zeroStart(at), batch.zeroEnd(at) - batch.zeroStart(at));
        }
        later(batch, to < batch.zeroRanges() ? () -> forgetZeros(batch, to) : () -> keep(batch, 0));
    }

    private void keep(SealedBatch batch, int from) {
        if (view.cache().isBehind()) {
            home.schedule(() -> goOn(() -> keep(batch, from)), CacheFront.BEHIND_MS, TimeUnit.MILLISECONDS);
            return;
        }
        int to = Math.min(batch.blocks.length, from + BLOCKS_A_SLICE);
        int at = from;
        while (at < to) {
            int run = Math.min(batch.run(at), to - at);
            int kept = view.cache().putRun(batch.blocks[at], run, batch.to, batch.bytes(at), true);
            if (kept < run) {
                // A copy that is not replaced must not remain.
                view.cache().changed(batch.blocks[at] + kept, run - kept);
            }
            at += run;
        }
        if (to < batch.blocks.length) {
            later(batch, () -> keep(batch, to));
        } else {
            dirty.clearZeros(batch.to);
            letGo(batch, 0);
        }
    }

    private void letGo(SealedBatch batch, int from) {
        int to = Math.min(batch.blocks.length, from + 16 * BLOCKS_A_SLICE);
        for (int at = from; at < to; at++) {
            dirty.clear(batch.blocks[at], batch.endPosition, batch.to);
        }
        later(batch, to < batch.blocks.length ? () -> letGo(batch, to) : () -> finish(batch));
    }

    /** Small batches go on at once, large ones in the loop's next turn. */
    private void later(SealedBatch batch, Runnable next) {
        if (batch.blocks.length + batch.zeroRanges() <= BLOCKS_A_SLICE) {
            next.run();
        } else {
            home.execute(() -> goOn(next));
        }
    }

    private void goOn(Runnable next) {
        if (state != State.STOPPED) {
            next.run();
        }
    }

    private void finish(SealedBatch batch) {
        processing = false;
        batches.removeFirst();
        batchCount++;
        destagedBytes += batch.dataBytes();
        appliedSequence = batch.to;
        appliedPosition = Math.max(appliedPosition, batch.endPosition);
        batch.release();
        HistoryPoint point = here.withSequence(batch.to);
        view.cache().advance(point);
        journal.trim(batch.to);
        clock.trim(batch.to);
        for (Waiter waiter : List.copyOf(waiters)) {
            if (waiter.sequence <= appliedSequence) {
                waiters.remove(waiter);
                waiter.done.complete(null);
            }
        }
        listener.applied(point);
        settle();
        consider();
    }

    private void alarm(String why) {
        LOG.error("destage stops, the journal keeps what is not in the image: {}", why);
        fail(State.ALARM, why);
    }

    private void fail(State next, String why) {
        state(next, why);
        if (builder != null) {
            builder.stop();
            builder = null;
        }
        if (next == State.STOPPED || !resumes) {
            letBatchesGo();
        }
        for (Waiter waiter : List.copyOf(waiters)) {
            waiters.remove(waiter);
            waiter.done.completeExceptionally(new ImageException(ImageFailure.CLOSED, "nothing more is brought into the image: " + why));
        }
    }

    /** Nothing more is sent: their memory is others'. One that the image has is still reflected here, but for the end of everything. */
    private void letBatchesGo() {
        while (batches.size() > (processing && state != State.STOPPED ? 1 : 0)) {
            batches.removeLast().release();
        }
    }

    /** Ends it; what is not in the image stays in the journal. */
    public void stop(String why) {
        if (state == State.STOPPED) {
            return;
        }
        fail(State.STOPPED, why);
    }

    private void state(State next, String why) {
        if (next != state || !why.equals(reason)) {
            LOG.info("destage {} -> {}: {}", state, next, why);
        }
        state = next;
        reason = why;
    }

    public State state() {
        return state;
    }

    /** Why it is in its state; empty where nothing is to be said. */
    public String reason() {
        return reason;
    }

    public long appliedSequence() {
        return appliedSequence;
    }

    /** Bytes of the journal before this position are in the image. */
    public long appliedPosition() {
        return appliedPosition;
    }

    /** Bytes of the journal before this position are in the image or on their way. */
    public long cutPosition() {
        return cutPosition;
    }

    /** Data that the image has taken, in bytes. */
    public long destagedBytes() {
        return destagedBytes;
    }

    public long batchCount() {
        return batchCount;
    }

    /** Age of the oldest record that is not in the image, in nanoseconds; 0 where there is none. */
    public long oldestAgeNanos() {
        return clock.ageNanos(appliedSequence, home.ticker().nanoTime());
    }
}

package io.spindrift.engine.log;

import io.spindrift.engine.format.EntryFormat;
import io.spindrift.engine.format.LogEntry;
import io.spindrift.engine.map.Place;
import io.spindrift.image.Batch;
import io.spindrift.image.Image;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.store.SegmentStore;
import io.spindrift.store.StoreException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds to one image's log. Several puts are under way at once; an entry counts, and is answered for, when it and every one before it is in
 * the store. When one fails or finds its number taken, nothing new is begun; once the rest has ended, the log is read from the last committed
 * entry on, what is found there is taken, and what is still missing is put anew or fails.
 *
 * <p>Made by the image, lives on the engine's loop, ended by {@link #close}.
 */
public final class LogTail {
    private static final Logger LOG = LoggerFactory.getLogger(LogTail.class);
    private static final int MAX_ATTEMPTS = 3;
    private static final long RETRY_MS = 5;
    private static final int MAX_PENDING = 4096;
    private static final long MAX_PENDING_BYTES = 512L << 20;

    /** What the tail asks of its image. */
    public interface Owner {
        ImageChain chain();

        /** An entry is in the log, and the chain has taken it. */
        void committed(LogEntry entry, boolean own);

        /** Reads the log on from the last committed entry; {@code then} runs on the loop, with null or with what went wrong. */
        void refresh(java.util.function.Consumer<Throwable> then);
    }

    private enum State { OPEN, DRAINING, REFRESHING, CLOSED }

    private final Owner owner;
    private final StoreCalls calls;
    private final SegmentStore store;
    private final ImageLoader loader;
    private final int putsInFlight;
    private final Deque<PutTask> flying = new ArrayDeque<>();
    private final Deque<Append> pending = new ArrayDeque<>();
    private final List<Runnable> afterRefresh = new ArrayList<>();
    private long pendingBytes;
    private State state = State.OPEN;

    public LogTail(Owner owner, StoreCalls calls, SegmentStore store, ImageLoader loader, int putsInFlight) {
        this.owner = owner;
        this.calls = calls;
        this.store = store;
        this.loader = loader;
        this.putsInFlight = putsInFlight;
    }

    public void append(Append append) {
        if (state == State.CLOSED) {
            append.failed(new ImageException(ImageFailure.CLOSED, "the image is closed"));
        } else if (pending.size() >= MAX_PENDING || pendingBytes + append.dataBytes() > MAX_PENDING_BYTES) {
            append.failed(new ImageException(ImageFailure.UNAVAILABLE, "too much is waiting for the store"));
        } else {
            pending.add(append);
            pendingBytes += append.dataBytes();
            pump();
        }
    }

    /**
     * Looks whether others have added to the log, unless own puts are under way, which would find that out themselves.
     *
     * @param then runs on the loop, whether that went well or not
     */
    public void look(Runnable then) {
        if (state == State.CLOSED || state == State.OPEN && !flying.isEmpty()) {
            then.run();
            return;
        }
        afterRefresh.add(then);
        if (state == State.OPEN) {
            refresh("asked to look");
        }
    }

    /**
     * Reads the log on, also where own puts are under way: those end first, and no new ones are begun before.
     *
     * @param then runs on the loop, whether that went well or not
     */
    public void readOn(Runnable then) {
        if (state == State.OPEN && !flying.isEmpty()) {
            afterRefresh.add(then);
            state(State.DRAINING, "asked to read on");
        } else {
            look(then);
        }
    }

    /** Whether nothing is under way or waiting. */
    public boolean idle() {
        return flying.isEmpty() && pending.isEmpty() && state == State.OPEN;
    }

    /** What will be applied when everything that was asked for is in the log. */
    public long plannedSequence() {
        long planned = flyingSequence();
        for (Append append : pending) {
            planned = append.sequenceAfter(planned);
        }
        return planned;
    }

    /** What waits fails with CLOSED; what is under way ends in its own time. */
    public void close() {
        state(State.CLOSED, "closed");
        failPending(new ImageException(ImageFailure.CLOSED, "the image is closed"));
        goOn();
    }

    /** Who asked to look goes on: there will be no other occasion where a put under way keeps the log from being read. */
    private void goOn() {
        List<Runnable> waiting = List.copyOf(afterRefresh);
        afterRefresh.clear();
        waiting.forEach(Runnable::run);
    }

    private void state(State next, String reason) {
        if (state != next) {
            LOG.debug("log of {}: {} -> {}, {}", owner.chain().history().imageId(), state, next, reason);
            state = next;
        }
    }

    private long flyingSequence() {
        long planned = owner.chain().history().appliedSequence();
        for (PutTask task : flying) {
            for (Append append : task.appends) {
                planned = append.sequenceAfter(planned);
            }
        }
        return planned;
    }

    private void pump() {
        while (state == State.OPEN && flying.size() < putsInFlight && !pending.isEmpty()) {
            Append head = pending.peek();
            ImageHistory history = owner.chain().history();
            if (head.satisfied(history)) {
                poll().done();
                continue;
            }
            // Whatever is not pipelined must know everything before it.
            boolean mustWait = !head.pipelined() && !flying.isEmpty() || flyingControl();
            if (mustWait) {
                return;
            }
            ImageException refused = head.refused(history, flyingSequence());
            if (refused != null) {
                poll().failed(refused);
                continue;
            }
            begin();
        }
    }

    private boolean flyingControl() {
        return !flying.isEmpty() && !flying.peekLast().appends.get(0).pipelined();
    }

    private Append poll() {
        Append append = pending.poll();
        pendingBytes -= append.dataBytes();
        return append;
    }

    private void begin() {
        ImageChain chain = owner.chain();
        long number = chain.history().number() + flying.size() + 1;
        List<Append> appends = new ArrayList<>();
        appends.add(poll());
        LogEntry entry;
        if (appends.get(0) instanceof BatchAppend head) {
            joinBatches(appends, head);
            entry = BatchAppend.entry(chain, number, PutTask.batches(appends));
        } else {
            entry = appends.get(0).entry(chain, number);
        }
        PutTask task = new PutTask(appends, entry);
        flying.add(task);
        put(task);
    }

    /** Batches that wait become cuts of one segment, as long as they follow each other and fit. */
    private void joinBatches(List<Append> appends, BatchAppend head) {
        long planned = flyingSequence();
        planned = head.sequenceAfter(planned);
        long bytes = head.dataBytes();
        int extents = head.extentCount();
        while (pending.peek() instanceof BatchAppend next && appends.size() < EntryFormat.MAX_CUTS) {
            bytes += next.dataBytes();
            extents += next.extentCount();
            boolean fits = bytes <= Math.min(Batch.MAX_DATA_BYTES, (long) Place.MAX_SLOTS * Image.BLOCK_BYTES) && extents <= EntryFormat.MAX_EXTENTS;
            if (!fits || next.refused(owner.chain().history(), planned) != null) {
                return;
            }
            planned = next.sequenceAfter(planned);
            appends.add(poll());
        }
    }

    private void put(PutTask task) {
        task.attempts++;
        calls.call(() -> task.put(store, loader)).whenComplete((outcome, failure) -> ended(task, outcome, failure));
    }

    private void ended(PutTask task, PutTask.Outcome outcome, Throwable failure) {
        boolean again = failure instanceof StoreException known && known.kind() == StoreException.Kind.UNAVAILABLE;
        if (again && task.attempts < MAX_ATTEMPTS && state == State.OPEN) {
            calls.loop().schedule(() -> put(task), RETRY_MS << task.attempts, TimeUnit.MILLISECONDS);
            return;
        }
        task.outcome = failure == null ? outcome : PutTask.Outcome.FAILED;
        task.failure = failure;
        advance();
    }

    private void advance() {
        while (!flying.isEmpty() && flying.peek().outcome == PutTask.Outcome.STORED && state != State.REFRESHING) {
            commit(flying.poll());
        }
        if (!flying.isEmpty() && flying.peek().outcome != PutTask.Outcome.RUNNING && state == State.OPEN) {
            state(State.DRAINING, "entry " + flying.peek().entry.number() + " " + flying.peek().outcome);
        }
        if (state == State.DRAINING && allEnded()) {
            refresh("everything under way has ended");
        } else if (state == State.CLOSED && allEnded()) {
            failFlying(new ImageException(ImageFailure.CLOSED, "the image is closed"));
        } else {
            pump();
        }
    }

    private boolean allEnded() {
        for (PutTask task : flying) {
            if (task.outcome == PutTask.Outcome.RUNNING) {
                return false;
            }
        }
        return true;
    }

    private void commit(PutTask task) {
        boolean counts = owner.chain().apply(task.entry);
        assert counts : "entry " + task.entry.number() + " does not count";
        owner.committed(task.entry, true);
        task.appends.forEach(Append::done);
    }

    private void refresh(String reason) {
        state(State.REFRESHING, reason);
        owner.refresh(this::refreshed);
    }

    private void refreshed(Throwable refreshFailure) {
        if (state == State.CLOSED) {
            failFlying(new ImageException(ImageFailure.CLOSED, "the image is closed"));
        } else {
            reopen(refreshFailure);
        }
        goOn();
        pump();
    }

    private void reopen(Throwable refreshFailure) {
        Throwable cause = flying.isEmpty() ? null : refreshFailure;
        List<Append> left = new ArrayList<>();
        for (PutTask task : flying) {
            cause = cause == null ? task.failure : cause;
            left.addAll(task.appends);
        }
        flying.clear();
        state(State.OPEN, "the log was read on to entry " + owner.chain().history().number());
        if (cause == null) {
            for (int i = left.size() - 1; i >= 0; i--) {
                pending.addFirst(left.get(i));
                pendingBytes += left.get(i).dataBytes();
            }
        } else {
            settle(left, Failures.of(cause));
        }
    }

    /** What was found in the log is done; the rest, and what waits behind it, has failed. */
    private void settle(List<Append> left, ImageException failure) {
        for (Append append : left) {
            if (append.satisfied(owner.chain().history())) {
                append.done();
            } else {
                append.failed(failure);
            }
        }
        failPending(failure);
    }

    private void failPending(ImageException failure) {
        while (!pending.isEmpty()) {
            poll().failed(failure);
        }
    }

    private void failFlying(ImageException failure) {
        while (!flying.isEmpty()) {
            flying.poll().appends.forEach(append -> append.failed(failure));
        }
    }
}

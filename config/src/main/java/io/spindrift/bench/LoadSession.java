package io.spindrift.bench;

import io.spindrift.initiator.Cdb;
import io.spindrift.initiator.InitiatorSession;
import io.spindrift.initiator.ScsiTask;
import io.spindrift.initiator.SocketLoop;
import io.spindrift.initiator.UnitCapacity;
import io.spindrift.initiator.login.TargetUrl;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * One session and the commands that it keeps under way. Made, used and closed by its {@link LoadWorker}, on that one's thread; its buffers are its own.
 * A connection that is lost may be opened again, and the load goes on where it was.
 */
final class LoadSession {
    private static final int BLOCK = 4096;
    private static final int LOGOUT_MS = 1_000;
    private static final int TRIES_FOR_A_FREE_PLACE = 8;

    private final BenchPlan plan;
    private final SessionTarget target;
    private final Tally tally;
    private final LongSupplier nanos;
    private final SplittableRandom random;
    private final ArrayDeque<Slot> free = new ArrayDeque<>();
    /** Sent again as they are: the target was busy, or had news. */
    private final ArrayDeque<ScsiTask> again = new ArrayDeque<>();
    private InitiatorSession session;
    private PlaceChooser places;
    private StampCheck check;
    private int blocksEach;
    private long firstLba;
    private long limit;
    private long begun;
    private long startNanos;
    private long allowedCommands = Long.MAX_VALUE;
    private long heldPlace = -1;
    private long writesSinceSync;
    private boolean stopping;
    private boolean down;

    LoadSession(BenchPlan plan, SessionTarget target, Tally tally, LongSupplier nanos) {
        this.plan = plan;
        this.target = target;
        this.tally = tally;
        this.nanos = nanos;
        random = new SplittableRandom(plan.pattern().seed() * 0x9e3779b97f4a7c15L + target.settings().isid());
    }

    private final class Slot {
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(plan.pattern().size());
        private final byte[] cdb = Cdb.testUnitReady();
        private final ScsiTask write = ScsiTask.sending(cdb, buffer, task -> ended(this, task));
        private final ScsiTask read = ScsiTask.receiving(cdb, buffer, task -> ended(this, task));
        private final ScsiTask sync = ScsiTask.plain(Cdb.synchronize(), task -> ended(this, task));
        private int unit;
        private long sequence;

        Slot() {
            if (plan.pattern().work().writes()) {
                byte[] bytes = new byte[plan.pattern().size()];
                random.nextBytes(bytes);
                buffer.put(0, bytes);
                int zeros = BLOCK * plan.writes().compressiblePercent() / 100;
                for (int at = BLOCK - zeros; at < bytes.length; at += BLOCK) {
                    buffer.put(at, new byte[Math.min(zeros, bytes.length - at)]);
                }
            }
        }

        /** No block is written twice with the same bytes, so that nobody gains by finding equal ones. */
        void distinguish(long number) {
            for (int at = 0; at < buffer.capacity(); at += BLOCK) {
                buffer.putLong(at, number).putInt(at + Long.BYTES, at);
            }
        }
    }

    /** Logs in and looks at the unit. */
    void open(SocketLoop loop) throws IOException {
        session = InitiatorSession.open(target.url(), target.settings(), loop);
        UnitCapacity capacity = UnitCapacity.of(session);
        down = false;
        if (places != null) {
            return;
        }
        BenchPlan.Pattern pattern = plan.pattern();
        if (pattern.size() % capacity.blockLength() != 0) {
            throw new IllegalArgumentException("size must be a multiple of the unit's blocks of " + capacity.blockLength() + " bytes");
        }
        long range = pattern.range() == 0 ? capacity.bytes() - pattern.offset() : pattern.range();
        if (range <= 0 || range > capacity.bytes() - pattern.offset()) {
            throw new IllegalArgumentException(target.url() + " has " + capacity.bytes() + " bytes; offset and range reach beyond that");
        }
        blocksEach = pattern.size() / capacity.blockLength();
        firstLba = pattern.offset() / capacity.blockLength();
        long all = range / pattern.size();
        places = pattern.work().inOrder() ? PlaceChooser.inOrder(all, target.share(), plan.pace().sessions(), random)
                : PlaceChooser.random(all, pattern.zipf(), random);
        limit = plan.pattern().work().once() ? places.places() : Long.MAX_VALUE;
        if (plan.span().commands() > 0) {
            limit = Math.min(limit, PlaceChooser.part(plan.span().commands(), target.number() + 1, target.sessionsInAll())
                    - PlaceChooser.part(plan.span().commands(), target.number(), target.sessionsInAll()));
        }
        check = plan.writes().verify() ? target.checks().apply(all * unitsEach()) : null;
        for (int i = 0; i < plan.pace().depth(); i++) {
            free.add(new Slot());
        }
    }

    /** From here on commands are due. */
    void start() {
        startNanos = nanos.getAsLong();
    }

    /** Takes what has come and begins what may begin. */
    void exchange() throws IOException {
        session.exchange();
        if (begin()) {
            session.exchange();
        }
    }

    /** @return whether anything was submitted */
    private boolean begin() {
        boolean any = false;
        while (!again.isEmpty()) {
            session.submit(again.remove());
            any = true;
        }
        if (plan.pace().rate() > 0) {
            double share = plan.pace().rate() / (double) target.sessionsInAll();
            allowedCommands = (long) ((nanos.getAsLong() - startNanos) / 1e9 * share) + 1;
        }
        while (!stopping && !free.isEmpty() && begun < allowedCommands && beginOne(free.peek())) {
            free.remove();
            any = true;
        }
        return any;
    }

    private boolean beginOne(Slot slot) {
        if (begun >= limit) {
            stopping = true;
            return false;
        }
        if (plan.writes().syncEvery() > 0 && writesSinceSync >= plan.writes().syncEvery()) {
            writesSinceSync = 0;
            session.submit(slot.sync);
            return true;
        }
        long place = freePlace();
        if (place < 0) {
            return false;
        }
        begun++;
        slot.unit = check == null ? 0 : (int) (place * unitsEach());
        long lba = firstLba + place * blocksEach;
        if (isRead()) {
            Cdb.setRead16(slot.cdb, lba, blocksEach);
            session.submit(slot.read);
        } else {
            fill(slot);
            Cdb.setWrite16(slot.cdb, lba, blocksEach, plan.writes().fua());
            session.submit(slot.write);
            writesSinceSync++;
        }
        return true;
    }

    /** A place that the next command may go to; negative where there is none just now. */
    private long freePlace() {
        long place = heldPlace >= 0 ? heldPlace : places.choose();
        heldPlace = -1;
        if (check == null) {
            return place;
        }
        for (int tries = 0; tries < TRIES_FOR_A_FREE_PLACE; tries++) {
            if (check.claim((int) (place * unitsEach()), unitsEach())) {
                return place;
            }
            if (plan.pattern().work().inOrder()) {
                heldPlace = place;
                return -1;
            }
            place = places.choose();
        }
        return -1;
    }

    private int unitsEach() {
        return plan.pattern().size() / StampCheck.UNIT_BYTES;
    }

    private boolean isRead() {
        Work work = plan.pattern().work();
        return work.reads() && (!work.writes() || random.nextInt(100) < plan.pattern().readPercent());
    }

    private void fill(Slot slot) {
        if (check != null) {
            slot.sequence = check.stamp(slot.buffer, unitsEach(), plan.pattern().offset() / StampCheck.UNIT_BYTES + slot.unit);
        } else if (plan.writes().compressiblePercent() < 100) {
            slot.distinguish(target.settings().isid() << 40 ^ begun);
        }
    }

    private void ended(Slot slot, ScsiTask task) {
        if (task.retryable() && !stopping) {
            tally.repeated.increment();
            again.add(task);
            return;
        }
        free.add(slot);
        if (check != null && task != slot.sync) {
            checked(slot, task);
        }
        if (!task.good()) {
            failed(task);
            return;
        }
        long took = nanos.getAsLong() - task.submittedNanos();
        if (task == slot.sync) {
            tally.synced(took);
        } else if (task == slot.write) {
            tally.written(took);
        } else if (task.received() == plan.pattern().size()) {
            tally.read(took);
        } else {
            tally.failed(target.url() + " answered a read of " + plan.pattern().size() + " bytes with " + task.received());
        }
    }

    private void checked(Slot slot, ScsiTask task) {
        check.release(slot.unit, unitsEach());
        if (!task.good()) {
            return;
        }
        if (task == slot.write) {
            check.acknowledged(slot.unit, unitsEach(), slot.sequence);
        } else {
            check.compare(slot.buffer, slot.unit, unitsEach(), plan.pattern().offset() / StampCheck.UNIT_BYTES + slot.unit);
        }
    }

    private void failed(ScsiTask task) {
        if (task.status() == ScsiTask.LOST) {
            tally.lost.increment();
        } else if (!task.retryable()) {
            tally.failed(target.url() + ": a command failed with " + task.outcome());
        }
    }

    /** Begins no more. */
    void stop() {
        stopping = true;
    }

    /** Whether everything that was begun has ended and nothing more begins. */
    boolean done() {
        return stopping && (down || session.inFlight() == 0);
    }

    /** Whether the connection is gone and was not opened again. */
    boolean isDown() {
        return down;
    }

    /** Commands that this session will send; more than will ever be where its work does not end by itself. */
    long limit() {
        return limit;
    }

    /** Whether a command waits to be due, so that the loop may not sleep long. */
    boolean paced() {
        return plan.pace().rate() > 0 && !stopping;
    }

    /** @throws SocketTimeoutException where a command has waited longer than the plan allows */
    void checkAnswers() throws SocketTimeoutException {
        if (plan.span().answerSeconds() > 0 && session.oldestNanos() > TimeUnit.SECONDS.toNanos(plan.span().answerSeconds())) {
            throw new SocketTimeoutException("no answer to a command within " + plan.span().answerSeconds() + " s");
        }
    }

    /** Ends what is left of a connection; its commands count as lost. {@link #open} makes another. */
    void drop() throws IOException {
        down = true;
        session.close();
        while (!again.isEmpty()) {
            again.remove().giveUp();
        }
    }

    /** Logs out where that can be done, and closes. */
    void close() throws IOException {
        if (session == null || down) {
            return;
        }
        try {
            if (session.inFlight() == 0) {
                session.logout(LOGOUT_MS);
            }
        } catch (IOException gone) {
            tally.tell("logout from " + target.url() + ": " + gone.getMessage());
        } finally {
            session.close();
        }
    }

    TargetUrl url() {
        return target.url();
    }
}

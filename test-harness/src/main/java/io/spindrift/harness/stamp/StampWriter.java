package io.spindrift.harness.stamp;

import io.spindrift.initiator.Cdb;
import io.spindrift.initiator.InitiatorSession;
import io.spindrift.initiator.ScsiTask;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * The load itself: writes of stamped units, with reads that are checked on the spot. Units with a command under way are left alone, so
 * that what a read may find is always known. One thread; made for one run.
 */
final class StampWriter {
    private static final int UNIT_ATTENTION = 6;
    private static final int BUSY_STATUS = 8;
    private static final int TASK_SET_FULL = 0x28;

    private final StampRange range;
    private final Connector connector;
    private final StampTally tally;
    private final StampPlan plan;
    private final StampHistory history;
    private final SplittableRandom random;
    private final BitSet busy = new BitSet();
    private final List<Slot> slots = new ArrayList<>();
    private final ArrayDeque<Slot> free = new ArrayDeque<>();
    private InitiatorSession session;
    private int blockLength;
    private long writesSinceFlush;

    StampWriter(StampRange range, Connector connector, StampTally tally, StampPlan plan, StampHistory history) {
        this.range = range;
        this.connector = connector;
        this.tally = tally;
        this.plan = plan;
        this.history = history;
        random = new SplittableRandom(plan.seed() ^ range.ledger().newestIssued(0) ^ range.ledger().nextSequence());
        for (int i = 0; i < plan.depth(); i++) {
            slots.add(new Slot());
        }
        free.addAll(slots);
    }

    /** One command's place: its buffer and the units it is about. */
    private final class Slot {
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(plan.maxUnits() * range.unitBytes());
        private final ScsiTask write = ScsiTask.sending(new byte[0], buffer, task -> ended(this, task));
        private final ScsiTask read = ScsiTask.receiving(new byte[0], buffer, task -> ended(this, task));
        private final ScsiTask flush = ScsiTask.plain(Cdb.synchronize(), task -> ended(this, task));
        private int first;
        private int count;
        private long sequence;
    }

    void run() throws IOException {
        long start = System.nanoTime();
        long end = start + (long) (plan.seconds() * 1e9);
        connect();
        while (System.nanoTime() - end < 0) {
            try {
                step(start);
            } catch (IOException e) {
                if (!reconnected(e)) {
                    return;
                }
            }
        }
        finish();
    }

    private void connect() throws IOException {
        session = connector.open();
        blockLength = range.check(session);
    }

    private void step(long start) throws IOException {
        long allowed = plan.rate() == 0 ? Long.MAX_VALUE : (long) ((System.nanoTime() - start) / 1e9 * plan.rate()) + 1;
        while (!free.isEmpty() && tally.writes + session.inFlight() < allowed) {
            Slot slot = free.remove();
            if (!begin(slot)) {
                free.add(slot);
                break;
            }
        }
        session.poll(plan.rate() == 0 ? 200 : 2);
        if (plan.stallLimitMs() > 0) {
            checkStalls();
        }
    }

    private boolean begin(Slot slot) {
        if (plan.flushEvery() > 0 && writesSinceFlush >= plan.flushEvery()) {
            writesSinceFlush = 0;
            session.submit(slot.flush);
            return true;
        }
        slot.count = 1 + random.nextInt(Math.min(plan.maxUnits(), range.ledger().units()));
        slot.first = random.nextInt(range.ledger().units() - slot.count + 1);
        int taken = busy.nextSetBit(slot.first);
        if (taken >= 0 && taken < slot.first + slot.count) {
            return false;
        }
        busy.set(slot.first, slot.first + slot.count);
        slot.buffer.clear().limit(slot.count * range.unitBytes());
        long lba = range.lba(slot.first, blockLength);
        int blocks = slot.buffer.limit() / blockLength;
        if (random.nextInt(100) < plan.readPercent()) {
            session.submit(slot.read.command(Cdb.read16(lba, blocks)));
            return true;
        }
        slot.sequence = range.ledger().nextSequence();
        for (int i = 0; i < slot.count; i++) {
            range.format().write(slot.buffer, i * range.unitBytes(), slot.first + i, slot.sequence);
            range.ledger().issued(slot.first + i, slot.sequence);
        }
        history.sent(slot.sequence, slot.first, slot.count);
        session.submit(slot.write.command(Cdb.write16(lba, blocks, false)));
        return true;
    }

    private void ended(Slot slot, ScsiTask task) {
        if (task != slot.flush) {
            busy.clear(slot.first, slot.first + slot.count);
        }
        free.add(slot);
        tally.took(System.nanoTime() - task.submittedNanos());
        if (task.good()) {
            good(slot, task);
        } else if (task.status() != ScsiTask.LOST && !retryable(task)) {
            tally.failed(task);
        }
    }

    private void good(Slot slot, ScsiTask task) {
        tally.good(System.nanoTime());
        if (task == slot.flush) {
            tally.flushes++;
        } else if (task == slot.read) {
            tally.reads++;
            range.compare(slot.first, slot.count, slot.buffer, tally, false);
        } else {
            tally.writes++;
            writesSinceFlush++;
            history.acknowledged(slot.sequence, slot.first, slot.count);
            for (int i = 0; i < slot.count; i++) {
                range.ledger().acknowledged(slot.first + i, slot.sequence);
            }
        }
    }

    /** An initiator's kernel would send these again. */
    private static boolean retryable(ScsiTask task) {
        return task.senseKey() == UNIT_ATTENTION || task.isBecomingReady() || task.status() == BUSY_STATUS || task.status() == TASK_SET_FULL;
    }

    private void checkStalls() {
        long oldest = session.oldestNanos();
        if (oldest > TimeUnit.MILLISECONDS.toNanos(plan.stallLimitMs())) {
            tally.stalled(TimeUnit.NANOSECONDS.toMillis(oldest));
        }
    }

    /** Goes on over a new session where there is patience; false: the run ends here. */
    private boolean reconnected(IOException reason) throws IOException {
        tally.lostConnections++;
        session.close();
        System.err.println("connection lost: " + reason.getMessage());
        if (!connector.patient()) {
            return false;
        }
        connect();
        return true;
    }

    private void finish() throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (session.inFlight() > 0 && System.nanoTime() - end < 0) {
            try {
                session.poll(100);
            } catch (IOException e) {
                if (!reconnected(e)) {
                    return;
                }
            }
        }
        if (session.inFlight() > 0) {
            System.err.println("FAILED " + session.inFlight() + " commands never ended");
            tally.failed += session.inFlight();
        }
        session.logout(2000);
    }
}

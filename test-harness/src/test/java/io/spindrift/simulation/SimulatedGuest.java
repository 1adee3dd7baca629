package io.spindrift.simulation;

import io.spindrift.initiator.Cdb;
import io.spindrift.initiator.InitiatorSession;
import io.spindrift.initiator.login.InitiatorSettings;
import io.spindrift.initiator.ScsiTask;
import io.spindrift.initiator.login.TargetUrl;
import io.spindrift.volume.VolumeState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.BitSet;
import java.util.Random;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A machine with a disk: one session that writes, reads, unmaps and flushes at random and tells the history what it sent and what was answered. A
 * connection that ends is made again. Made by a {@link Simulation}; it is what the world turns around.
 */
final class SimulatedGuest {
    private static final Logger LOG = LoggerFactory.getLogger(SimulatedGuest.class);
    private static final TargetUrl URL = new TargetUrl("simulated", 3260, SimulatedHost.TARGET, 0);
    private static final int LOGIN_MS = 5_000;
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final int UNIT_ATTENTION = 6;
    private static final int NOT_READY = 2;
    private static final int TRANSFER = 256;

    private final SimulatedWorld world;
    private final VolumeHistory history;
    private final Random random;
    private final SimulatedProcess process;
    private final BitSet busy = new BitSet();
    private SimulatedHost host;
    private InitiatorSession session;
    private int depth = 4;
    private long paceMicros = 1_000;
    private long nextNanos;
    private boolean ready;
    private long acknowledged;
    private long reads;

    SimulatedGuest(SimulatedWorld world, VolumeHistory history) {
        this.world = world;
        this.history = history;
        random = new Random(world.random().nextLong());
        process = world.start("guest");
        nextNanos = world.nanos();
    }

    long acknowledged() {
        return acknowledged;
    }

    long reads() {
        return reads;
    }

    /** How many commands are under way at most, and how long it waits between two. */
    void pace(int newDepth, Duration between) {
        depth = newDepth;
        paceMicros = between.toNanos() / 1000;
    }

    void use(SimulatedHost newHost) {
        leave();
        host = newHost;
        host.front().usedBy(process);
    }

    void leave() {
        if (session != null) {
            try {
                session.close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            session = null;
        }
        busy.clear();
    }

    /** @return whether the unit is ready; false where the host died */
    boolean connect(Duration limit) {
        long end = world.nanos() + limit.toNanos();
        while (host.alive()) {
            if (world.nanos() - end > 0) {
                throw new SimulationFailure(world, "the disk was not ready within " + limit + ": " + host.reason());
            }
            try {
                if (session == null) {
                    session = open();
                }
                if (session.execute(ScsiTask.plain(Cdb.testUnitReady(), task -> ready = task.good()), LOGIN_MS).good()) {
                    return true;
                }
            } catch (IOException lost) {
                leave();
            }
            world.runFor(PAUSE);
        }
        leave();
        return false;
    }

    private InitiatorSession open() throws IOException {
        InitiatorSettings settings = new InitiatorSettings("iqn.2026-11.io.spindrift:guest", 1, 65_536, random.nextInt(4) > 0, random.nextInt(3) == 0, LOGIN_MS, null);
        return InitiatorSession.open(SimulatedWire.connect(world, process, host.front(), LOGIN_MS), URL, settings);
    }

    /** Everything that the disk holds now; null where the host died. Nothing may be under way. */
    long[] readAll(Duration limit) {
        long[] found = new long[history.unitCount()];
        for (int unit = 0; unit < found.length;) {
            if (!connect(limit)) {
                return null;
            }
            try {
                ByteBuffer data = ByteBuffer.allocate(TRANSFER * GuestData.UNIT_BYTES);
                ScsiTask read = session.execute(ScsiTask.receiving(Cdb.read16(unit, TRANSFER), data, task -> { }), (int) limit.toMillis());
                if (read.good()) {
                    for (int at = 0; at < TRANSFER; at++) {
                        found[unit + at] = GuestData.sequence(data, at * GuestData.UNIT_BYTES, unit + at);
                    }
                    unit += TRANSFER;
                } else if (failed(read)) {
                    throw new SimulationFailure(world, "a read was refused: " + read.outcome() + "; host " + host.reason());
                }
            } catch (IOException lost) {
                leave();
            }
        }
        return found;
    }

    /** Does what comes to its mind for some time; ends earlier where the host dies. */
    void work(Duration time) {
        long end = world.nanos() + time.toNanos();
        while (world.nanos() - end < 0 && host.alive()) {
            if (session == null && !connect(Duration.ofMinutes(10))) {
                break;
            }
            if (session.inFlight() < depth && world.nanos() - nextNanos >= 0) {
                nextNanos = world.nanos() + random.nextLong(paceMicros * 2 + 1) * 1000;
                submit();
            }
            turn();
        }
        if (!host.alive()) {
            leave();
        }
    }

    /** Waits for what is under way; fails where it does not end in time, however long nothing could be reached before. */
    void finish(Duration limit) {
        long end = world.nanos() + limit.toNanos();
        while (session != null && session.inFlight() > 0 && host.alive()) {
            if (world.nanos() - end > 0) {
                throw new SimulationFailure(world, session.inFlight() + " commands hang; host " + host.reason());
            }
            turn();
        }
    }

    private void turn() {
        try {
            if (session != null) {
                session.poll(0);
            }
        } catch (IOException lost) {
            leave();
        }
        world.step();
    }

    private void submit() {
        switch (random.nextInt(16)) {
            case 0, 1, 2, 3, 4, 5, 6 -> write();
            case 7, 8, 9, 10, 11, 12 -> read();
            case 13 -> unmap();
            default -> flush();
        }
    }

    private int count() {
        return random.nextInt(5) == 0 ? 1 + random.nextInt(TRANSFER) : 1 + random.nextInt(16);
    }

    private int place(int count) {
        int units = history.unitCount();
        int within = random.nextInt(3) == 0 ? units : units / 8;
        int unit = random.nextInt(Math.max(1, within - count));
        return random.nextBoolean() ? unit & ~7 : unit;
    }

    private boolean taken(int unit, int count) {
        int next = busy.nextSetBit(unit);
        return next >= 0 && next < unit + count;
    }

    private void write() {
        int count = count();
        int unit = place(count);
        if (taken(unit, count)) {
            return;
        }
        boolean fua = random.nextInt(6) == 0;
        long sequence = history.sent(unit, count);
        change(ScsiTask.sending(Cdb.write16(unit, count, fua), GuestData.of(sequence, unit, count), ended("write " + sequence + (fua ? " FUA" : ""), unit, count, task -> {
            if (task.good()) {
                history.acknowledged(unit, count, sequence);
                if (fua) {
                    history.durable(unit, count, sequence);
                }
            }
            busy.clear(unit, unit + count);
        })), unit, count);
    }

    private void unmap() {
        int count = count();
        int unit = place(count);
        if (taken(unit, count)) {
            return;
        }
        long sequence = history.unmapSent(unit, count);
        change(ScsiTask.sending(Cdb.unmap(), Cdb.unmapList(unit, count), ended("unmap " + sequence, unit, count, task -> {
            if (task.good()) {
                history.acknowledged(unit, count, sequence);
            }
            busy.clear(unit, unit + count);
        })), unit, count);
    }

    private void change(ScsiTask task, int unit, int count) {
        busy.set(unit, unit + count);
        session.submit(task);
    }

    private void read() {
        int count = count();
        int unit = place(count);
        long[] floor = history.readSent(unit, count);
        ByteBuffer data = ByteBuffer.allocate(count * GuestData.UNIT_BYTES);
        session.submit(ScsiTask.receiving(Cdb.read16(unit, count), data, ended("read", unit, count, task -> {
            if (task.good()) {
                reads++;
                for (int at = 0; at < count; at++) {
                    check(history.readAnswered(unit + at, GuestData.sequence(data, at * GuestData.UNIT_BYTES, unit + at), floor[at]));
                }
            }
        })));
    }

    private void flush() {
        long sentAt = history.flushSent();
        session.submit(ScsiTask.plain(Cdb.synchronize(), ended("flush", 0, 0, task -> {
            if (task.good()) {
                history.flushAnswered(sentAt);
            }
        })));
    }

    private void check(String wrong) {
        if (wrong != null) {
            throw new SimulationFailure(world, wrong);
        }
    }

    private Consumer<ScsiTask> ended(String what, int unit, int count, Consumer<ScsiTask> then) {
        LOG.info("{} of {}+{} goes out", what, unit, count);
        return task -> {
            LOG.info("{} of {}+{}: {}", what, unit, count, task.outcome());
            world.trace(task.status() * 7L + task.received());
            acknowledged += task.good() ? 1 : 0;
            if (failed(task)) {
                throw new SimulationFailure(world, "an I/O error: " + task.outcome() + "; host " + host.reason());
            }
            then.accept(task);
        };
    }

    /** Whether the answer is an error that nothing in the circumstances explains (law 4). */
    private boolean failed(ScsiTask task) {
        boolean explained = task.good() || task.status() == ScsiTask.LOST || task.senseKey() == UNIT_ATTENTION
                || task.senseKey() == NOT_READY && host.state() != VolumeState.READY;
        return !explained;
    }
}

package io.spindrift.simulation;

import io.spindrift.harness.initiator.Cdb;
import io.spindrift.harness.initiator.InitiatorSession;
import io.spindrift.harness.initiator.InitiatorSettings;
import io.spindrift.harness.initiator.ScsiTask;
import io.spindrift.harness.initiator.TargetUrl;
import io.spindrift.volume.CloseResult;
import io.spindrift.volume.VolumeState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An initiator, two hosts and a storage server under random load and random trouble, from a seed. Every sector carries the sequence of its
 * last write; after each recovery the whole disk is read and held against the {@link VolumeHistory}.
 */
final class WholeSystem {
    private static final int SECTOR = 512;
    private static final int UNITS = SimulatedHost.SIZE_BYTES / SECTOR;
    private static final int MOST_SECTORS = 40;
    private static final int DEPTH = 12;
    private static final long PATIENCE_MS = Duration.ofMinutes(20).toMillis();
    private static final TargetUrl URL = TargetUrl.parse("iscsi://10.0.0.1:3260/" + SimulatedHost.TARGET + "/0");
    private static final Pattern ACCEPT = Pattern.compile("--accept-older (\\S+)");

    final SimulatedWorld world;
    final Random random;
    final SimulatedStore store;
    final SimulatedHost first;
    final SimulatedHost second;
    private final SimulatedProcess initiator;
    private final VolumeHistory history = new VolumeHistory(UNITS);
    private final BitSet busy = new BitSet(UNITS);
    private SimulatedHost serving;
    private InitiatorSession session;
    private boolean linkTrouble;
    int acknowledged;
    int checked;
    int recoveries;
    int powerLosses;
    int takeOvers;
    int storeDeaths;

    WholeSystem(long seed, Consumer<SimulatedHost> weaken) {
        world = new SimulatedWorld(seed);
        random = world.random();
        initiator = world.start("initiator");
        first = new SimulatedHost(world, "first");
        second = new SimulatedHost(world, "second");
        weaken.accept(first);
        weaken.accept(second);
        store = new SimulatedStore(world, List.of(first.storage, second.storage));
        serving = first;
    }

    /** So many rounds of load, each with a trouble at its end. */
    void run(int rounds) throws IOException {
        store.start();
        serving.start();
        serving.untilReady();
        connect();
        for (int round = 0; round < rounds; round++) {
            for (int burst = random.nextInt(3, 12); burst > 0; burst--) {
                load(random.nextInt(1, 30));
                small();
            }
            large();
        }
        calm();
        verify(false);
        CloseResult end = serving.stop();
        if (!end.clean()) {
            throw failure("a stop with everything in reach left " + end.dirtyBytes() + " dirty bytes: " + end.reason());
        }
    }

    private SimulationFailure failure(String what) {
        return new SimulationFailure(world, what);
    }

    private void connect() throws IOException {
        long end = world.nanos() + Duration.ofMinutes(10).toNanos();
        while (world.nanos() - end < 0) {
            SimulatedWire wire = SimulatedWire.connect(world, initiator, serving.portal);
            if (wire != null) {
                session = InitiatorSession.open(wire, URL, InitiatorSettings.defaults().within(120_000));
                // The first command of a nexus hears of the power-on.
                session.execute(ScsiTask.plain(Cdb.testUnitReady(), task -> { }), PATIENCE_MS);
                return;
            }
            world.runFor(Duration.ofMillis(100));
        }
        throw failure("nobody answers at the portal");
    }

    /** Writes, reads and flushes, several under way at once, to their ends. */
    private void load(int commands) throws IOException {
        for (int left = commands; left > 0 || session.inFlight() > 0;) {
            if (left > 0 && session.inFlight() < DEPTH) {
                left--;
                submit();
            } else {
                long before = world.nanos();
                session.poll(1_000);
                if (linkTrouble && session.oldestNanos() > Duration.ofSeconds(60).toNanos()) {
                    // A minute without the storage server is no error; it is not for ever either.
                    linkTrouble(false);
                }
                if (session.oldestNanos() > Duration.ofMillis(PATIENCE_MS).toNanos() && world.nanos() != before) {
                    throw failure("a command was not answered for " + Duration.ofNanos(session.oldestNanos()));
                }
            }
        }
    }

    private void submit() {
        int count = random.nextInt(1, MOST_SECTORS);
        int at = random.nextInt(UNITS - count);
        int what = random.nextInt(100);
        if (what < 6) {
            long sentAt = history.flushSent();
            session.submit(ScsiTask.plain(Cdb.synchronize(), task -> answered(task, () -> history.flushAnswered(sentAt))));
        } else if (busy.get(at, at + count).isEmpty()) {
            if (what < 75) {
                write(at, count, what < 12);
            } else {
                read(at, count);
            }
        }
    }

    private void write(int at, int count, boolean fua) {
        busy.set(at, at + count);
        long sequence = history.sent(at, count);
        ByteBuffer data = ByteBuffer.allocate(count * SECTOR);
        for (int sector = 0; sector < count; sector++) {
            for (int word = 0; word < SECTOR; word += 16) {
                data.putLong(sequence).putLong(at + sector);
            }
        }
        data.clear();
        session.submit(ScsiTask.sending(Cdb.write16(at, count, fua), data, task -> {
            busy.clear(at, at + count);
            answered(task, () -> {
                acknowledged++;
                history.acknowledged(at, count, sequence);
            });
        }));
    }

    private void read(int at, int count) {
        busy.set(at, at + count);
        ByteBuffer data = ByteBuffer.allocate(count * SECTOR);
        session.submit(ScsiTask.receiving(Cdb.read16(at, count), data, task -> {
            busy.clear(at, at + count);
            answered(task, () -> {
                for (int sector = 0; sector < count; sector++) {
                    told(history.afterDeath(at + sector, stamp(data, sector, at + sector)));
                }
            });
        }));
    }

    private void answered(ScsiTask task, Runnable good) {
        if (task.good()) {
            good.run();
        } else if (task.status() != ScsiTask.LOST) {
            throw failure("an error at the initiator: " + task.outcome() + "; " + serving.state() + " " + serving.reason());
        }
    }

    private void told(String wrong) {
        checked++;
        if (wrong != null) {
            throw failure(wrong);
        }
    }

    private long stamp(ByteBuffer data, int sector, int unit) {
        long sequence = data.getLong(sector * SECTOR);
        for (int word = sector * SECTOR; word < (sector + 1) * SECTOR; word += 16) {
            if (data.getLong(word) != sequence || data.getLong(word + 8) != (sequence == 0 ? 0 : unit)) {
                throw failure("unit " + unit + " is torn or another's");
            }
        }
        return sequence;
    }

    /** Trouble that no initiator may notice. */
    private void small() {
        switch (random.nextInt(8)) {
            case 0 -> serving.storage.reset();
            case 1 -> linkTrouble(!linkTrouble);
            case 2 -> store.objects.faults(0.1, 0.1, 0);
            case 3 -> store.objects.faults(0, 0, 0);
            case 4 -> {
                store.kill();
                storeDeaths++;
                world.runFor(Duration.ofMillis(random.nextInt(3_000)));
                calmStore();
                store.start();
            }
            default -> world.runFor(Duration.ofMillis(random.nextInt(2_000)));
        }
    }

    private void linkTrouble(boolean on) {
        linkTrouble = on;
        if (on) {
            serving.storage.cut();
        } else {
            serving.storage.mend();
        }
    }

    private void calmStore() {
        store.objects.faults(0, 0, 0);
    }

    private void calm() {
        calmStore();
        linkTrouble(false);
    }

    /** Trouble after which the disk is served anew. */
    private void large() throws IOException {
        int commands = random.nextInt(DEPTH);
        for (int left = commands; left > 0; left--) {
            submit();
        }
        if (commands > 0) {
            session.poll(1);
        }
        switch (random.nextInt(5)) {
            case 0, 1 -> died(false);
            case 2 -> died(true);
            case 3 -> handOver();
            default -> takeOver();
        }
    }

    private void end() {
        try {
            session.close();
        } catch (IOException gone) {
            // It ends all the same.
        }
        busy.clear();
    }

    private void died(boolean power) throws IOException {
        recoveries++;
        if (power) {
            powerLosses++;
            serving.losePower();
        } else {
            serving.kill();
        }
        end();
        calm();
        serving.start();
        serving.untilReady();
        connect();
        verify(power);
    }

    /** Clean: the other host serves the same bytes, and whatever its cache holds from before is not served where it has changed. */
    private void handOver() throws IOException {
        load(0);
        calm();
        end();
        CloseResult closed = serving.stop();
        if (!closed.clean()) {
            throw failure("a stop with everything in reach was not clean: " + closed.reason());
        }
        takeOvers++;
        serving = other();
        serving.start();
        serving.untilReady();
        connect();
        verify(false);
    }

    /** Dirty: the operator accepts what the image has, which must be the volume's history cut at one point. */
    private void takeOver() throws IOException {
        takeOvers++;
        serving.kill();
        end();
        SimulatedHost dead = serving;
        calm();
        serving = other();
        serving.start();
        world.runUntil("the refusal that names the time", Duration.ofMinutes(5),
                () -> serving.state() == VolumeState.READY || ACCEPT.matcher(serving.reason()).find());
        if (serving.state() == VolumeState.READY) {
            throw failure("a lease that was not given back was moved without the operator's word");
        }
        Matcher named = ACCEPT.matcher(serving.reason());
        named.find();
        serving.acceptOlder(Instant.parse(named.group(1)));
        serving.untilReady();
        connect();
        long[] found = readAll();
        told(history.prefix(found));
        history.settle(found);
        returns(dead);
    }

    /** The host that was given up comes back: it must neither serve nor change anything. */
    private void returns(SimulatedHost dead) {
        dead.start();
        world.runFor(Duration.ofSeconds(random.nextInt(1, 10)));
        if (dead.state() == VolumeState.READY) {
            throw failure("two hosts serve one volume");
        }
        dead.kill();
    }

    private SimulatedHost other() {
        return serving == first ? second : first;
    }

    private void verify(boolean powerWasLost) throws IOException {
        long[] found = readAll();
        for (int unit = 0; unit < UNITS; unit++) {
            told(powerWasLost ? history.afterPowerLoss(unit, found[unit]) : history.afterDeath(unit, found[unit]));
        }
        history.settle(found);
    }

    private long[] readAll() throws IOException {
        long[] found = new long[UNITS];
        int together = 128;
        List<ScsiTask> tasks = new ArrayList<>();
        for (int at = 0; at < UNITS; at += together) {
            int from = at;
            ByteBuffer data = ByteBuffer.allocate(together * SECTOR);
            ScsiTask task = ScsiTask.receiving(Cdb.read16(at, together), data, done -> answered(done, () -> {
                for (int sector = 0; sector < together; sector++) {
                    found[from + sector] = stamp(data, sector, from + sector);
                }
            }));
            tasks.add(session.execute(task, PATIENCE_MS));
        }
        for (ScsiTask task : tasks) {
            if (!task.good()) {
                throw failure("a read of the whole disk ended with " + task.outcome());
            }
        }
        return found;
    }
}

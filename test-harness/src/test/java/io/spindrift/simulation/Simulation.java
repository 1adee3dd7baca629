package io.spindrift.simulation;

import io.netty.util.ResourceLeakDetector;
import io.spindrift.image.DiskType;
import io.spindrift.image.ImageAddress;
import io.spindrift.volume.CloseResult;
import io.spindrift.volume.VolumeSettings;
import io.spindrift.volume.VolumeState;
import io.spindrift.volume.destage.DestageSettings;
import io.spindrift.volume.prefetch.PrefetchSettings;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of everything under one seed: a guest, two hosts that may have its disk, a storage server and its store; deaths, power loss, cuts, failing
 * stores and take-overs; and the oracle, asked at every read, at what is published in the store, and after every recovery. Made by tests and by {@link
 * Simulate}, on the thread that everything runs on.
 */
final class Simulation {
    /** Lives of the disk in one run, as a rule. */
    static final int LIVES = 8;

    private static final Logger LOG = LoggerFactory.getLogger(Simulation.class);

    private static final int UNITS = 2048;
    private static final int BLOCKS = UNITS * GuestData.UNIT_BYTES / 4096;
    private static final ImageAddress ADDRESS = new ImageAddress(SimulatedServer.USER, DiskType.SYSTEM, "disk0");
    /** Longer than any cut, outage, lease and back-off together. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** What may be missing after what has happened since the disk was last looked at as a whole. */
    private enum Loss { NOTHING, UNFLUSHED, GIVEN_UP }

    private final SimulatedWorld world;
    private final Weakness weakness;
    private final Random random;
    private final VolumeHistory history = new VolumeHistory(UNITS);
    private final SimulatedServer server;
    private final SimulatedHost[] hosts = new SimulatedHost[2];
    private final SimulatedGuest guest;
    private final ImageAudit audit;
    private final Trouble trouble;
    private SimulatedHost host;
    private SimulatedHost older;
    private Loss loss = Loss.NOTHING;
    private long audited;
    private long looked;
    private long[] inImage;

    private Simulation(SimulatedWorld world, Weakness weakness) {
        this.world = world;
        this.weakness = weakness;
        random = world.random();
        server = new SimulatedServer(world, weakness);
        VolumeSettings settings = settings();
        for (int at = 0; at < hosts.length; at++) {
            hosts[at] = new SimulatedHost("host" + at, world, settings, weakness);
            server.reachedBy(hosts[at].back());
        }
        host = hosts[0];
        guest = new SimulatedGuest(world, history);
        audit = new ImageAudit(world, server.objects(), ADDRESS, BLOCKS);
        trouble = new Trouble(world, server);
        world.eachTurn(this::look);
    }

    private VolumeSettings settings() {
        Duration after = Duration.ofMillis(1 + random.nextInt(random.nextBoolean() ? 50 : 2_000));
        PrefetchSettings prefetch = random.nextBoolean() ? PrefetchSettings.of(DiskType.SYSTEM) : PrefetchSettings.off();
        return VolumeSettings.of(ADDRESS, BLOCKS * 4096L)
                .withDestage(new DestageSettings(after, 1 << 20, 1 + random.nextInt(3), 25 + random.nextInt(50), 0)).withPrefetch(prefetch);
    }

    /** What a run did, for whoever wants to know that it did something; and its mark, the same for the same seed. */
    record Outcome(long seed, Duration simulated, long turns, long acknowledged, long reads, long published, long audits, int deaths, int setAside, long trace) {}

    /** Runs one seed to its end; throws what did not hold. */
    static Outcome run(long seed, int lives, Weakness weakness, boolean telling) {
        SimulatedWorld world = new SimulatedWorld(seed);
        ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
        // A process that is killed gives nothing back.
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        try (LogWatch watch = new LogWatch(world, telling)) {
            Simulation simulation = new Simulation(world, weakness);
            return simulation.run(lives);
        } catch (SimulationFailure failure) {
            throw failure;
        } catch (RuntimeException | AssertionError thrown) {
            throw new SimulationFailure(world, String.valueOf(thrown), thrown);
        } finally {
            world.end();
            ResourceLeakDetector.setLevel(before);
        }
    }

    private Outcome run(int lives) {
        server.start();
        for (int life = 0; life < lives; life++) {
            live();
        }
        conclude();
        return new Outcome(world.seed(), world.elapsed(), world.steps(), guest.acknowledged(), guest.reads(), server.published(), audited, trouble.deaths(),
                hosts[0].setAside() + hosts[1].setAside(), world.trace());
    }

    private void live() {
        begin();
        trouble.begin(host, random.nextInt(5) > 0);
        guest.pace(1 + random.nextInt(12), Duration.ofNanos(100_000L << 2 * random.nextInt(5)));
        if (guest.connect(PATIENCE) && verify()) {
            guest.work(Duration.ofMillis(50 + random.nextInt(random.nextBoolean() ? 500 : 8_000)));
        }
        end();
    }

    private void begin() {
        if (!host.alive()) {
            host.start();
        }
        guest.use(host);
    }

    /** Everything is looked at: what was acknowledged, or flushed, is there, and what is there is the history cut at one point. */
    private boolean verify() {
        LOG.info("{} is looked at as a whole, {} may be missing", host, loss);
        long[] found = guest.readAll(PATIENCE);
        if (found == null) {
            return false;
        }
        for (int unit = 0; unit < UNITS; unit++) {
            String wrong = loss == Loss.NOTHING ? history.afterDeath(unit, found[unit]) : loss == Loss.UNFLUSHED ? history.afterPowerLoss(unit, found[unit]) : null;
            require(wrong, "after a recovery (" + loss + ")");
        }
        require(history.prefix(found), "after a recovery (" + loss + "), no prefix");
        if (inImage != null) {
            history.forgetBefore(inImage);
            inImage = null;
        }
        history.settle(found);
        loss = Loss.NOTHING;
        world.trace(Arrays.hashCode(found));
        return true;
    }

    private void require(String wrong, String where) {
        if (wrong != null) {
            throw new SimulationFailure(world, where + ": " + wrong);
        }
    }

    /** Runs between turns: what was published since is looked at, now and then. */
    private void look() {
        if (server.published() == looked) {
            return;
        }
        looked = server.published();
        if (looked % 4 == 0) {
            audit();
        }
    }

    private long[] audit() {
        audited++;
        long[] found = audit.read();
        if (found != null) {
            require(history.prefix(found), "the image is no prefix");
            inImage = found;
        }
        return found;
    }

    private void end() {
        int how = random.nextInt(10);
        if (!host.alive()) {
            died();
            how = how < 3 ? how : 9;
        }
        if (how < 2) {
            takeOver(how == 0);
        } else if (how < 4) {
            moveCleanly();
        } else if (how < 8) {
            trouble.kill(host, how == 4);
            died();
        }
        trouble.end();
        endOlder();
    }

    private void died() {
        guest.leave();
        if (trouble.powerWasLost() && loss == Loss.NOTHING) {
            loss = Loss.UNFLUSHED;
        }
        if (random.nextInt(6) == 0) {
            host.dropCache();
        }
    }

    private void moveCleanly() {
        trouble.end();
        if (!host.alive()) {
            return;
        }
        guest.finish(PATIENCE);
        guest.leave();
        SimulatedHost stopped = host;
        CloseResult result = world.await("a clean stop", PATIENCE, stopped.stop());
        if (!result.clean()) {
            throw new SimulationFailure(world, "a stop with everything in reach left " + result);
        }
        world.runUntil("the end of the process", PATIENCE, () -> !stopped.alive());
        host = hosts[random.nextInt(2)];
    }

    /** The other host takes the disk, on the operator's word: the first one is dead, or only can't be reached and still thinks that it has it. */
    private void takeOver(boolean alive) {
        trouble.end();
        SimulatedHost first = host;
        boolean leased = first.state() == VolumeState.READY;
        guest.leave();
        if (alive && first.alive()) {
            first.back().cut();
        } else {
            trouble.kill(first, false);
        }
        host = first == hosts[0] ? hosts[1] : hosts[0];
        older = first;
        host.start();
        guest.use(host);
        world.runUntil("the lease of a silent host is dirty", PATIENCE, () -> host.state() == VolumeState.REFUSED || host.state() == VolumeState.READY);
        if (leased && host.state() == VolumeState.READY) {
            throw new SimulationFailure(world, "a lease that was not given back was moved without the operator's word");
        }
        if (host.state() == VolumeState.REFUSED) {
            loss = Loss.GIVEN_UP;
            world.await("the operator's word", PATIENCE, host.acceptOlder());
        }
        if (!guest.connect(PATIENCE) || !verify()) {
            throw new SimulationFailure(world, "the new host died although nobody killed it");
        }
        if (random.nextBoolean()) {
            guest.work(Duration.ofMillis(random.nextInt(200)));
        }
        first.back().mend();
        if (!first.alive() && random.nextBoolean()) {
            first.start();
        }
        guest.work(Duration.ofMillis(random.nextInt(3_000)));
    }

    /** The host that was taken over from learns that it is fenced, and stops; one that came back does not get to serve. */
    private void endOlder() {
        if (older != null && older.alive() && older != host) {
            SimulatedHost first = older;
            if (weakness != Weakness.NO_FENCE) {
                world.runUntil("the older host learns that it is fenced", PATIENCE, () -> first.state() != VolumeState.READY);
            }
            first.kill(false);
        }
        older = null;
    }

    private void conclude() {
        trouble.end();
        begin();
        if (!guest.connect(PATIENCE) || !verify()) {
            throw new SimulationFailure(world, "the host died although nobody killed it");
        }
        guest.work(Duration.ofMillis(300));
        guest.finish(PATIENCE);
        long[] last = guest.readAll(PATIENCE);
        guest.leave();
        CloseResult result = world.await("the last stop", PATIENCE, host.stop());
        if (!result.clean()) {
            throw new SimulationFailure(world, "the last stop left " + result);
        }
        long[] image = audit();
        for (int unit = 0; unit < UNITS; unit++) {
            require(image[unit] == last[unit] ? null : "unit " + unit + " has " + image[unit] + ", the disk had " + last[unit], "the image after a clean stop");
        }
    }
}

package io.spindrift.simulation;

import io.spindrift.powerloss.RecordedFileSystem;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * One seed of the power-loss model: some lives of a host whose every write, sync and change of a name is recorded. At points drawn from the seed the folder is made
 * as it could be found if power went there; each of these is opened and looked at as a whole, and one of them is where the next life begins. Made by {@link
 * PowerLoss} and tests.
 */
final class PowerLossRun {
    static final int LIVES = 3;

    private static final int ACTIONS = 400;
    /** An engine of its own asks for each block: that takes longer than all the rest. */
    private static final int IMAGE_EVERY = 8;
    private static final int LARGEST = 512;

    private final long seed;
    private final Path folder;
    private final Predicate<String> deaf;
    private final int lives;
    private final int cutEvery;
    private final Random random;
    private VolumeHistory history = new VolumeHistory(PowerLossHost.UNITS);
    private final List<Cut> cuts = new ArrayList<>();
    private final BitSet busy = new BitSet();
    private int underWay;
    private long operations;
    private long looked;
    private long cachesKept;
    private long blocksKept;
    private long lost;
    private long trace;

    /** A folder as power loss left it, and what its disk may hold. */
    private record Cut(Path folder, VolumeHistory history, String where) {}

    /**
     * @param folder empty; everything is made in it
     * @param deaf syncs that do nothing
     * @param lives the first begins with nothing, each other with what a power loss left
     * @param cutEvery calls from one point to the next, about
     */
    PowerLossRun(long seed, Path folder, Predicate<String> deaf, int lives, int cutEvery) {
        this.seed = seed;
        this.folder = folder;
        this.deaf = deaf;
        this.lives = lives;
        this.cutEvery = cutEvery;
        random = new Random(seed);
    }

    /**
     * @param cuts points at which power was lost
     * @param cachesKept of those, after how many a cache was found that could be proved, with {@code blocksKept} blocks in all
     * @param lost units that were acknowledged but, not being flushed, gone
     */
    record Outcome(long seed, long operations, long cuts, long cachesKept, long blocksKept, long lost, long trace) {}

    Outcome run() throws IOException {
        Path base = Files.createDirectory(folder.resolve("life-0"));
        long shape = random.nextLong();
        for (int life = 0; life < lives; life++) {
            cuts.clear();
            live(base, life, shape);
            int next = cuts.isEmpty() ? -1 : random.nextInt(cuts.size());
            VolumeHistory then = history;
            for (int at = 0; at < cuts.size(); at++) {
                Cut cut = cuts.get(at);
                if (at == next) {
                    base = copy(cut.folder, folder.resolve("life-" + (life + 1)));
                    then = cut.history.copy();
                }
                check(cut, shape);
                remove(cut.folder);
            }
            if (next < 0) {
                break;
            }
            history = then;
        }
        return new Outcome(seed, operations, looked, cachesKept, blocksKept, lost, trace);
    }

    private void live(Path base, int life, long shape) throws IOException {
        RecordedFileSystem files = new RecordedFileSystem(base);
        files.disk().deafTo(deaf);
        long[] next = {1 + random.nextInt(2 * cutEvery)};
        Random fate = new Random(random.nextLong());
        String where = "life " + life + ", call ";
        files.disk().beforeEach(() -> {
            if (files.disk().operations() == next[0]) {
                next[0] += 1 + random.nextInt(2 * cutEvery);
                cuts.add(cut(files, fate, where + files.disk().operations()));
            }
        });
        SimulatedWorld world = new SimulatedWorld(random.nextLong());
        try (LogWatch watch = new LogWatch(world, false)) {
            PowerLossHost host = new PowerLossHost(world, files.root(), new UUID(random.nextLong(), 1), shape);
            host.awaitReady();
            long[] found = host.readAll();
            verify(world, history, found, "at the start of a life");
            settle(found);
            work(world, host);
            host.stop();
            trace = 31 * trace + world.trace();
        } finally {
            world.end();
        }
        operations += files.disk().operations();
        remove(base);
    }

    private Cut cut(RecordedFileSystem files, Random fate, String where) {
        try {
            Path left = Files.createDirectory(folder.resolve("cut-" + cuts.size()));
            files.disk().powerLoss(left, fate);
            return new Cut(left, history.copy(), where);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What was found after a recovery was made durable by it. */
    private void settle(long[] found) {
        history.settle(found);
        history.flushAnswered(history.flushSent());
    }

    private void verify(SimulatedWorld world, VolumeHistory allowed, long[] found, String where) {
        for (int unit = 0; unit < found.length; unit++) {
            require(world, allowed.afterPowerLoss(unit, found[unit]), where);
            lost += allowed.afterDeath(unit, found[unit]) == null ? 0 : 1;
        }
        require(world, allowed.prefix(found), where);
    }

    private static void require(SimulatedWorld world, String wrong, String where) {
        if (wrong != null) {
            throw new SimulationFailure(world, where + ": " + wrong);
        }
    }

    /** Opens what a power loss left: it is served without anybody's help, it is a prefix with everything flushed, and the cache changes nothing of it. */
    private void check(Cut cut, long shape) throws IOException {
        looked++;
        SimulatedWorld world = new SimulatedWorld(random.nextLong());
        String where = "power lost in seed " + seed + ", " + cut.where;
        try (LogWatch watch = new LogWatch(world, false)) {
            PowerLossHost host = new PowerLossHost(world, cut.folder, new UUID(random.nextLong(), 2), shape);
            host.awaitReady();
            host.awaitCache();
            long[] found = host.readAll();
            verify(world, cut.history, found, where);
            if (looked % IMAGE_EVERY == 0) {
                require(world, cut.history.prefix(host.image()), where + ", the image");
            }
            host.stop();
            remove(cut.folder.resolve("cache"));
            compare(world, cut.folder, shape, found, where);
            trace = 31 * trace + Arrays.hashCode(found);
            cachesKept += host.kept() > 0 ? 1 : 0;
            blocksKept += host.kept();
        } catch (AssertionError | RuntimeException | IOException failure) {
            throw failure instanceof SimulationFailure told && told.getMessage().contains("seed " + seed + ",") ? told
                    : new SimulationFailure(world, where + ": " + failure.getMessage(), failure);
        } finally {
            world.end();
        }
    }

    /** What was read through the cache is what there is without one. */
    private void compare(SimulatedWorld world, Path left, long shape, long[] found, String where) throws IOException {
        PowerLossHost host = new PowerLossHost(world, left, new UUID(random.nextLong(), 3), shape);
        host.awaitReady();
        long[] again = host.readAll();
        for (int unit = 0; unit < found.length; unit++) {
            require(world, again[unit] == found[unit] ? null : "unit " + unit + " was sequence " + found[unit] + " with the cache, is " + again[unit] + " without", where);
        }
        host.stop();
    }

    private void work(SimulatedWorld world, PowerLossHost host) {
        int pace = 1 + random.nextInt(2_000);
        busy.clear();
        underWay = 0;
        for (int action = 0; action < ACTIONS; action++) {
            act(world, host);
            world.runFor(Duration.ofMillis(random.nextInt(pace)));
        }
        world.runUntil("the last answers", Duration.ofMinutes(5), () -> underWay == 0);
    }

    private void act(SimulatedWorld world, PowerLossHost host) {
        int count = random.nextInt(6) == 0 ? 1 + random.nextInt(LARGEST) : 1 + random.nextInt(16);
        int unit = random.nextInt((random.nextInt(3) == 0 ? PowerLossHost.UNITS : PowerLossHost.UNITS / 4) - LARGEST);
        unit = random.nextBoolean() ? unit & ~7 : unit;
        int kind = random.nextInt(12);
        if (kind < 3) {
            read(world, host, unit, count);
        } else if (kind == 3) {
            flush(host);
        } else if (busy.nextSetBit(unit) < 0 || busy.nextSetBit(unit) >= unit + count) {
            change(host, unit, count, kind == 4, kind == 5);
        }
    }

    private void read(SimulatedWorld world, PowerLossHost host, int unit, int count) {
        long[] floor = history.readSent(unit, count);
        underWay++;
        host.read(unit, count, data -> {
            underWay--;
            for (int at = 0; at < count; at++) {
                require(world, history.readAnswered(unit + at, GuestData.sequence(data, at * GuestData.UNIT_BYTES, unit + at), floor[at]), "a read");
            }
        });
    }

    private void flush(PowerLossHost host) {
        long sentAt = history.flushSent();
        underWay++;
        host.flush(good -> {
            underWay--;
            if (good) {
                history.flushAnswered(sentAt);
            }
        });
    }

    private void change(PowerLossHost host, int unit, int count, boolean unmap, boolean fua) {
        busy.set(unit, unit + count);
        underWay++;
        long sequence = unmap ? history.unmapSent(unit, count) : history.sent(unit, count);
        Consumer<Boolean> ended = good -> {
            underWay--;
            busy.clear(unit, unit + count);
            if (good) {
                history.acknowledged(unit, count, sequence);
                if (fua && !unmap) {
                    history.durable(unit, count, sequence);
                }
            }
        };
        if (unmap) {
            host.unmap(unit, count, ended);
        } else {
            host.write(sequence, unit, count, fua, ended);
        }
    }

    private static Path copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
        return to;
    }

    static void remove(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
                for (Path entry : entries) {
                    remove(entry);
                }
            }
        }
        Files.delete(path);
    }
}

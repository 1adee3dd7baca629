package io.spindrift.simulation;

import io.netty.resolver.DefaultAddressResolverGroup;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * One thread, one seed, one clock. Made by a test on its thread, which is the only one there is; time stands still while anything can be
 * done and then jumps to the next timer. Which process goes first in a turn is drawn from the seed.
 */
final class SimulatedWorld {
    private static final Instant BEGINNING = Instant.parse("2026-11-21T00:00:00Z");
    private static final int MAX_IDLE_TURNS = 10_000;

    private final long seed;
    private final Random random;
    private final MockTicker ticker = Ticker.newMockTicker();
    private final List<SimulatedProcess> processes = new ArrayList<>();
    private final List<SimulatedProcess> everStarted = new ArrayList<>();
    private final List<SimulatedLink> links = new ArrayList<>();
    private final SimulatedProcess network;
    private int started;
    private long steps;
    private long trace = 0xcbf29ce484222325L;
    private Throwable defect;
    private SimulatedProcess running;
    private Runnable eachTurn = () -> { };

    SimulatedWorld(long seed) {
        this.seed = seed;
        random = new Random(seed);
        network = start("network");
    }

    long seed() {
        return seed;
    }

    /** Turns taken; the same seed takes the same. */
    long steps() {
        return steps;
    }

    /** A mark of everything that has happened so far: two runs that differ anywhere differ in it. */
    long trace() {
        return trace;
    }

    /** Takes something that happened into the mark. */
    void trace(long what) {
        trace = (trace ^ what) * 0x100000001b3L;
        trace ^= trace >>> 29;
    }

    /** Something went wrong inside of a process, where throwing would not reach the test: the next turn throws it. The first one counts. */
    void defect(Throwable thrown) {
        if (!isOfTheDead(thrown)) {
            defect = defect == null ? thrown : defect;
        }
    }

    /** Whether it comes of what a killed process was doing, which nobody outside will ever see. */
    private boolean isOfTheDead(Throwable thrown) {
        return running != null && !running.alive() || ProcessDeath.isBehind(thrown);
    }

    /** What is done after each turn. */
    void eachTurn(Runnable what) {
        eachTurn = what;
    }

    /** Simulated time since the world began. */
    Duration elapsed() {
        return Duration.ofNanos(ticker.nanoTime() - ticker.initialNanoTime());
    }

    /** Has something done between two turns' work of the processes, in so much time. */
    void after(Duration time, Runnable what) {
        network.loop().schedule(what, time.toNanos(), TimeUnit.NANOSECONDS);
    }

    long nanos() {
        return ticker.nanoTime();
    }

    Ticker ticker() {
        return ticker;
    }

    InstantSource instants() {
        return () -> BEGINNING.plusNanos(ticker.nanoTime() - ticker.initialNanoTime());
    }

    /** A generator of its own for a component, so that what one draws does not move another. */
    RandomGenerator newRandom() {
        return new Random(random.nextLong());
    }

    /** The world's own generator: what the scenario draws. */
    Random random() {
        return random;
    }

    SimulatedProcess start(String name) {
        SimulatedProcess process = new SimulatedProcess(name, started++, new SimulatedLoop(ticker, this::defect), newRandom());
        processes.add(process);
        everStarted.add(process);
        return process;
    }

    /** The process ends; its connections end as a kernel would end them. */
    void kill(SimulatedProcess process) {
        process.die();
        processes.remove(process);
        links.forEach(link -> link.died(process));
    }

    /** A link whose near end is at {@code name}. */
    SimulatedLink link(String name) {
        SimulatedLink link = new SimulatedLink(name, network, newRandom());
        links.add(link);
        runUntil("the link listens", Duration.ofSeconds(1), link::listens);
        return link;
    }

    /** One turn: everything that can be done now is done once; where nothing could, the clock goes to the next timer. */
    void step() {
        steps++;
        List<SimulatedProcess> order = new ArrayList<>(processes);
        Collections.shuffle(order, random);
        int done = 0;
        for (SimulatedProcess process : order) {
            running = process;
            int work = process.run();
            running = null;
            if (!process.alive() && processes.remove(process)) {
                kill(process);
                process.buried();
            }
            if (work > 0) {
                trace(process.number() * 1_000_003L + work);
            }
            done += work;
        }
        if (defect != null) {
            throw new SimulationFailure(this, "inside of a process: " + defect, defect);
        }
        eachTurn.run();
        if (done == 0) {
            advance();
        }
    }

    private void advance() {
        long next = Long.MAX_VALUE;
        for (SimulatedProcess process : processes) {
            long until = process.untilNextTimer();
            next = until < 0 ? next : Math.min(next, until);
        }
        trace(next);
        ticker.advance(next == Long.MAX_VALUE ? TimeUnit.MILLISECONDS.toNanos(1) : Math.max(1, next), TimeUnit.NANOSECONDS);
    }

    /** Turns until {@code condition} holds; fails where it does not within {@code limit} of simulated time. */
    void runUntil(String what, Duration limit, BooleanSupplier condition) {
        long end = ticker.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (ticker.nanoTime() - end > 0) {
                throw new SimulationFailure(this, what + " did not happen within " + limit + " of simulated time");
            }
            step();
        }
    }

    void runFor(Duration time) {
        long end = ticker.nanoTime() + time.toNanos();
        int idle = 0;
        while (ticker.nanoTime() - end < 0) {
            long before = ticker.nanoTime();
            step();
            idle = ticker.nanoTime() == before ? idle + 1 : 0;
            if (idle > MAX_IDLE_TURNS) {
                throw new SimulationFailure(this, "the clock stands still: something keeps itself busy");
            }
        }
    }

    /** Frees what this JVM keeps for the world: names that are listened on, and a resolver for each loop that ever connected. */
    void end() {
        everStarted.forEach(SimulatedProcess::vanish);
        processes.clear();
        everStarted.clear();
        links.forEach(SimulatedLink::vanish);
        DefaultAddressResolverGroup.INSTANCE.close();
    }

    /** The value of a future that some process completes. */
    <T> T await(String what, Duration limit, CompletableFuture<T> future) {
        runUntil(what, limit, future::isDone);
        return future.join();
    }
}

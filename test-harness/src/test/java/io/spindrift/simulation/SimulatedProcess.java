package io.spindrift.simulation;

import io.netty.channel.EventLoop;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * A process of the simulation: an event loop and an executor for blocking work, both run by the world. Made and killed through
 * {@link SimulatedWorld}; an object is one life, a restart is a new one.
 */
final class SimulatedProcess {
    private static final long LONGEST_WORK_MICROS = 3_000;

    private final String name;
    private final SimulatedLoop loop;
    private final RandomGenerator random;
    private boolean alive = true;

    SimulatedProcess(String name, SimulatedLoop loop, RandomGenerator random) {
        this.name = name;
        this.loop = loop;
        this.random = random;
    }

    String name() {
        return name;
    }

    EventLoop loop() {
        return loop;
    }

    /** Blocking work takes a while, and two pieces of it may end in either order. */
    Executor blocking() {
        return work -> loop.schedule(work, random.nextLong(1, LONGEST_WORK_MICROS), TimeUnit.MICROSECONDS);
    }

    /** Blocking work in the order in which it was given, as one thread would do it. */
    Executor blockingInOrder() {
        return new Executor() {
            private long freeAtNanos;

            @Override
            public void execute(Runnable work) {
                long now = loop.ticker().nanoTime();
                freeAtNanos = Math.max(freeAtNanos, now) + random.nextLong(1_000, LONGEST_WORK_MICROS * 1_000);
                loop.schedule(work, freeAtNanos - now, TimeUnit.NANOSECONDS);
            }
        };
    }

    boolean alive() {
        return alive;
    }

    /** Nothing of this process runs again. */
    void die() {
        alive = false;
    }

    /** @return pieces of work done */
    int run() {
        return alive ? loop.runNow() : 0;
    }

    long untilNextTimer() {
        return alive ? loop.untilNextTimer() : -1;
    }
}

package io.spindrift.simulation;

import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * A process of the simulation: an event loop and an executor for blocking work, both run by the world. Made and killed through
 * {@link SimulatedWorld}; an object is one life, a restart is a new one.
 */
final class SimulatedProcess {
    private static final long LONGEST_WORK_MICROS = 3_000;

    private static final AtomicLong ADDRESSES = new AtomicLong();

    private final String name;
    private final int number;
    private final SimulatedLoop loop;
    private final RandomGenerator random;
    private final List<SimulatedListener> listeners = new ArrayList<>();
    private final List<SimulatedChannel> channels = new ArrayList<>();
    private long longestWorkMicros = LONGEST_WORK_MICROS;
    private boolean alive = true;
    private long stepsLeft = Long.MAX_VALUE;
    private Runnable whenDead = () -> { };

    SimulatedProcess(String name, int number, SimulatedLoop loop, RandomGenerator random) {
        this.name = name;
        this.number = number;
        this.loop = loop;
        this.random = random;
    }

    String name() {
        return name;
    }

    /** Of all processes of the world. */
    int number() {
        return number;
    }

    /** How long blocking work takes at most from here on: a slow disk, a slow store. */
    void longestWork(Duration time) {
        longestWorkMicros = Math.max(2, TimeUnit.NANOSECONDS.toMicros(time.toNanos()));
    }

    /** A name that nothing else in this JVM listens on; all are of one length. */
    static LocalAddress newAddress() {
        return new LocalAddress(String.format("simulated-%016x", ADDRESSES.incrementAndGet()));
    }

    /** Channels that listen for this process, until it dies. */
    ChannelFactory<ServerChannel> listening() {
        return () -> {
            SimulatedListener listener = new SimulatedListener(this);
            listeners.add(listener);
            return listener;
        };
    }

    /** Channels that connect from this process. */
    ChannelFactory<LocalChannel> connecting() {
        return () -> {
            channels.removeIf(channel -> !channel.isOpen());
            SimulatedChannel channel = new SimulatedChannel(this);
            channels.add(channel);
            return channel;
        };
    }

    /** Frees what the JVM keeps for it. Only when its world ends. */
    void vanish() {
        die();
        channels.forEach(SimulatedChannel::vanish);
    }

    EventLoop loop() {
        return loop;
    }

    /** Blocking work takes a while, and two pieces of it may end in either order. */
    Executor blocking() {
        return work -> loop.schedule(work, random.nextLong(1, longestWorkMicros), TimeUnit.MICROSECONDS);
    }

    /** Blocking work in the order in which it was given, as one thread would do it. */
    Executor blockingInOrder() {
        return new Executor() {
            private long freeAtNanos;

            @Override
            public void execute(Runnable work) {
                long now = loop.ticker().nanoTime();
                freeAtNanos = Math.max(freeAtNanos, now) + random.nextLong(1_000, longestWorkMicros * 1_000);
                loop.schedule(work, freeAtNanos - now, TimeUnit.NANOSECONDS);
            }
        };
    }

    boolean alive() {
        return alive;
    }

    /**
     * Kills it within a turn.
     *
     * @param steps calls to disk, network or store that it still makes, 1 or more
     * @param then runs when the turn is over
     */
    void dieAfter(long steps, Runnable then) {
        stepsLeft = steps;
        whenDead = then;
    }

    /** It lives on, whatever {@link #dieAfter} said. */
    void spare() {
        stepsLeft = Long.MAX_VALUE;
    }

    /** The process is about to do something that the world outside will notice: nothing, where it is dead. */
    void step() {
        if (alive && --stepsLeft == 0) {
            alive = false;
            throw new ProcessDeath();
        }
        if (!alive) {
            throw new ProcessDeath();
        }
    }

    /** It died within its last turn, which is over. */
    void buried() {
        whenDead.run();
    }

    /** Nothing of this process runs again. */
    void die() {
        alive = false;
        listeners.forEach(SimulatedListener::vanish);
    }

    /** @return pieces of work done */
    int run() {
        return alive ? loop.runNow() : 0;
    }

    long untilNextTimer() {
        return alive ? loop.untilNextTimer() : -1;
    }
}

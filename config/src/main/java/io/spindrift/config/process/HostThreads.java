package io.spindrift.config.process;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.config.Ambient;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Everything of a daemon that runs, tells the time or throws dice. Made first and closed last by the assembly, on the main thread.
 *
 * <p>Targets share the home loops, one of them each. The embedded engine, or the way to the storage server, has a thread of its own, so that its
 * checksums and frames hold up no guest.
 */
public final class HostThreads implements AutoCloseable {
    private static final int MOST_HOME_LOOPS = 8;
    private static final int JOURNAL_THREADS = 4;
    private static final int CACHE_THREADS = 16;
    private static final int STORE_THREADS = 12;
    private static final long CLOSE_SECONDS = 5;

    private final Transport transport;
    private final EventLoopGroup homes;
    private final EventLoopGroup storage;
    private final EventExecutor engine = new DefaultEventExecutor(Threads.named("engine"));
    private final ThreadPoolExecutor journals = Threads.blocking(JOURNAL_THREADS, "journal");
    private final ThreadPoolExecutor caches = Threads.blocking(CACHE_THREADS, "cache");
    private final ThreadPoolExecutor store = Threads.blocking(STORE_THREADS, "store");
    private final RandomGenerator random;
    private final InstantSource clock;

    @Ambient("clock, randomness and the number of processors")
    public HostThreads(Transport transport, int storageLoops) {
        this.transport = transport;
        int processors = Runtime.getRuntime().availableProcessors();
        this.homes = transport.loops(Math.max(1, Math.min(MOST_HOME_LOOPS, processors)), "home");
        this.storage = transport.loops(storageLoops, "storage");
        this.random = new SecureRandom();
        this.clock = InstantSource.system();
    }

    public Transport transport() {
        return transport;
    }

    public EventLoopGroup homes() {
        return homes;
    }

    /** Where connections between hosts and storage servers live. */
    public EventLoopGroup storage() {
        return storage;
    }

    public EventLoop storageLoop() {
        return storage.next();
    }

    public EventExecutor engine() {
        return engine;
    }

    /** Writes and syncs of journals. */
    public ThreadPoolExecutor journals() {
        return journals;
    }

    /** Opens and closes caches, and reads what of them memory does not hold. */
    public ThreadPoolExecutor caches() {
        return caches;
    }

    /** Reads and puts of the embedded or served store. */
    public ThreadPoolExecutor store() {
        return store;
    }

    public RandomGenerator random() {
        return random;
    }

    public InstantSource clock() {
        return clock;
    }

    @Override
    public void close() {
        homes.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
        storage.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
        engine.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
        journals.shutdown();
        caches.shutdown();
        store.shutdown();
    }
}

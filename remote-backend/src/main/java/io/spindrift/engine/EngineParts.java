package io.spindrift.engine;

import io.netty.util.concurrent.EventExecutor;
import io.spindrift.engine.log.ImageLoader;
import io.spindrift.engine.log.StoreCalls;
import io.spindrift.engine.read.IndexCache;
import io.spindrift.engine.read.ReadQueue;
import io.spindrift.store.SegmentStore;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** What all images of an engine share. Made by the engine; but for the store and the loader, used on its loop only. */
final class EngineParts {
    final EngineSettings settings;
    final SegmentStore store;
    final StoreCalls calls;
    final ImageLoader loader;
    final ReadQueue reads;
    final IndexCache indexes;
    private final InstantSource clock;
    private final RandomGenerator random;
    /** Images are compacted one at a time. */
    boolean compacting;
    private long startMs;

    EngineParts(EngineSettings settings, SegmentStore store, EventExecutor loop, Executor blocking, InstantSource clock, RandomGenerator random) {
        this.settings = settings;
        this.store = store;
        this.clock = clock;
        this.random = random;
        calls = new StoreCalls(loop, blocking);
        loader = new ImageLoader(store);
        reads = new ReadQueue(calls, settings.readsInFlight());
        indexes = new IndexCache(settings.indexCacheBytes());
    }

    /** When the engine was opened: holders get the lease time from then on to be heard of. */
    long startMs() {
        return startMs;
    }

    void started() {
        startMs = nowMs();
    }

    long nowMs() {
        return clock.millis();
    }

    UUID newId() {
        return new UUID(random.nextLong() & ~0xf000L | 0x4000L, random.nextLong() & ~(3L << 62) | 1L << 63);
    }

    long newNonce() {
        return random.nextLong();
    }
}

package io.spindrift.engine;

import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.image.CatalogUnderTest;
import io.spindrift.image.ImageCatalog;
import io.spindrift.store.SegmentStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** An engine over a store, with real threads and a clock that a test turns. */
public final class EngineSetup implements CatalogUnderTest {
    private final AtomicReference<Instant> now;
    private final EventExecutor home = new DefaultEventExecutor();
    private final EventExecutor loop = new DefaultEventExecutor();
    private final ThreadPoolExecutor blocking = new ThreadPoolExecutor(4, 4, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
    private final EngineSettings settings;
    private final ImageEngine engine;
    private final SegmentStore store;

    public EngineSetup(SegmentStore store) throws Exception {
        this(store, EngineSettings.defaults(), 1, new AtomicReference<>(Instant.parse("2026-11-21T08:00:00.250Z")));
    }

    /** @param now shared by the engines of a test */
    public EngineSetup(SegmentStore store, EngineSettings settings, long seed, AtomicReference<Instant> now) throws Exception {
        this.store = store;
        this.settings = settings;
        this.now = now;
        engine = new ImageEngine(settings, store, loop, blocking, now::get, new Random(seed));
        engine.open().get(30, TimeUnit.SECONDS);
    }

    /** Small checkpoints, so that tests meet many. */
    public static EngineSettings eager() {
        return new EngineSettings(Duration.ofSeconds(30), 4, 4, 1 << 20, 3, 0.5, Duration.ofMillis(200), Duration.ofDays(1));
    }

    public ImageEngine engine() {
        return engine;
    }

    @Override
    public ImageCatalog catalog(String user) {
        return engine.catalog(user);
    }

    @Override
    public EventExecutor home() {
        return home;
    }

    @Override
    public void passLeaseTime() {
        now.updateAndGet(before -> before.plus(settings.leaseTime()).plusSeconds(1));
    }

    @Override
    public void close() throws Exception {
        try {
            engine.close().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        } finally {
            loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
            home.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
            blocking.shutdown();
            blocking.awaitTermination(10, TimeUnit.SECONDS);
            store.close();
        }
    }
}

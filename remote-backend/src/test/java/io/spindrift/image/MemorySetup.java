package io.spindrift.image;

import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** {@link MemoryCatalog}s of alice and bob under a clock that a test turns. */
public final class MemorySetup implements CatalogUnderTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T08:00:00.250Z"));
    private final InstantSource clock = now::get;
    private final Map<String, MemoryCatalog> users =
            Map.of("alice", new MemoryCatalog("alice", clock, new Random(1)), "bob", new MemoryCatalog("bob", clock, new Random(2)));
    private final EventExecutor home = new DefaultEventExecutor();

    @Override
    public MemoryCatalog catalog(String user) {
        return users.get(user);
    }

    @Override
    public EventExecutor home() {
        return home;
    }

    @Override
    public void passLeaseTime() {
        now.updateAndGet(before -> before.plus(MemoryCatalog.LEASE_TIME).plusSeconds(1));
    }

    @Override
    public void close() throws Exception {
        home.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }
}

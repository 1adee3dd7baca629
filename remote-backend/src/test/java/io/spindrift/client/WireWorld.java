package io.spindrift.client;

import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.spindrift.image.ImageException;
import io.spindrift.image.MemoryCatalog;
import io.spindrift.server.ServerSettings;
import io.spindrift.server.StorageServer;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Client, link and server on the test's own thread, under a clock that moves only while there is nothing else to do. */
final class WireWorld implements AutoCloseable {
    static final Duration KEEP_ALIVE = Duration.ofSeconds(5);
    static final RemoteTiming TIMING =
            new RemoteTiming(Duration.ofSeconds(10), KEEP_ALIVE, Duration.ofSeconds(30), Duration.ofMillis(100), Duration.ofSeconds(5));
    private static final long LONGEST_WAIT_NANOS = TimeUnit.MINUTES.toNanos(10);

    /** Tells when its next timer is due. */
    private static final class Loop extends ManualIoEventLoop {
        Loop(Ticker ticker) {
            super(null, Thread.currentThread(), LocalIoHandler.newFactory(), ticker);
        }

        long untilNextTimer() {
            return nextScheduledTaskNano();
        }
    }

    final MockTicker ticker = Ticker.newMockTicker();
    final MemoryCatalog images = new MemoryCatalog("alice", () -> Instant.EPOCH.plusNanos(ticker.nanoTime()), new Random(1));
    final LocalAddress serverAddress = new LocalAddress("server-" + System.identityHashCode(this));
    final FaultyLink link;
    private final Loop loop = new Loop(ticker);
    private final List<RemoteCatalog> catalogs = new ArrayList<>();
    private StorageServer server;

    WireWorld() throws ImageException {
        this(ServerSettings.of(RemoteSetup.USERS));
    }

    WireWorld(ServerSettings settings) throws ImageException {
        link = new FaultyLink(loop, serverAddress);
        startServer(settings);
    }

    void startServer(ServerSettings settings) throws ImageException {
        server = new StorageServer(settings, user -> images, loop, LocalServerChannel::new, new Random(3));
        await(server.start(serverAddress));
    }

    void stopServer() throws ImageException {
        await(server.stop());
    }

    RemoteCatalog client() {
        return client(List.of(link.address()));
    }

    RemoteCatalog client(List<SocketAddress> servers) {
        RemoteSettings settings = new RemoteSettings(servers, "alice", RemoteSetup.USERS.get(0).secret(), TIMING);
        RemoteCatalog catalog = new RemoteCatalog(settings, loop, LocalChannel::new, new Random(catalogs.size() + 4L));
        catalogs.add(catalog);
        return catalog;
    }

    ManualIoEventLoop loop() {
        return loop;
    }

    /** Runs until there is nothing to do but wait for a timer. */
    void settle() {
        int idle = 0;
        while (idle < 3) {
            idle = loop.runNow() > 0 ? 0 : idle + 1;
        }
    }

    /** Lets so much time pass, timer by timer. */
    void pass(Duration time) {
        long end = ticker.nanoTime() + time.toNanos();
        settle();
        while (ticker.nanoTime() < end) {
            step(end - ticker.nanoTime());
        }
    }

    private void step(long most) {
        long next = loop.untilNextTimer();
        ticker.advance(next < 0 ? most : Math.max(1, Math.min(most, next)), TimeUnit.NANOSECONDS);
        settle();
    }

    <T> T await(CompletableFuture<T> future) throws ImageException {
        long end = ticker.nanoTime() + LONGEST_WAIT_NANOS;
        settle();
        while (!future.isDone()) {
            if (ticker.nanoTime() >= end) {
                throw new AssertionError("nothing came of it within ten minutes");
            }
            step(end - ticker.nanoTime());
        }
        try {
            return future.get();
        } catch (ExecutionException failed) {
            throw ImageException.of(failed.getCause());
        } catch (InterruptedException unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    @Override
    public void close() throws ImageException {
        for (RemoteCatalog catalog : catalogs) {
            await(catalog.close());
        }
        stopServer();
        link.close();
        settle();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        while (!loop.isTerminated()) {
            loop.runNow();
            ticker.advance(1, TimeUnit.MILLISECONDS);
        }
    }
}

package io.spindrift.volume.prefetch;

import io.netty.util.concurrent.EventExecutor;
import io.spindrift.blockcache.CacheStats;
import io.spindrift.image.Image;
import io.spindrift.image.ReadPriority;
import io.spindrift.volume.fetch.ImageView;
import java.util.concurrent.TimeUnit;

/**
 * Fetches the whole image when guests want nothing of it, until everything allocated is here and what is not allocated is known to be zeros: the disk
 * works without a link then. Never evicts; a cache that is full ends it until there is room. What failed on the way is found by another pass, so
 * only a pass that found nothing to fetch is complete.
 *
 * <p>Made by {@link Prefetcher}; lives on the home loop.
 */
final class Hydrator {
    private static final long IN_FLIGHT_BYTES = 8 << 20;
    private static final long PACE_MS = 2;
    private static final long IDLE_MS = 200;
    private static final int STEPS = 32;

    private final EventExecutor home;
    private final ImageView view;
    private final FetchAhead ahead;
    private final long idleNanos;
    private long blockCount;
    private long cursor;
    private long lastDemand;
    private long fetchedInPass;
    private boolean complete;
    private boolean started;
    private boolean stopped;
    private boolean givesWay;

    Hydrator(EventExecutor home, ImageView view, FetchAhead ahead, long idleNanos, long blockCount) {
        this.home = home;
        this.view = view;
        this.ahead = ahead;
        this.idleNanos = idleNanos;
        this.blockCount = blockCount;
    }

    void resized(long newBlockCount) {
        blockCount = newBlockCount;
    }

    /** A guest had to wait for the image. */
    void missed() {
        lastDemand = home.ticker().nanoTime();
        if (complete) {
            // Something was evicted or is unknown again.
            complete = false;
            cursor = 0;
        }
    }

    void start() {
        if (!started) {
            started = true;
            lastDemand = home.ticker().nanoTime();
            home.schedule(this::step, IDLE_MS, TimeUnit.MILLISECONDS);
        }
    }

    /** Whether others need the link. */
    void giveWay(boolean now) {
        givesWay = now;
    }

    void stop() {
        stopped = true;
    }

    private void step() {
        if (stopped) {
            return;
        }
        boolean working = !complete && !givesWay && isIdle() && hasRoom();
        for (int steps = 0; working && steps < STEPS; steps++) {
            working = ahead.inFlightBytes(ReadPriority.BULK) < IN_FLIGHT_BYTES && advance();
        }
        home.schedule(this::step, complete || !isIdle() ? IDLE_MS : PACE_MS, TimeUnit.MILLISECONDS);
    }

    private boolean isIdle() {
        return home.ticker().nanoTime() - lastDemand >= idleNanos && view.fetches().inFlightBytes(ReadPriority.DEMAND) == 0;
    }

    private boolean hasRoom() {
        CacheStats stats = view.cache().stats();
        return stats != null && stats.blocks() + ahead.inFlightBytes(ReadPriority.BULK) / Image.BLOCK_BYTES < stats.capacityBlocks();
    }

    /** @return whether to go on at once */
    private boolean advance() {
        if (cursor >= blockCount) {
            return endPass();
        }
        if (!view.extents().knows(cursor)) {
            view.extents().learn(cursor);
            return false;
        }
        long before = ahead.inFlightBytes(ReadPriority.BULK);
        cursor = ahead.fetch(cursor, view.extents().regionEnd(cursor), ReadPriority.BULK, false, FetchAhead.NOBODY);
        fetchedInPass += ahead.inFlightBytes(ReadPriority.BULK) - before;
        return true;
    }

    private boolean endPass() {
        if (ahead.inFlightBytes(ReadPriority.BULK) > 0) {
            return false;
        }
        complete = fetchedInPass == 0;
        fetchedInPass = 0;
        cursor = 0;
        return false;
    }

    /** How far it is: 100 only where everything was found here. */
    int percent() {
        return complete ? 100 : (int) Math.min(99, cursor * 100 / Math.max(1, blockCount));
    }
}

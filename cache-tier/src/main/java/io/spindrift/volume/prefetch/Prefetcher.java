package io.spindrift.volume.prefetch;

import io.netty.util.concurrent.EventExecutor;
import io.spindrift.volume.fetch.ImageView;
import io.spindrift.volume.map.DirtyMap;
import java.util.concurrent.CompletableFuture;

/**
 * Everything that is fetched before it is asked for, each kind only where the settings say so. Nothing is fetched ahead where nothing
 * is kept. Made with the volume's data path; lives on the home loop; {@link #stop} ends it.
 */
public final class Prefetcher {
    private final ImageView view;
    private final StreamPrefetcher streams;
    private final BootProfile boot;
    private final Hydrator hydrator;
    private boolean stopped;

    public Prefetcher(EventExecutor home, ImageView view, DirtyMap dirty, PrefetchSettings settings, long blockCount) {
        this.view = view;
        FetchAhead ahead = new FetchAhead(home, view, dirty, settings);
        streams = settings.streams() ? new StreamPrefetcher(ahead, settings, blockCount) : null;
        boot = settings.bootProfile() ? new BootProfile(home, view.image(), ahead, settings.bootWindow().toNanos(), blockCount) : null;
        hydrator = settings.hydrate() ? new Hydrator(home, view, ahead, settings.idleAfter().toNanos(), blockCount) : null;
    }

    /** A guest has read these blocks. @param hit whether the image was not needed */
    public void demand(long firstBlock, int blockCount, boolean hit) {
        if (boot != null) {
            boot.read(firstBlock, blockCount);
        }
        if (hydrator != null && !hit) {
            hydrator.missed();
        }
        if (streams != null && view.cache().keeps()) {
            streams.read(firstBlock, blockCount);
        }
    }

    /** There is a cache to fetch into. */
    public void cacheReady() {
        if (stopped) {
            return;
        }
        if (boot != null) {
            boot.replay();
        }
        if (hydrator != null) {
            hydrator.start();
        }
    }

    /** Whether what nobody waits for leaves the link to the destage. */
    public void giveWay(boolean now) {
        if (hydrator != null) {
            hydrator.giveWay(now);
        }
    }

    public void resized(long blockCount) {
        if (streams != null) {
            streams.resized(blockCount);
        }
        if (hydrator != null) {
            hydrator.resized(blockCount);
        }
    }

    /** Keeps with the image what the next start may use; never fails. */
    public CompletableFuture<Void> save() {
        return boot == null ? CompletableFuture.completedFuture(null) : boot.save();
    }

    public void stop() {
        stopped = true;
        if (boot != null) {
            boot.stop();
        }
        if (hydrator != null) {
            hydrator.stop();
        }
    }

    /** Sequential readers that are read ahead of. */
    public int streams() {
        return streams == null ? 0 : streams.active();
    }

    /** How much of the image was found here or fetched; -1 where that is off. */
    public int hydratedPercent() {
        return hydrator == null ? -1 : hydrator.percent();
    }

    /** off, waiting (for a guest to start), recording, replaying or done. */
    public String bootProfile() {
        return boot == null ? "off" : boot.state();
    }
}

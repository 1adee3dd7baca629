package io.spindrift.volume.prefetch;

import io.netty.util.concurrent.EventExecutor;
import io.spindrift.volume.fetch.ImageView;
import java.util.concurrent.CompletableFuture;

/**
 * Everything that is fetched before it is asked for. Made with the volume's data path; lives on the home loop; {@link #stop} ends it.
 */
public final class Prefetcher {
    public Prefetcher(EventExecutor home, ImageView view, PrefetchSettings settings, long blockCount) {}

    /** The volume serves. */
    public void start() {}

    /** A guest has read these blocks. */
    public void demand(long firstBlock, int blockCount, boolean hit) {}

    /** There is a cache to fetch into. */
    public void cacheReady() {}

    /** Keeps with the image what the next start may use. */
    public CompletableFuture<Void> save() {
        return CompletableFuture.completedFuture(null);
    }

    public void stop() {}

    public int streams() {
        return 0;
    }

    public int hydratedPercent() {
        return -1;
    }

    public String bootProfile() {
        return "off";
    }
}

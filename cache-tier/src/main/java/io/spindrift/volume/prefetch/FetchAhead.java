package io.spindrift.volume.prefetch;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Ticker;
import io.spindrift.image.Image;
import io.spindrift.image.ReadPriority;
import io.spindrift.volume.fetch.ImageView;
import io.spindrift.volume.map.DirtyMap;

/** Fetches what of a range is not here yet. Shared by the three kinds of prefetch; lives on the home loop. */
final class FetchAhead {
    private final ImageView view;
    private final DirtyMap dirty;
    private final int requestBlocks;
    private final Ticker ticker;
    private final FetchPace pace;

    /** Hears of the requests that it caused. */
    interface Asker {
        void begun(int blocks);

        /** They have come, or will not. */
        void ended(int blocks);
    }

    /** Whom it doesn't matter to. */
    static final Asker NOBODY = new Asker() {
        @Override
        public void begun(int blocks) {
            // nothing is kept of it
        }

        @Override
        public void ended(int blocks) {
            // nothing is kept of it
        }
    };

    FetchAhead(EventExecutor home, ImageView view, DirtyMap dirty, PrefetchSettings settings) {
        this.view = view;
        this.dirty = dirty;
        this.requestBlocks = settings.requestBytes() / Image.BLOCK_BYTES;
        this.ticker = home.ticker();
        this.pace = new FetchPace(settings.requestBytes(), settings.windowBytes(), ticker.nanoTime());
    }

    /** Whether the link has room for one more request of {@link ReadPriority#PREFETCH}. */
    boolean allows() {
        return pace.allows(ticker.nanoTime());
    }

    /** The asker holds back by itself what the link would let go. */
    void held() {
        pace.held();
    }

    /** How many blocks of {@link ReadPriority#PREFETCH} may be under way. */
    long windowBlocks() {
        return pace.windowBytes(ticker.nanoTime()) / Image.BLOCK_BYTES;
    }

    /** Whether a read of this block would not need the image, or is waiting for it already. */
    boolean here(long block) {
        return view.cache().contains(block) || dirty.wholePosition(block) >= 0 || view.extents().zeroRun(block, 1) == 1 || view.fetches().underWay(block);
    }

    /**
     * Asks for the first run of blocks in {@code [from, end)} that is not here, one request at most.
     *
     * @param evict whether older blocks may be given up for it
     * @param asker hears of it
     * @return where it stopped: everything before is here or on its way
     */
    long fetch(long from, long end, ReadPriority priority, boolean evict, Asker asker) {
        long first = skip(from, end);
        long limit = Math.min(end, first + requestBlocks);
        long next = first;
        while (next < limit && !here(next)) {
            next++;
        }
        if (next > first && view.fetches().takes(first, (int) (next - first))) {
            ask(first, (int) (next - first), priority, evict, asker);
        }
        return next;
    }

    private void ask(long first, int blocks, ReadPriority priority, boolean evict, Asker asker) {
        boolean paced = priority == ReadPriority.PREFETCH;
        long bytes = (long) blocks * Image.BLOCK_BYTES;
        long began = ticker.nanoTime();
        if (paced) {
            pace.begun(bytes);
        }
        asker.begun(blocks);
        view.fetches().fetch(first, blocks, priority, evict, firstAnswer -> {
            long now = ticker.nanoTime();
            if (paced) {
                pace.ended(bytes, firstAnswer ? now - began : 0, now);
            }
            asker.ended(blocks);
        });
    }

    /** The first block of {@code [from, end)} that is not here; looks at no more than a few requests' worth, so that the loop is not held. */
    private long skip(long from, long end) {
        long block = from;
        long limit = Math.min(end, from + 4L * requestBlocks);
        while (block < limit) {
            long data = view.extents().nextAllocated(block, end);
            if (data > block) {
                block = data;
                limit = Math.max(limit, Math.min(end, data));
            } else if (here(block)) {
                block++;
            } else {
                return block;
            }
        }
        return Math.min(block, end);
    }

    long inFlightBytes(ReadPriority priority) {
        return view.fetches().inFlightBytes(priority);
    }
}

package io.spindrift.volume.prefetch;

import io.spindrift.image.ReadPriority;
import io.spindrift.volume.fetch.ImageView;
import io.spindrift.volume.map.DirtyMap;

/** Fetches what of a range is not here yet. Shared by the three kinds of prefetch; lives on the home loop. */
final class FetchAhead {
    private final ImageView view;
    private final DirtyMap dirty;
    private final int requestBlocks;

    FetchAhead(ImageView view, DirtyMap dirty, int requestBlocks) {
        this.view = view;
        this.dirty = dirty;
        this.requestBlocks = requestBlocks;
    }

    /** Whether a read of this block would not need the image, or is waiting for it already. */
    boolean here(long block) {
        return view.cache().contains(block) || dirty.wholePosition(block) >= 0 || view.extents().zeroRun(block, 1) == 1 || view.fetches().underWay(block);
    }

    /**
     * Asks for the first run of blocks in {@code [from, end)} that is not here, one request at most.
     *
     * @param evict whether older blocks may be given up for it
     * @return where it stopped: everything before is here or on its way
     */
    long fetch(long from, long end, ReadPriority priority, boolean evict) {
        long first = skip(from, end);
        long limit = Math.min(end, first + requestBlocks);
        long next = first;
        while (next < limit && !here(next)) {
            next++;
        }
        if (next > first) {
            view.fetches().fetch(first, (int) (next - first), priority, evict);
        }
        return next;
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

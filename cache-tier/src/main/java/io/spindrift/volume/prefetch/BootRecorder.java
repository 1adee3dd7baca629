package io.spindrift.volume.prefetch;

import java.util.Arrays;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/**
 * Notes what a start reads, each block once, in order. A start begins with a read of block 0 (partition table or superblock), so that a host daemon that
 * comes back under a running guest does not put something else in the profile's place. Bounded in runs. Made by {@link BootProfile}, on the home loop.
 */
final class BootRecorder {
    private final long windowNanos;
    private final Roaring64Bitmap seen = new Roaring64Bitmap();
    private long[] runs = new long[128];
    private int count;
    private boolean begun;
    private boolean ended;
    private long began;

    BootRecorder(long windowNanos) {
        this.windowNanos = windowNanos;
    }

    /** A guest has read these blocks. */
    void read(long firstBlock, int blocks, long now) {
        if (ended) {
            return;
        }
        if (!begun) {
            if (firstBlock != 0) {
                return;
            }
            begun = true;
            began = now;
        }
        if (now - began > windowNanos) {
            ended = true;
            return;
        }
        for (long block = firstBlock; block < firstBlock + blocks; block++) {
            if (!seen.contains(block)) {
                seen.addLong(block);
                add(block);
            }
        }
    }

    private void add(long block) {
        int last = 2 * (count - 1);
        if (count > 0 && runs[last] + runs[last + 1] == block) {
            runs[last + 1]++;
            return;
        }
        if (count == BootProfileFormat.MAX_RUNS) {
            ended = true;
            return;
        }
        if (2 * count == runs.length) {
            runs = Arrays.copyOf(runs, 2 * runs.length);
        }
        runs[2 * count] = block;
        runs[2 * count + 1] = 1;
        count++;
    }

    boolean isBegun() {
        return begun;
    }

    boolean isEnded(long now) {
        return ended || begun && now - began > windowNanos;
    }

    byte[] profile() {
        return BootProfileFormat.encode(runs, count);
    }
}

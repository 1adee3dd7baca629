package io.spindrift.volume.map;

import java.util.Arrays;

/**
 * Ranges of whole blocks that were unmapped and are not yet so in the image, each with the sequence of its unmap. Sorted arrays: a look-up is a
 * binary search that allocates nothing. Made and owned by a {@link DirtyMap}, on its thread.
 */
final class ZeroExtents {
    private long[] starts = new long[16];
    private long[] ends = new long[16];
    private long[] sequences = new long[16];
    private int size;

    int size() {
        return size;
    }

    long start(int at) {
        return starts[at];
    }

    long end(int at) {
        return ends[at];
    }

    boolean contains(long block) {
        int at = firstEndingAfter(block);
        return at < size && starts[at] <= block;
    }

    /** The first block at or after {@code block} that is in an extent; {@link Long#MAX_VALUE} where there is none. */
    long next(long block) {
        int at = firstEndingAfter(block);
        return at == size ? Long.MAX_VALUE : Math.max(block, starts[at]);
    }

    /** Adds {@code [start, end)}; of older extents only what lies outside of it stays. */
    void add(long start, long end, long sequence) {
        int from = firstEndingAfter(start);
        int to = from;
        while (to < size && starts[to] < end) {
            to++;
        }
        boolean left = from < to && starts[from] < start;
        boolean right = from < to && ends[to - 1] > end;
        long leftStart = left ? starts[from] : 0;
        long leftSequence = left ? sequences[from] : 0;
        long rightEnd = right ? ends[to - 1] : 0;
        long rightSequence = right ? sequences[to - 1] : 0;
        replace(from, to, 1 + (left ? 1 : 0) + (right ? 1 : 0));
        int at = from;
        if (left) {
            set(at++, leftStart, start, leftSequence);
        }
        set(at++, start, end, sequence);
        if (right) {
            set(at, end, rightEnd, rightSequence);
        }
    }

    /** Forgets the extents of unmaps up to and including {@code sequence}. */
    void clearUpTo(long sequence) {
        int kept = 0;
        for (int at = 0; at < size; at++) {
            if (sequences[at] > sequence) {
                set(kept++, starts[at], ends[at], sequences[at]);
            }
        }
        size = kept;
    }

    private void set(int at, long start, long end, long sequence) {
        starts[at] = start;
        ends[at] = end;
        sequences[at] = sequence;
    }

    /** Makes room for {@code count} extents in place of {@code [from, to)}. */
    private void replace(int from, int to, int count) {
        int grown = size + count - (to - from);
        if (grown > starts.length) {
            int capacity = Math.max(grown, starts.length * 2);
            starts = Arrays.copyOf(starts, capacity);
            ends = Arrays.copyOf(ends, capacity);
            sequences = Arrays.copyOf(sequences, capacity);
        }
        System.arraycopy(starts, to, starts, from + count, size - to);
        System.arraycopy(ends, to, ends, from + count, size - to);
        System.arraycopy(sequences, to, sequences, from + count, size - to);
        size = grown;
    }

    private int firstEndingAfter(long block) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ends[middle] > block) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}

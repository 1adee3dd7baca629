package io.spindrift.engine.map;

import java.util.Arrays;
import java.util.function.LongPredicate;
import org.agrona.collections.Long2LongHashMap;

/** For each segment that may still be in the store: its slots, and how many of them the map names. Belongs to one thread. */
public final class LiveTable {
    private static final long MISSING = -1;

    /** number -> slots in the upper half, live ones in the lower. */
    private final Long2LongHashMap counts = new Long2LongHashMap(MISSING);
    private long slots;
    private long live;

    /** A segment with {@code slotCount} slots, none live yet. */
    public void add(long number, int slotCount) {
        long before = counts.get(number);
        long liveBefore = before == MISSING ? 0 : (int) before;
        slots += slotCount - (before == MISSING ? 0 : before >>> 32);
        counts.put(number, (long) slotCount << 32 | liveBefore);
    }

    /** One more ({@code 1}) or one less ({@code -1}) slot of the segment is live. */
    public void change(long number, int by) {
        long before = counts.get(number);
        // A checkpoint may name a place in a segment that is gone by now: the log above it takes the place away again.
        counts.put(number, (before == MISSING ? 0 : before) + by);
        live += by;
    }

    public boolean has(long number) {
        return counts.containsKey(number);
    }

    public int liveOf(long number) {
        long count = counts.get(number);
        return count == MISSING ? 0 : (int) count;
    }

    public int slotsOf(long number) {
        long count = counts.get(number);
        return count == MISSING ? 0 : (int) (count >>> 32);
    }

    public void remove(long number) {
        long before = counts.remove(number);
        if (before != MISSING) {
            slots -= before >>> 32;
            live -= (int) before;
        }
    }

    /** Numbers up to {@code last} that fit, in rising order. */
    public long[] numbers(long last, LongPredicate fits) {
        long[] found = new long[counts.size()];
        int n = 0;
        Long2LongHashMap.KeyIterator keys = counts.keySet().iterator();
        while (keys.hasNext()) {
            long number = keys.nextValue();
            if (number <= last && fits.test(number)) {
                found[n++] = number;
            }
        }
        long[] sorted = Arrays.copyOf(found, n);
        Arrays.sort(sorted);
        return sorted;
    }

    public long totalSlots() {
        return slots;
    }

    public long totalLive() {
        return live;
    }
}

package io.spindrift.engine.map;

import java.util.Arrays;
import java.util.function.LongPredicate;
import java.util.function.LongUnaryOperator;
import org.agrona.collections.Long2LongHashMap;

/** For each segment that may still be in the store: its slots, and how many of them the map names. Belongs to one thread. */
public final class LiveTable {
    private static final long MISSING = Long.MIN_VALUE;
    private static final int SHARE_BITS = 20;

    /** number -> slots in the upper half, live ones in the lower. */
    private final Long2LongHashMap counts = new Long2LongHashMap(MISSING);
    private long slots;
    private long live;
    private long deadSlots;

    /** A segment with {@code slotCount} slots, none live yet. */
    public void add(long number, int slotCount) {
        set(number, slotCount, liveOf(number));
    }

    /** One more ({@code 1}) or one less ({@code -1}) slot of the segment is live. */
    public void change(long number, int by) {
        // A checkpoint may name a place in a segment that is gone by now: the log above it takes the place away again.
        set(number, slotsOf(number), liveOf(number) + by);
    }

    private void set(long number, int newSlots, int newLive) {
        forget(counts.put(number, (long) newSlots << 32 | newLive & 0xffffffffL));
        slots += newSlots;
        live += newLive;
        deadSlots += newLive == 0 ? newSlots : 0;
    }

    private void forget(long count) {
        if (count != MISSING) {
            slots -= count >>> 32;
            live -= (int) count;
            deadSlots -= (int) count == 0 ? count >>> 32 : 0;
        }
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
        forget(counts.remove(number));
    }

    /** Numbers up to {@code last} that fit, in rising order. */
    public long[] numbers(long last, LongPredicate fits) {
        return keys(number -> number <= last && fits.test(number), number -> number);
    }

    /** Segments that hold something live and something dead, those with the smallest live share first. */
    public long[] emptiest(LongPredicate fits) {
        long[] ordered = keys(number -> isPartlyDead(number) && fits.test(number),
                number -> ((long) liveOf(number) << SHARE_BITS) / slotsOf(number) << Place.NUMBER_BITS | number);
        for (int i = 0; i < ordered.length; i++) {
            ordered[i] &= Place.MAX_NUMBER;
        }
        return ordered;
    }

    private boolean isPartlyDead(long number) {
        return liveOf(number) > 0 && liveOf(number) < slotsOf(number);
    }

    private long[] keys(LongPredicate fits, LongUnaryOperator key) {
        long[] found = new long[counts.size()];
        int n = 0;
        Long2LongHashMap.KeyIterator keys = counts.keySet().iterator();
        while (keys.hasNext()) {
            long number = keys.nextValue();
            if (fits.test(number)) {
                found[n++] = key.applyAsLong(number);
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

    /** Slots of the segments in which nothing is live. */
    public long deadSlots() {
        return deadSlots;
    }
}

package io.spindrift.volume.prefetch;

/**
 * How much may be under way ahead of what is asked for. Enough to fill the link, whatever its rate and length, and little more: what waits in the link's
 * queues is what a guest's miss waits behind, and no priority of ours reaches there.
 *
 * <p>The shortest time that a request of full size took is taken for the link without a queue. The window is set so that requests take a
 * fifth longer than that (2 to 20 ms): longer, and it shrinks in proportion, shorter, and it grows. It begins by growing with each arrival, until a queue is
 * seen. A queue makes every request wait, a busy host or store only some: so the quickest of the last few is what counts. The shortest time is measured anew every half minute with half of the window, so that a queue that stays is not taken for the link.
 *
 * <p>Made with {@link FetchAhead}; lives on the home loop.
 */
final class FetchPace {
    private static final long LEAST_NANOS = 2_000_000;
    private static final long MOST_NANOS = 20_000_000;
    private static final long MEASURE_NANOS = 30_000_000_000L;
    private static final int PART_OF_BASE = 5;
    private static final int LAST_FEW = 6;

    private final long fullBytes;
    private final long leastBytes;
    private final long mostBytes;
    private double window;
    private long inFlight;
    private boolean starting = true;
    /** Whether the window was what held something back since the last arrival. */
    private boolean limited;
    private long base = Long.MAX_VALUE;
    private long baseBefore = Long.MAX_VALUE;
    private final long[] lastTook = new long[LAST_FEW];
    private int arrivals;
    private long measuredAt;
    private long drainUntil;

    /** @param fullBytes of a request; two may always be under way */
    FetchPace(long fullBytes, long mostBytes, long now) {
        this.fullBytes = fullBytes;
        leastBytes = 2 * fullBytes;
        this.mostBytes = Math.max(leastBytes, mostBytes);
        window = leastBytes;
        measuredAt = now;
        drainUntil = now;
    }

    /** How many bytes may be under way. */
    long windowBytes(long now) {
        return drainUntil - now > 0 ? Math.max(leastBytes, (long) window / 2) : (long) window;
    }

    long inFlightBytes() {
        return inFlight;
    }

    /** Whether another request may be made. */
    boolean allows(long now) {
        boolean allowed = inFlight + fullBytes <= windowBytes(now);
        limited |= !allowed;
        return allowed;
    }

    /** Something is held back for its share of the window. */
    void held() {
        limited = true;
    }

    /** Something was asked for. */
    void begun(long bytes) {
        inFlight += bytes;
    }

    /** It has come, or will not. @param tookNanos 0 where that tells nothing */
    void ended(long bytes, long tookNanos, long now) {
        inFlight -= bytes;
        if (bytes != fullBytes || tookNanos <= 0) {
            return;
        }
        base = Math.min(base, tookNanos);
        long shortest = Math.min(base, baseBefore);
        long wanted = shortest + Math.max(LEAST_NANOS, Math.min(MOST_NANOS, shortest / PART_OF_BASE));
        long seen = quickestOfLast(tookNanos);
        if (starting && seen <= wanted) {
            window += limited ? bytes : 0;
        } else {
            starting = false;
            adjust((double) wanted / seen, bytes, drainUntil + tookNanos - now > 0);
        }
        window = Math.max(leastBytes, Math.min(mostBytes, window));
        limited = false;
        if (now - measuredAt >= MEASURE_NANOS) {
            measuredAt = now;
            baseBefore = base;
            base = Long.MAX_VALUE;
            drainUntil = now + 2 * tookNanos;
        }
    }

    private long quickestOfLast(long tookNanos) {
        lastTook[Math.floorMod(arrivals++, LAST_FEW)] = tookNanos;
        long quickest = tookNanos;
        for (int at = 0; at < LAST_FEW && lastTook[at] > 0; at++) {
            quickest = Math.min(quickest, lastTook[at]);
        }
        return quickest;
    }

    /** Each arrival moves the window by its own part of the way, so that a window's worth of arrivals moves it all the way. */
    private void adjust(double factor, long bytes, boolean draining) {
        double bounded = Math.max(0.5, Math.min(2, factor));
        if (bounded < 1 || limited && !draining) {
            window += (bounded - 1) * bytes;
        }
    }
}

package io.spindrift.volume.prefetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** A link with a rate and a length, and somebody who always wants more. */
class FetchPaceTest {
    private static final int REQUEST = 512 << 10;
    private static final long MS = 1_000_000;
    private final FetchPace pace = new FetchPace(REQUEST, 16 << 20, 0);
    private final PriorityQueue<long[]> arrivals = new PriorityQueue<>((one, other) -> Long.compare(one[0], other[0]));
    private long now;
    private long linkFree;
    private long carried;
    private long longest;
    private LongSupplier lateness = () -> 0;

    private void run(long tripNanos, double bytesPerNano, long until) {
        while (now < until) {
            while (pace.allows(now)) {
                linkFree = Math.max(now + tripNanos / 2, linkFree) + (long) (REQUEST / bytesPerNano);
                arrivals.add(new long[] {linkFree + tripNanos / 2 + lateness.getAsLong(), now});
                pace.begun(REQUEST);
            }
            long[] next = arrivals.poll();
            now = Math.max(now, next[0]);
            longest = Math.max(longest, now - next[1]);
            pace.ended(REQUEST, now - next[1], now);
            carried += REQUEST;
        }
        assertEquals((long) arrivals.size() * REQUEST, pace.inFlightBytes());
    }

    @Test
    void theLinkIsFullAndItsQueueShort() {
        run(20 * MS, 0.119, 1_000 * MS);
        carried = 0;
        longest = 0;
        run(20 * MS, 0.119, 21_000 * MS);
        assertTrue(carried >= 0.98 * 0.119 * 20_000 * MS, "carried " + carried);
        assertTrue(longest < 37 * MS, "longest " + longest);
    }

    @Test
    void aQueueThatStaysIsNotTakenForTheLink() {
        run(20 * MS, 0.119, 200_000 * MS);
        longest = 0;
        run(20 * MS, 0.119, 230_000 * MS);
        assertTrue(longest < 45 * MS, "longest " + longest);
    }

    @Test
    void aSlowLinkHasTwoRequests() {
        run(40 * MS, 0.00125, 60_000 * MS);
        assertEquals(2 * REQUEST, pace.windowBytes(now));
    }

    @Test
    void aNearStoreIsNotHeldBack() {
        run(MS / 5, 1.5, 5_000 * MS);
        assertTrue(carried >= 0.95 * 1.5 * 4_900 * MS, "carried " + carried);
    }

    @Test
    void whatIsLateForOtherReasonsThanAQueueDoesNotEmptyTheLink() {
        SplittableRandom random = new SplittableRandom(7);
        lateness = () -> random.nextInt(3) > 0 ? random.nextLong(40 * MS) : 0;
        run(20 * MS, 0.119, 5_000 * MS);
        carried = 0;
        run(20 * MS, 0.119, 25_000 * MS);
        assertTrue(carried >= 0.85 * 0.119 * 20_000 * MS, "carried " + carried / (0.119 * 20_000 * MS) + " of the link");
    }

    @Test
    void aLinkThatBecomesLongerIsFilledAgain() {
        run(5 * MS, 0.119, 10_000 * MS);
        run(50 * MS, 0.119, 120_000 * MS);
        carried = 0;
        run(50 * MS, 0.119, 140_000 * MS);
        assertTrue(carried >= 0.95 * 0.119 * 20_000 * MS, "carried " + carried);
    }
}

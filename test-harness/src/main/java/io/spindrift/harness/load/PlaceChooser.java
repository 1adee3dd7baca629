package io.spindrift.harness.load;

import java.util.SplittableRandom;

/** Which of {@code places} a command goes to: in order, evenly at random, or mostly to some of them. One thread. */
final class PlaceChooser {
    private static final long SCATTER = 0x1e3779b97f4a7c15L;
    /** Keeps place times stride within a long for every disk. */
    private static final long MOST_STRIDE = 1L << 24;
    private static final double HOT_SHARE = 0.2;
    private static final double HOT_COMMANDS = 0.8;

    private final long places;
    private final boolean inOrder;
    private final boolean zipf;
    private final SplittableRandom random;
    private final long stride;
    private long next;

    PlaceChooser(long places, boolean inOrder, boolean zipf, SplittableRandom random) {
        if (places < 1) {
            throw new IllegalArgumentException("the range is smaller than one command");
        }
        this.places = places;
        this.inOrder = inOrder;
        this.zipf = zipf;
        this.random = random;
        stride = coprime(places);
    }

    /** A number that shares no divisor with {@code places}: multiplying by it scatters them one to one. */
    private static long coprime(long places) {
        long candidate = SCATTER % Math.min(places, MOST_STRIDE) | 1;
        while (gcd(candidate, places) != 1) {
            candidate += 2;
        }
        return candidate;
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    long choose() {
        if (inOrder) {
            long place = next;
            next = next + 1 == places ? 0 : next + 1;
            return place;
        }
        if (!zipf) {
            return random.nextLong(places);
        }
        long hot = Math.max(1, (long) (places * HOT_SHARE));
        long rank = random.nextDouble() < HOT_COMMANDS || hot == places ? random.nextLong(hot) : hot + random.nextLong(places - hot);
        return rank * stride % places;
    }

    long places() {
        return places;
    }
}

package io.spindrift.bench;

import java.util.SplittableRandom;

/**
 * Which place, of the size of a command, the next one goes to: in order within a part of them, evenly at random among all, or mostly to some of them.
 * One thread.
 */
final class PlaceChooser {
    private static final long SCATTER = 0x1e3779b97f4a7c15L;
    /** Keeps place times stride within a long for every disk. */
    private static final long MOST_STRIDE = 1L << 24;
    private static final double HOT_SHARE = 0.2;
    private static final double HOT_COMMANDS = 0.8;

    private final long first;
    private final long places;
    private final boolean inOrder;
    private final boolean zipf;
    private final SplittableRandom random;
    private final long stride;
    private long next;

    private PlaceChooser(long first, long places, boolean inOrder, boolean zipf, SplittableRandom random) {
        if (places < 1) {
            throw new IllegalArgumentException("the range has fewer places than there are sessions, or is smaller than one command");
        }
        this.first = first;
        this.places = places;
        this.inOrder = inOrder;
        this.zipf = zipf;
        this.random = random;
        stride = zipf ? coprime(places) : 1;
    }

    /** One session's share of a range that {@code of} of them go through together, each its own part in order. */
    static PlaceChooser inOrder(long places, int share, int of, SplittableRandom random) {
        long first = part(places, share, of);
        return new PlaceChooser(first, part(places, share + 1, of) - first, true, false, random);
    }

    static PlaceChooser random(long places, boolean zipf, SplittableRandom random) {
        return new PlaceChooser(0, places, false, zipf, random);
    }

    /** Where the part {@code share} begins of {@code of} parts, as equal as can be, of {@code places}. */
    static long part(long places, int share, int of) {
        return places / of * share + Math.min(share, places % of);
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
            long place = first + next;
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

    /** How many different ones {@link #choose} has. */
    long places() {
        return places;
    }
}

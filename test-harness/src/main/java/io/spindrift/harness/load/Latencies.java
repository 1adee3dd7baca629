package io.spindrift.harness.load;

/** Times in nanoseconds, kept in buckets that are at most 3 % wide. One thread. */
final class Latencies {
    private static final int SUB_BITS = 5;
    private static final int SUB = 1 << SUB_BITS;

    private final long[] buckets = new long[64 * SUB];
    private long count;
    private long most;

    void add(long nanos) {
        count++;
        most = Math.max(most, nanos);
        buckets[bucket(Math.max(0, nanos))]++;
    }

    private static int bucket(long nanos) {
        if (nanos < SUB) {
            return (int) nanos;
        }
        int shift = 63 - Long.numberOfLeadingZeros(nanos) - SUB_BITS;
        return (shift + 1) * SUB + (int) (nanos >>> shift) - SUB;
    }

    private static long middle(int bucket) {
        if (bucket < SUB) {
            return bucket;
        }
        int shift = bucket / SUB - 1;
        return ((long) (bucket % SUB + SUB) << shift) + (1L << shift) / 2;
    }

    /** The time that {@code share} of all stayed within, in microseconds. */
    double microseconds(double share) {
        long wanted = (long) Math.ceil(count * share);
        long seen = 0;
        for (int bucket = 0; bucket < buckets.length; bucket++) {
            seen += buckets[bucket];
            if (seen >= wanted && seen > 0) {
                return Math.min(middle(bucket), most) / 1000.0;
            }
        }
        return 0;
    }

    long count() {
        return count;
    }

    double mostMicroseconds() {
        return most / 1000.0;
    }
}

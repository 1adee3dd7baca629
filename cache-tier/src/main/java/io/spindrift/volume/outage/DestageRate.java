package io.spindrift.volume.outage;

/**
 * How fast the journal gets into the image: bytes of it that were let go over the time in which there was something to let go, both forgotten with a
 * time constant of ten seconds. From the first batch on it is a rate, not an average that has to grow; it falls by itself while nothing is taken.
 */
final class DestageRate {
    private static final double WINDOW_NANOS = 10e9;

    private double bytes;
    private double nanos;
    private long lastNanos;
    private boolean busy;

    /** There is something to bring into the image from now on, where there was nothing. */
    void begins(long now) {
        if (!busy) {
            busy = true;
            lastNanos = now;
        }
    }

    /** So many bytes of the journal are in the image. @param more whether there are others */
    void let(long count, long now, boolean more) {
        begins(now);
        double kept = Math.exp(-(now - lastNanos) / WINDOW_NANOS);
        bytes = bytes * kept + count;
        nanos = nanos * kept + (now - lastNanos);
        lastNanos = now;
        busy = more;
    }

    boolean isBusy() {
        return busy;
    }

    /** Since the image took something last, or began to be asked. */
    long quietNanos(long now) {
        return busy ? now - lastNanos : 0;
    }

    double bytesPerSecond(long now) {
        double quiet = quietNanos(now);
        double spent = nanos * Math.exp(-quiet / WINDOW_NANOS) + quiet;
        return spent <= 0 ? 0 : bytes * Math.exp(-quiet / WINDOW_NANOS) / spent * 1e9;
    }
}

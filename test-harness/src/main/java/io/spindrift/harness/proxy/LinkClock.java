package io.spindrift.harness.proxy;

/** When bytes that enter one direction of the link come out: one after the other at the link's rate, then the delay. */
final class LinkClock {
    private static final double NANOS = 1e9;

    private long freeAtNanos;
    private boolean used;

    long arrival(int bytes, LinkSettings settings, long now) {
        long start = used && freeAtNanos - now > 0 ? freeAtNanos : now;
        long busy = settings.bytesPerSecond() == 0 ? 0 : (long) (bytes * NANOS / settings.bytesPerSecond());
        freeAtNanos = start + busy;
        used = true;
        return freeAtNanos + settings.delayMicros() * 1000;
    }
}

package io.spindrift.harness.proxy;

/**
 * What a link is like.
 *
 * @param delayMicros one way, microseconds
 * @param bytesPerSecond each way, shared by all connections; 0: no limit
 * @param windowBytes most bytes of one connection and direction that are on their way; then the sender is no longer read
 */
public record LinkSettings(long delayMicros, long bytesPerSecond, int windowBytes) {
    public LinkSettings {
        if (delayMicros < 0 || delayMicros > 60_000_000) {
            throw new IllegalArgumentException("delay must be 0 to 60 s, not " + delayMicros + " us");
        }
        if (bytesPerSecond < 0 || windowBytes < 4096) {
            throw new IllegalArgumentException("rate must not be negative and a window must hold 4096 bytes");
        }
    }

    /** No delay, no limit. */
    public static LinkSettings open() {
        return new LinkSettings(0, 0, 16 << 20);
    }

    public LinkSettings delayed(long newDelayMicros) {
        return new LinkSettings(newDelayMicros, bytesPerSecond, windowBytes);
    }

    public LinkSettings limited(long newBytesPerSecond) {
        return new LinkSettings(delayMicros, newBytesPerSecond, windowBytes);
    }
}

package io.spindrift.volume.prefetch;

import io.spindrift.image.DiskType;
import io.spindrift.image.Image;
import java.time.Duration;

/**
 * What is fetched before it is asked for.
 *
 * @param streams whether sequential readers are read ahead of
 * @param windowBytes how far ahead of one reader at most, 256 KiB to 1 GiB
 * @param requestBytes in one request of a stream, a multiple of 4 KiB up to 4 MiB
 * @param bootProfile whether what a start reads is recorded with the image, and fetched ahead at the next
 * @param bootWindow how long after the start is recorded
 * @param hydrate whether the rest of the image is fetched when nothing else is done
 * @param idleAfter without demand before that begins
 */
public record PrefetchSettings(
        boolean streams, long windowBytes, int requestBytes, boolean bootProfile, Duration bootWindow, boolean hydrate, Duration idleAfter) {
    public PrefetchSettings {
        if (windowBytes < 256 << 10 || windowBytes > 1 << 30) {
            throw new IllegalArgumentException("the prefetch window is 256KiB to 1GiB, not " + windowBytes + " bytes");
        }
        if (requestBytes < Image.BLOCK_BYTES || requestBytes % Image.BLOCK_BYTES != 0 || requestBytes > Image.MAX_READ_BLOCKS * Image.BLOCK_BYTES) {
            throw new IllegalArgumentException("a prefetch request is a multiple of 4KiB up to 4MiB, not " + requestBytes + " bytes");
        }
        if (bootWindow.isNegative() || idleAfter.isNegative()) {
            throw new IllegalArgumentException("a time span is not negative");
        }
    }

    /** What a disk of this type does unless it is told otherwise. */
    public static PrefetchSettings of(DiskType type) {
        boolean system = type == DiskType.SYSTEM;
        boolean streams = type != DiskType.SCRATCH;
        return new PrefetchSettings(streams, 16 << 20, 512 << 10, system, Duration.ofMinutes(3), system, Duration.ofSeconds(5));
    }

    /** Nothing at all. */
    public static PrefetchSettings off() {
        return new PrefetchSettings(false, 16 << 20, 512 << 10, false, Duration.ZERO, false, Duration.ofSeconds(5));
    }
}

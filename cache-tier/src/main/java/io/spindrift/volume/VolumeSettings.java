package io.spindrift.volume;

import io.spindrift.image.DiskType;
import io.spindrift.image.Image;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageCatalog;
import io.spindrift.volume.destage.DestageSettings;
import io.spindrift.volume.prefetch.PrefetchSettings;
import java.time.Duration;

/**
 * One volume.
 *
 * @param sizeBytes of an image that is created here, a multiple of 4 KiB; one that exists has its own size
 * @param outageLimit how long a request waits for a storage server that can't be reached, or for room in the journal; null for ever
 * @param maxHeld writes that wait for room in the journal at most, and reads that wait for the image, 1 to 65,536 each
 * @param waits the spans in which a volume does what it does again and again
 */
public record VolumeSettings(
        ImageAddress address, long sizeBytes, DestageSettings destage, PrefetchSettings prefetch, Duration outageLimit, int maxHeld, Waits waits) {
    public VolumeSettings {
        if (sizeBytes < Image.BLOCK_BYTES || sizeBytes % Image.BLOCK_BYTES != 0 || sizeBytes > ImageCatalog.MAX_SIZE_BYTES) {
            throw new IllegalArgumentException("a size is a multiple of 4KiB, 4KiB to 256TiB, not " + sizeBytes + " bytes");
        }
        if (outageLimit != null && outageLimit.toMillis() < 1) {
            throw new IllegalArgumentException("the outage limit is 1ms or more, not " + outageLimit);
        }
        if (maxHeld < 1 || maxHeld > 65_536) {
            throw new IllegalArgumentException("held requests are 1 to 65536, not " + maxHeld);
        }
    }

    /**
     * @param close how long a volume that is closed destages before it gives up
     * @param renew between two signs of life to the storage server
     * @param standby between two tries to get the lease
     */
    public record Waits(Duration close, Duration renew, Duration standby) {
        public Waits {
            if (close.isNegative() || renew.toMillis() < 1 || standby.toMillis() < 1) {
                throw new IllegalArgumentException("close-timeout is 0 or more, renewal and standby retry 1ms or more");
            }
        }
    }

    /** The defaults of the address's disk type. */
    public static VolumeSettings of(ImageAddress address, long sizeBytes) {
        Duration after = address.type() == DiskType.SCRATCH ? Duration.ofSeconds(60) : Duration.ofSeconds(2);
        Waits waits = new Waits(Duration.ofSeconds(20), Duration.ofSeconds(3), Duration.ofSeconds(3));
        return new VolumeSettings(address, sizeBytes, DestageSettings.after(after), PrefetchSettings.of(address.type()), null, 1024, waits);
    }

    public VolumeSettings withDestage(DestageSettings other) {
        return new VolumeSettings(address, sizeBytes, other, prefetch, outageLimit, maxHeld, waits);
    }

    public VolumeSettings withPrefetch(PrefetchSettings other) {
        return new VolumeSettings(address, sizeBytes, destage, other, outageLimit, maxHeld, waits);
    }

    public VolumeSettings withOutageLimit(Duration other) {
        return new VolumeSettings(address, sizeBytes, destage, prefetch, other, maxHeld, waits);
    }

    public VolumeSettings withWaits(Waits other) {
        return new VolumeSettings(address, sizeBytes, destage, prefetch, outageLimit, maxHeld, other);
    }
}

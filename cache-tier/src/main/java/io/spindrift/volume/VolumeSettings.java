package io.spindrift.volume;

import io.spindrift.image.DiskType;
import io.spindrift.image.Image;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageCatalog;
import io.spindrift.volume.destage.DestageSettings;
import io.spindrift.volume.outage.OutageSettings;
import io.spindrift.volume.prefetch.PrefetchSettings;
import java.time.Duration;

/**
 * One volume.
 *
 * @param sizeBytes of an image that is created here, a multiple of 4 KiB; one that exists has its own size
 * @param outage what it does while its image is away or behind
 * @param waits the spans in which a volume does what it does again and again
 */
public record VolumeSettings(
        ImageAddress address, long sizeBytes, DestageSettings destage, PrefetchSettings prefetch, OutageSettings outage, Waits waits) {
    public VolumeSettings {
        if (sizeBytes < Image.BLOCK_BYTES || sizeBytes % Image.BLOCK_BYTES != 0 || sizeBytes > ImageCatalog.MAX_SIZE_BYTES) {
            throw new IllegalArgumentException("a size is a multiple of 4KiB, 4KiB to 256TiB, not " + sizeBytes + " bytes");
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
        return new VolumeSettings(address, sizeBytes, DestageSettings.after(after), PrefetchSettings.of(address.type()), OutageSettings.DEFAULT, waits);
    }

    public VolumeSettings withDestage(DestageSettings other) {
        return new VolumeSettings(address, sizeBytes, other, prefetch, outage, waits);
    }

    public VolumeSettings withPrefetch(PrefetchSettings other) {
        return new VolumeSettings(address, sizeBytes, destage, other, outage, waits);
    }

    public VolumeSettings withOutage(OutageSettings other) {
        return new VolumeSettings(address, sizeBytes, destage, prefetch, other, waits);
    }

    public VolumeSettings withWaits(Waits other) {
        return new VolumeSettings(address, sizeBytes, destage, prefetch, outage, other);
    }
}

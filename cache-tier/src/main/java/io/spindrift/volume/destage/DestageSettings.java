package io.spindrift.volume.destage;

import io.spindrift.image.Batch;
import java.time.Duration;

/**
 * When and how dirty data goes to the image.
 *
 * @param after how old the oldest record may become before it is sent, 1 ms to 1 day
 * @param batchBytes distinct data in one batch at most, 1 MiB to {@link Batch#MAX_DATA_BYTES}
 * @param inFlight batches that are built or under way at once, 1 to 8
 * @param pushPercent of the journal's capacity, above which batches are sent without waiting for age, 1 to 100
 * @param pushBytes as the percentage, in bytes; 0 for none
 */
public record DestageSettings(Duration after, int batchBytes, int inFlight, int pushPercent, long pushBytes) {
    public DestageSettings {
        if (after.compareTo(Duration.ofMillis(1)) < 0 || after.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("destage-after is 1ms to 1d, not " + after);
        }
        if (batchBytes < 1 << 20 || batchBytes > Batch.MAX_DATA_BYTES) {
            throw new IllegalArgumentException("a batch is 1MiB to 32MiB, not " + batchBytes + " bytes");
        }
        if (inFlight < 1 || inFlight > 8) {
            throw new IllegalArgumentException("batches in flight are 1 to 8, not " + inFlight);
        }
        if (pushPercent < 1 || pushPercent > 100) {
            throw new IllegalArgumentException("destage is pushed at 1 to 100 percent of the journal, not " + pushPercent);
        }
        if (pushBytes < 0) {
            throw new IllegalArgumentException("destage is pushed at 0 bytes or more, not " + pushBytes);
        }
    }

    /** The defaults with this age. */
    public static DestageSettings after(Duration age) {
        return new DestageSettings(age, 16 << 20, 4, 25, 0);
    }

    /** Cuts at the latest so old, and so large. @param bytes 0 for what the journal's size says */
    public DestageSettings within(Duration age, long bytes) {
        return new DestageSettings(age.compareTo(after) < 0 ? age : after, batchBytes, inFlight, pushPercent, bytes);
    }
}

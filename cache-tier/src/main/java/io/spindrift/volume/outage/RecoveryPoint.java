package io.spindrift.volume.outage;

import java.time.Duration;

/**
 * How much the loss of the host may cost: a goal, which the destage works for and which an alarm watches. It is no promise, since a link that is cut
 * stops the destage and not the guest.
 *
 * @param age that the oldest write not in the image may reach; null for any
 * @param bytes acknowledged and not in the image; 0 for any
 */
public record RecoveryPoint(Duration age, long bytes) {
    public static final RecoveryPoint NONE = new RecoveryPoint(null, 0);
    private static final long LEAST_BYTES = 1 << 20;

    public RecoveryPoint {
        if (age != null && (age.compareTo(Duration.ofMillis(10)) < 0 || age.compareTo(Duration.ofDays(7)) > 0)) {
            throw new IllegalArgumentException("a recovery point is 10ms to 7d, not " + age);
        }
        if (bytes != 0 && bytes < LEAST_BYTES) {
            throw new IllegalArgumentException("a recovery point is 1MiB or more, not " + bytes + " bytes");
        }
    }

    public boolean isSet() {
        return age != null || bytes != 0;
    }

    /** The age at which a cut is due, so that half of the goal is left for its way; {@code otherwise} where that is less. */
    public Duration cutAge(Duration otherwise) {
        Duration half = age == null ? otherwise : age.dividedBy(2);
        return half.compareTo(otherwise) < 0 ? half : otherwise;
    }

    /** What may be appended since the last cut before the next is due; 0 for any. */
    public long cutBytes() {
        return bytes / 2;
    }
}

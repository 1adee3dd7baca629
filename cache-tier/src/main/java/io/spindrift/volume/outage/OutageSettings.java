package io.spindrift.volume.outage;

import java.time.Duration;

/**
 * What a volume does while its image is away or behind.
 *
 * @param limit how long a request waits for a storage server that can't be reached, or for room in the journal; null for ever
 * @param maxHeld writes that wait for room in the journal at most, and reads that wait for the image, 1 to 65,536 each
 * @param marks of the journal's fill
 * @param recoveryPoint how much the loss of the host may cost
 */
public record OutageSettings(Duration limit, int maxHeld, Watermarks marks, RecoveryPoint recoveryPoint) {
    public static final OutageSettings DEFAULT = new OutageSettings(null, 1024, Watermarks.DEFAULT, RecoveryPoint.NONE);

    public OutageSettings {
        if (limit != null && limit.toMillis() < 1) {
            throw new IllegalArgumentException("the outage limit is 1ms or more, not " + limit);
        }
        if (maxHeld < 1 || maxHeld > 65_536) {
            throw new IllegalArgumentException("held requests are 1 to 65536, not " + maxHeld);
        }
    }

    public OutageSettings withLimit(Duration other) {
        return new OutageSettings(other, maxHeld, marks, recoveryPoint);
    }

    public OutageSettings withMaxHeld(int other) {
        return new OutageSettings(limit, other, marks, recoveryPoint);
    }

    public OutageSettings withRecoveryPoint(RecoveryPoint other) {
        return new OutageSettings(limit, maxHeld, marks, other);
    }
}

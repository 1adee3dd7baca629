package io.spindrift.volume;

import io.spindrift.block.Readiness;

/** Where a volume stands. */
public enum VolumeState {
    /** Journal, lease and recovery are under way, or the storage server can't be reached yet. */
    OPENING(Readiness.BECOMING_READY),
    /** Another host holds the lease; it is asked for again every few seconds. */
    STANDBY(Readiness.STANDBY),
    /** Only the operator can decide how it goes on. */
    REFUSED(Readiness.UNAVAILABLE),
    /** Serving. */
    READY(Readiness.READY),
    /** Another host has taken the lease: nothing is served any more. */
    FENCED(Readiness.UNAVAILABLE),
    /** Bringing what is left into the image. */
    CLOSING(Readiness.UNAVAILABLE),
    CLOSED(Readiness.UNAVAILABLE);

    private final Readiness readiness;

    VolumeState(Readiness readiness) {
        this.readiness = readiness;
    }

    Readiness readiness() {
        return readiness;
    }
}

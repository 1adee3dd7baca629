package io.spindrift.block;

/** Hears of changes that an initiator must be told of. Called on the device's home loop. */
public interface DeviceListener {
    /** {@link BlockDevice#geometry()} has changed (online resize). */
    void geometryChanged();

    /** {@link BlockDevice#readiness()} has changed. */
    void readinessChanged();
}

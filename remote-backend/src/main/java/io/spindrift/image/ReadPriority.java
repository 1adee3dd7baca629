package io.spindrift.image;

/** Who waits for a read. Demand goes ahead of everything else, on both sides of the wire. */
public enum ReadPriority {
    /** A guest waits. */
    DEMAND,
    /** A stream or a boot profile will want it soon. */
    PREFETCH,
    /** Idle hydration, checks. */
    BULK
}

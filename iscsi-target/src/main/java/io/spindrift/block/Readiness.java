package io.spindrift.block;

/** Whether a device can serve its medium now; INQUIRY and READ CAPACITY are answered in every state. */
public enum Readiness {
    /** Media access is served. */
    READY,
    /** Recovery or attach is under way and ends by itself: 02h/04h/01h. */
    BECOMING_READY,
    /** Another host holds the lease; this one waits for it: 02h/04h/0Bh (target port in standby state). */
    STANDBY,
    /** This host was fenced, or the operator must decide: 02h/04h/0Ch (target port in unavailable state). */
    UNAVAILABLE
}

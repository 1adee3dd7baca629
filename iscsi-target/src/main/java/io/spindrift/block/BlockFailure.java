package io.spindrift.block;

/** Why a request on a {@link BlockDevice} was not carried out; each constant says what the caller must do. */
public enum BlockFailure {
    /** The data or the medium is out of reach for longer than the device was told to wait: try again later. */
    UNAVAILABLE,
    /** More requests wait already than the device holds, and nothing of this one was done: send fewer, try again soon. */
    BUSY,
    /** Another host owns the disk now: stop, reads included. */
    FENCED,
    /** The data failed its checksum and no good copy was found: raise the alarm, never serve it. */
    CORRUPT,
    /** There is no room and none is coming by waiting. */
    FULL,
    /** The request is outside of the geometry or malformed: a defect of the caller. */
    INVALID,
    /** The device is closed, or was while the request waited. */
    CLOSED
}

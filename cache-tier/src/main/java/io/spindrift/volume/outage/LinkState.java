package io.spindrift.volume.outage;

/** How a volume stands to its image. */
public enum LinkState {
    /** The image can be reached, and takes what it is sent. */
    UP,
    /** The image can't be reached, or its store doesn't answer: tried again. */
    DOWN,
    /** The image is there, its store has no room: tried again. */
    FULL,
    /** The image refuses what comes next, which waiting does not mend; the journal keeps everything. */
    ALARM,
    /** Another host has the image: nothing is asked of it any more. */
    FENCED;

    /** Whether it may go on by itself. */
    public boolean waits() {
        return this == DOWN || this == FULL;
    }
}

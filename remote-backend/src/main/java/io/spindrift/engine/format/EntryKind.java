package io.spindrift.engine.format;

/** What an entry of an image's log does. The order is the byte's value and never changes. */
public enum EntryKind {
    /** Gives the lease: from here on only entries of its epoch count. */
    LEASE,
    /** Gives it back, with everything in the image. */
    RELEASE,
    /** Applies cuts: blocks and unmaps. */
    SEGMENT,
    /** Changes the size. */
    RESIZE,
    /** Moves blocks that nobody changed to a new place. */
    COMPACT,
    /** Ends the image. */
    DELETED;

    private static final EntryKind[] VALUES = values();

    /** @return null where there is no such kind */
    static EntryKind of(int value) {
        return value >= 0 && value < VALUES.length ? VALUES[value] : null;
    }
}

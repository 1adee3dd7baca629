package io.spindrift.bench;

/** What the commands of a load are. */
public enum Work {
    /** Reads at random places. */
    RANDREAD,
    /** Writes at random places. */
    RANDWRITE,
    /** Reads and writes at random places. */
    RANDRW,
    /** Reads in order, again from the start at the end of the range. */
    READ,
    /** Writes in order, again from the start at the end of the range. */
    WRITE,
    /** Reads and writes in order. */
    RW,
    /** Writes the range once. */
    FILL,
    /** Reads the range once. */
    SCAN;

    boolean inOrder() {
        return switch (this) {
            case RANDREAD, RANDWRITE, RANDRW -> false;
            default -> true;
        };
    }

    /** Whether the range is gone through once and the load ends then, however long it takes. */
    public boolean once() {
        return this == FILL || this == SCAN;
    }

    boolean writes() {
        return this != RANDREAD && this != READ && this != SCAN;
    }

    boolean reads() {
        return this != RANDWRITE && this != WRITE && this != FILL;
    }
}

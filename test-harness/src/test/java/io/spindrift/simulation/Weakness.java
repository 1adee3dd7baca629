package io.spindrift.simulation;

/** A law's safeguard taken away by a double, to show that the simulation finds out. */
enum Weakness {
    NONE,
    /** Recovery finds the journal empty. */
    NO_REPLAY,
    /** Writes are acknowledged before the operating system has them. */
    EARLY_ACKNOWLEDGE,
    /** A batch carries the newest version of each block in place of the one at its cut. */
    CUT_FROM_MAP,
    /** The storage server takes batches of any epoch. */
    NO_FENCE,
    /** The image is said not to have changed since the cache was last used. */
    OLD_CACHE,
    /** A flush does not sync. */
    NO_SYNC,
    /** A batch reaches the image without its last extent. */
    PART_OF_BATCH,
    /** A lease that was not given back is taken to be free once its holder is silent. */
    EXPIRED_IS_FREE,
    /** What can't be reached is an error after a second. */
    NO_PATIENCE,
    /** What the store brings is not compared with its checksums. */
    UNCHECKED
}

package io.spindrift.scsi.unit;

import io.spindrift.scsi.Nexus;

/**
 * What a family of commands keeps for one logical unit, found again with {@link LogicalUnit#part}. Made with the unit, goes with it; lives on
 * the target's home loop.
 */
public interface UnitPart {
    UnitPart NOTHING = new UnitPart() {};

    /** The unit was reset (SAM-6 6.3.3): its commands have ended. */
    default void reset() {}

    /** A nexus is gone (SAM-6 6.3.4). */
    default void nexusLost(Nexus nexus) {}

    /** The unit's store has other values than before, or has settled: what was loaded from it is loaded again. */
    default void storeChanged() {}

    /** The unit is no longer presented. */
    default void removed() {}
}

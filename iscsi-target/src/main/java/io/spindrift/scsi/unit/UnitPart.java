package io.spindrift.scsi.unit;

import io.spindrift.scsi.Nexus;
import io.spindrift.scsi.sense.AdditionalSense;
import java.util.function.Predicate;

/**
 * What a family of commands keeps for one logical unit, found again with {@link LogicalUnit#part}. Made with the unit, goes with it; lives on
 * the target's home loop.
 */
public interface UnitPart {
    UnitPart NOTHING = new UnitPart() {};

    /** The codes of the vital product data pages that the family adds to the unit's. */
    default int[] pages() {
        return new int[0];
    }

    /** One of {@link #pages}, whole. */
    default byte[] page(int code) {
        throw new IllegalArgumentException("no page " + code);
    }

    /** The unit was reset (SAM-6 6.3.3): its commands have ended. */
    default void reset() {}

    /** Mode pages are now different, whoever changed them. */
    default void modesChanged() {}

    /** What REQUEST SENSE tells where neither a unit attention nor the medium's state is to be told. @return null for nothing */
    default AdditionalSense noted() {
        return null;
    }

    /** A unit attention condition was reported to a nexus and is gone. */
    default void attentionTold(Nexus nexus, AdditionalSense condition) {}

    /** Nexuses were preempted with PREEMPT AND ABORT (SPC-5 5.14.11.2.6): what they hold beside their registrations goes too. */
    default void preempted(Predicate<Nexus> whose) {}

    /** A nexus is gone (SAM-6 6.3.4). */
    default void nexusLost(Nexus nexus) {}

    /** The unit's store has other values than before, or has settled: what was loaded from it is loaded again. */
    default void storeChanged() {}

    /** The device's readiness is another than before. */
    default void readinessChanged() {}

    /** The unit is no longer presented. */
    default void removed() {}
}

package io.spindrift.scsi.sense;

import java.util.ArrayDeque;

/**
 * The unit attentions of one logical unit that wait for one nexus (SAM-6 5.14). Each condition waits at most once, so the queue
 * is as long as the list below at most; what comes first in the list is reported first. Reached thresholds are conditions of their own, one for each
 * threshold descriptor. A reset says all that a lesser reset would, so it takes the lesser one's place. Lives on the target's home loop, owned by the logical unit.
 */
public final class UnitAttentions {
    /** In the order of precedence: the resets, from the greatest down, then lost commands, then the inventory, then changes of the unit. */
    private static final AdditionalSense[] PRECEDENCE = {
        AdditionalSense.POWER_ON,
        AdditionalSense.BUS_DEVICE_RESET,
        AdditionalSense.NEXUS_LOSS,
        AdditionalSense.COMMANDS_CLEARED,
        AdditionalSense.REPORTED_LUNS_CHANGED,
        AdditionalSense.MEDIUM_MAY_HAVE_CHANGED,
        AdditionalSense.CAPACITY_CHANGED,
        AdditionalSense.MODE_PARAMETERS_CHANGED,
        AdditionalSense.RESERVATIONS_PREEMPTED,
        AdditionalSense.RESERVATIONS_RELEASED,
        AdditionalSense.REGISTRATIONS_PREEMPTED,
        AdditionalSense.ACCESS_STATE_CHANGED,
        AdditionalSense.SOFT_THRESHOLD_REACHED,
        AdditionalSense.TEST_EXCEPTION,
    };
    private static final int RESETS = 0b111;

    private int pending;
    /** Reached thresholds by what names them in the sense data; made when there is one. */
    private ArrayDeque<Long> thresholds;

    /** Establishes a condition. */
    public void establish(AdditionalSense condition) {
        int bit = 1 << rank(condition);
        if ((bit & RESETS) == 0) {
            pending |= bit;
            return;
        }
        int resets = (pending & RESETS) | bit;
        pending = (pending & ~RESETS) | Integer.lowestOneBit(resets);
    }

    /** Establishes that a threshold is reached. @param descriptor where its descriptor begins in the mode page (SBC-4 4.7.3.8) */
    public void thresholdReached(long descriptor) {
        if (thresholds == null) {
            thresholds = new ArrayDeque<>();
        }
        if (!thresholds.contains(descriptor)) {
            thresholds.add(descriptor);
        }
        establish(AdditionalSense.SOFT_THRESHOLD_REACHED);
    }

    /** Forgets a condition, reported or not. */
    public void clear(AdditionalSense condition) {
        pending &= ~(1 << rank(condition));
        if (condition == AdditionalSense.SOFT_THRESHOLD_REACHED) {
            thresholds = null;
        }
    }

    public boolean isEmpty() {
        return pending == 0;
    }

    /** Takes the next condition out. @return null where none waits */
    public SenseData poll() {
        if (pending == 0) {
            return null;
        }
        int bit = Integer.lowestOneBit(pending);
        AdditionalSense condition = PRECEDENCE[Integer.numberOfTrailingZeros(bit)];
        if (condition == AdditionalSense.SOFT_THRESHOLD_REACHED) {
            return pollThreshold();
        }
        pending &= ~bit;
        return SenseData.of(condition);
    }

    private SenseData pollThreshold() {
        long descriptor = thresholds.poll();
        if (thresholds.isEmpty()) {
            clear(AdditionalSense.SOFT_THRESHOLD_REACHED);
        }
        return SenseData.at(AdditionalSense.SOFT_THRESHOLD_REACHED, descriptor);
    }

    /** What {@link #poll} would take. @return null where none waits */
    public AdditionalSense peek() {
        return pending == 0 ? null : PRECEDENCE[Integer.numberOfTrailingZeros(pending)];
    }

    /** How many conditions wait. */
    public int count() {
        return Integer.bitCount(pending);
    }

    private static int rank(AdditionalSense condition) {
        for (int i = 0; i < PRECEDENCE.length; i++) {
            if (PRECEDENCE[i] == condition) {
                return i;
            }
        }
        throw new IllegalArgumentException(condition + " is not a unit attention condition");
    }
}

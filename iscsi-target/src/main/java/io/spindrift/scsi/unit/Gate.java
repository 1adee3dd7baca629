package io.spindrift.scsi.unit;

import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.ScsiTarget;
import io.spindrift.scsi.sense.SenseData;

/**
 * Refuses commands for as long as something lasts: a reservation, a medium that is out, a sanitize operation. It is put in place with
 * {@link LogicalUnit#close(Gate)} when it begins and taken away with {@link LogicalUnit#open(Gate)} when it ends, so that a unit with none of
 * them pays for none.
 */
public interface Gate {
    /** Asked in both dispatches. @return 0 to let the command pass, or {@link ScsiTarget#REFUSED} where it has been completed */
    int refuse(LogicalUnit unit, Opcode entry, ScsiCommand command);

    /** What REQUEST SENSE tells while it is in place, where no unit attention waits. @return null for nothing of its own */
    default SenseData sense() {
        return null;
    }

    /** Whether its refusal is told before a unit attention that waits (SAM-6 5.3.3: RESERVATION CONFLICT goes before CHECK CONDITION). */
    default boolean goesBeforeAttention() {
        return false;
    }
}

package io.spindrift.scsi.unit;

import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.ScsiTarget;

/**
 * A family of commands: its rows of the opcode table, and what it keeps for each unit. Each package of handlers has one, and the target
 * lists them, so that the unit knows none of those who know it. Made with the target; lives on its home loop.
 */
public interface CommandFamily {
    /** Adds the family's rows to the table of a target; called once. */
    void addTo(OpcodeTable.Rows rows);

    /** What the family keeps for a unit that is being made; {@link UnitPart#NOTHING} where it keeps nothing. */
    default UnitPart partOf(LogicalUnit unit) {
        return UnitPart.NOTHING;
    }

    /** As {@link ScsiTarget#abort}. @return false where the command is not one of the family's that can be taken back */
    default boolean abort(ScsiCommand command) {
        return false;
    }
}

package io.spindrift.scsi.media;

import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.unit.LogicalUnit;

/** The commands of disks that move: START STOP UNIT and PREVENT ALLOW MEDIUM REMOVAL. */
final class MediumCommands {
    private MediumCommands() {}

    /**
     * There is no motor: starting is GOOD, stopping makes what was written durable first (unless NO_FLUSH) and changes nothing else.
     * Loading, ejecting and power conditions are refused.
     */
    static void startStop(LogicalUnit unit, ScsiCommand command) {
        byte[] cdb = command.cdb;
        boolean start = Cdb.bit(cdb, 4, 0);
        boolean noFlush = Cdb.bit(cdb, 4, 2);
        if (Cdb.bit(cdb, 4, 1)) {
            unit.invalidField(command, 4, 1);
        } else if ((cdb[4] & 0xF0) != 0) {
            unit.invalidField(command, 4, 7);
        } else if (start || noFlush) {
            unit.good(command);
        } else {
            MediaCommands.flush(unit, command, Cdb.bit(cdb, 1, 0));
        }
    }

    /** A fixed disk: nothing can be removed, so both preventing and allowing are GOOD; the other values are obsolete. */
    static void preventRemoval(LogicalUnit unit, ScsiCommand command) {
        if ((command.cdb[4] & 0x02) != 0) {
            unit.invalidField(command, 4, 1);
        } else {
            unit.good(command);
        }
    }
}

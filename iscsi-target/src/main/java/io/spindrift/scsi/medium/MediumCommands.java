package io.spindrift.scsi.medium;

import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.media.MediaCommands;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.unit.LogicalUnit;

/** START STOP UNIT (SBC-4 5.30) and PREVENT ALLOW MEDIUM REMOVAL (SBC-4 5.15). */
final class MediumCommands {
    private static final int START_BIT = 0;
    private static final int LOEJ_BIT = 1;
    private static final int NO_FLUSH_BIT = 2;
    private static final int IMMED_BIT = 0;

    private MediumCommands() {}

    /**
     * There is no motor: starting is GOOD, stopping makes what was written durable first (unless NO_FLUSH) and changes nothing else; a medium that can be
     * removed is loaded and ejected. A power condition is GOOD, since there is nothing to save; with one, START and LOEJ mean nothing.
     */
    static void startStop(LogicalUnit unit, ScsiCommand command) {
        byte[] cdb = command.cdb;
        if ((cdb[4] & 0xF0) != 0) {
            unit.good(command);
        } else if (Cdb.bit(cdb, 4, LOEJ_BIT)) {
            loadOrEject(unit, command, Cdb.bit(cdb, 4, START_BIT));
        } else if (Cdb.bit(cdb, 4, START_BIT) || Cdb.bit(cdb, 4, NO_FLUSH_BIT)) {
            unit.good(command);
        } else {
            MediaCommands.flush(unit, command, Cdb.bit(cdb, 1, IMMED_BIT));
        }
    }

    /** What is written stays where it is; making it durable before the medium goes is the least that is expected. */
    private static void loadOrEject(LogicalUnit unit, ScsiCommand command, boolean load) {
        MediumPart medium = MediumPart.of(unit);
        if (!unit.settings().removable()) {
            unit.invalidField(command, 4, LOEJ_BIT);
        } else if (medium.isKept()) {
            unit.fail(command, AdditionalSense.REMOVAL_PREVENTED);
        } else if (load) {
            medium.load(command.nexus);
            unit.good(command);
        } else {
            medium.eject();
            if (Cdb.bit(command.cdb, 4, NO_FLUSH_BIT)) {
                unit.good(command);
            } else {
                MediaCommands.flush(unit, command, Cdb.bit(command.cdb, 1, IMMED_BIT));
            }
        }
    }

    /** On a fixed disk nothing can be removed, so both preventing and allowing are GOOD; the values above are obsolete. */
    static void preventRemoval(LogicalUnit unit, ScsiCommand command) {
        if ((command.cdb[4] & 0x02) != 0) {
            unit.invalidField(command, 4, 1);
            return;
        }
        if (unit.settings().removable()) {
            MediumPart.of(unit).prevent(command.nexus, Cdb.bit(command.cdb, 4, 0));
        }
        unit.good(command);
    }
}

package io.spindrift.scsi.reserve;

import io.spindrift.scsi.Nexus;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.unit.Opcode;

/**
 * Which commands run while somebody else has a reservation: SPC-5 table 66, SBC-4 table 12 and, for RESERVE, SPC-2 table 10. For persistent
 * reservations it stands in the traits of each row of the opcode table; here is what depends on a field of the CDB.
 */
final class Conflicts {
    private static final int START_STOP_UNIT = 0x1B;
    private static final int PREVENT_ALLOW_MEDIUM_REMOVAL = 0x1E;

    private Conflicts() {}

    static boolean passesPersistent(PersistentReservations state, Opcode entry, ScsiCommand command) {
        if (state.type() == null || isHarmless(entry, command.cdb)) {
            return true;
        }
        Registrant from = Registrant.of(command.nexus);
        return state.mayWrite(from) || entry.is(Opcode.Trait.READS_ONLY) && state.mayRead(from);
    }

    private static boolean isHarmless(Opcode entry, byte[] cdb) {
        switch (entry.code()) {
            case START_STOP_UNIT:
                return startsOnly(cdb);
            case PREVENT_ALLOW_MEDIUM_REMOVAL:
                return allows(cdb);
            default:
                return entry.is(Opcode.Trait.IGNORES_RESERVATION);
        }
    }

    /** START = 1, POWER CONDITION = 0. */
    private static boolean startsOnly(byte[] cdb) {
        return (cdb[4] & 0xF1) == 0x01;
    }

    private static boolean allows(byte[] cdb) {
        return (cdb[4] & 0x03) == 0;
    }

    /** @param reserver null where nobody reserved */
    static boolean passesReserve(Nexus reserver, ScsiCommand command) {
        if (reserver == null) {
            return true;
        }
        int code = Cdb.u8(command.cdb, 0);
        boolean persistent = code == 0x5E || code == 0x5F;
        return !persistent && (reserver.equals(command.nexus) || passesForeignReserve(code, command.cdb));
    }

    private static boolean passesForeignReserve(int code, byte[] cdb) {
        switch (code) {
            case 0x03: // REQUEST SENSE
            case 0x12: // INQUIRY
            case 0x16: // RESERVE(6), which conflicts by itself
            case 0x17: // RELEASE(6), which changes nothing
            case 0x25: // READ CAPACITY(10)
            case 0x4D: // LOG SENSE
            case 0x56: // RESERVE(10)
            case 0x57: // RELEASE(10)
            case 0xA0: // REPORT LUNS
            case 0xA3: // the reports of MAINTENANCE IN
                return true;
            case 0x9E:
                return (cdb[1] & 0x1F) == 0x10; // READ CAPACITY(16)
            case START_STOP_UNIT:
                return startsOnly(cdb);
            case PREVENT_ALLOW_MEDIUM_REMOVAL:
                return allows(cdb);
            default:
                return false;
        }
    }
}

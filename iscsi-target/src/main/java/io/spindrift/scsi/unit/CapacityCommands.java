package io.spindrift.scsi.unit;

import io.spindrift.block.BlockGeometry;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.data.ParameterData;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;

/** READ CAPACITY (SBC-4 5.20, 5.21), GET LBA STATUS (5.9), and the commands of disks that move: START STOP UNIT and PREVENT ALLOW MEDIUM REMOVAL. */
final class CapacityCommands {
    private static final long MORE_THAN_32_BITS = 0xFFFF_FFFFL;

    private CapacityCommands() {}

    static void readCapacity10(LogicalUnit unit, ScsiCommand command) {
        boolean partialMedium = Cdb.bit(command.cdb, 8, 0);
        if (!partialMedium && Cdb.u32(command.cdb, 2) != 0) {
            unit.invalidField(command, 2);
            return;
        }
        BlockGeometry geometry = unit.geometry();
        long last = Math.min(geometry.blockCount() - 1, MORE_THAN_32_BITS);
        unit.data(command, new ParameterData().u32(last).u32(geometry.blockLength()).toBytes(), Long.MAX_VALUE);
    }

    static void readCapacity16(LogicalUnit unit, ScsiCommand command) {
        BlockGeometry geometry = unit.geometry();
        int exponent = Integer.numberOfTrailingZeros(geometry.physicalBlockLength() / geometry.blockLength());
        byte[] bytes = new ParameterData()
                .u64(geometry.blockCount() - 1)
                .u32(geometry.blockLength())
                .u8(0x00) // no protection information
                .u8(exponent)
                .u16(0xC000) // LBPME = 1, LBPRZ = 1, lowest aligned LBA 0
                .zeros(16)
                .toBytes();
        unit.data(command, bytes, Cdb.u32(command.cdb, 10));
    }

    static int planLbaStatus(LogicalUnit unit, ScsiCommand command) {
        long lba = Cdb.s64(command.cdb, 2);
        if (lba >= 0 && lba < unit.geometry().blockCount()) {
            return 0;
        }
        return unit.fail(command, SenseData.field(AdditionalSense.LBA_OUT_OF_RANGE, 2, SenseData.NONE));
    }

    /**
     * One descriptor for everything up to the end of the unit: mapped, or unknown, which is the same value and always true. What is deallocated
     * is not told, because a device is not asked for it; reading it gives zeros all the same.
     */
    static void lbaStatus(LogicalUnit unit, ScsiCommand command) {
        long lba = Cdb.s64(command.cdb, 2);
        long blocks = Math.min(unit.geometry().blockCount() - lba, MORE_THAN_32_BITS);
        byte[] bytes = new ParameterData()
                .u32(4 + 16)
                .u32(0)
                .u64(lba)
                .u32(blocks)
                .u8(0x00) // mapped or unknown
                .zeros(3)
                .toBytes();
        unit.data(command, bytes, Cdb.u32(command.cdb, 10));
    }

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

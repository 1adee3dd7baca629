package io.spindrift.scsi.media;

import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.data.ParameterData;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;
import io.spindrift.scsi.unit.LogicalUnit;

/** GET LBA STATUS (SBC-4 5.9). */
final class LbaStatus {
    private static final long MORE_THAN_32_BITS = 0xFFFF_FFFFL;

    private LbaStatus() {}

    static int plan(LogicalUnit unit, ScsiCommand command) {
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
    static void report(LogicalUnit unit, ScsiCommand command) {
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
}

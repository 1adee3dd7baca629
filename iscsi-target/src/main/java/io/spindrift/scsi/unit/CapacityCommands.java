package io.spindrift.scsi.unit;

import io.spindrift.block.BlockGeometry;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.data.ParameterData;

/** READ CAPACITY (SBC-4 5.20, 5.21). */
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
}

package io.spindrift.scsi.medium;

import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.data.ParameterData;
import io.spindrift.scsi.unit.LogicalUnit;

/** READ DEFECT DATA(10) and (12) (SBC-4 5.20, 5.21): both lists are there, in whatever format, and empty. */
final class DefectData {
    /** REQ_PLIST, REQ_GLIST and the format, which the answer repeats as PLISTV, GLISTV and the format. */
    private static final int ASKED = 0x1F;

    private DefectData() {}

    static void report10(LogicalUnit unit, ScsiCommand command) {
        byte[] data = new ParameterData().u8(0).u8(command.cdb[2] & ASKED).u16(0).toBytes();
        unit.data(command, data, Cdb.u16(command.cdb, 7));
    }

    static void report12(LogicalUnit unit, ScsiCommand command) {
        byte[] data = new ParameterData().u8(0).u8(command.cdb[1] & ASKED).u16(0).u32(0).toBytes();
        unit.data(command, data, Cdb.u32(command.cdb, 6));
    }
}

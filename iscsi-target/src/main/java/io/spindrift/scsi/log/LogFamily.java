package io.spindrift.scsi.log;

import io.spindrift.scsi.unit.CommandFamily;
import io.spindrift.scsi.unit.LogicalUnit;
import io.spindrift.scsi.unit.Opcode;
import io.spindrift.scsi.unit.OpcodeTable;
import io.spindrift.scsi.unit.UnitPart;
import java.util.Set;

/** LOG SENSE, SEND DIAGNOSTIC and RECEIVE DIAGNOSTIC RESULTS, and the thresholds that each unit watches. Made with the target. */
public final class LogFamily implements CommandFamily {
    @Override
    public UnitPart partOf(LogicalUnit unit) {
        return new LogPart(unit);
    }

    @Override
    public void addTo(OpcodeTable.Rows rows) {
        rows.add("LOG SENSE", "4D 00 FF FF 00 FF FF FF FF 04", Opcode.ABOUT, Opcode.NO_DATA, LogCommands::sense);
        rows.add("RECEIVE DIAGNOSTIC RESULTS", "1C 01 FF FF FF 04", Opcode.ABOUT, Opcode.NO_DATA, DiagnosticCommands::receive);
        rows.add("SEND DIAGNOSTIC", "1D F7 00 FF FF 04", Set.of(), DiagnosticCommands::planSend, DiagnosticCommands::send);
    }
}

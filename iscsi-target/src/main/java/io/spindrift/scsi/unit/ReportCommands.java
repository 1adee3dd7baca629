package io.spindrift.scsi.unit;

import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.data.ParameterData;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;

/** Commands that tell about the unit and its target: REQUEST SENSE and the MAINTENANCE IN reports (SPC-5 6.35 to 6.38). */
final class ReportCommands {
    private static final int RCTD_BIT = 7;
    /** ABORT TASK, ABORT TASK SET, CLEAR TASK SET, LOGICAL UNIT RESET, QUERY TASK, TARGET RESET (SPC-5 6.37). */
    private static final int TASK_MANAGEMENT_FUNCTIONS = 0x80 | 0x40 | 0x10 | 0x08 | 0x04 | 0x02;
    /** QUERY ASYNCHRONOUS EVENT, QUERY TASK SET, I_T NEXUS RESET; a transport offers them where its session knows them. */
    private static final int MORE_FUNCTIONS = 0x04 | 0x02 | 0x01;

    private ReportCommands() {}

    /** Returns a unit attention that waits, and takes it; else what a command that needs the medium would be told now; else what is worth a note. */
    static void requestSense(LogicalUnit unit, ScsiCommand command) {
        SenseData sense = unit.pollAttention(command.nexus);
        if (sense == null) {
            sense = unit.gateSense();
        }
        if (sense == null) {
            sense = SenseData.of(state(unit));
        }
        boolean descriptor = Cdb.bit(command.cdb, 1, 0);
        unit.data(command, sense.encode(descriptor), Cdb.u8(command.cdb, 4));
    }

    private static AdditionalSense state(LogicalUnit unit) {
        AdditionalSense unready = unit.readinessSense();
        if (unready != null) {
            return unready;
        }
        AdditionalSense noted = unit.noted();
        return noted != null ? noted : AdditionalSense.NO_ADDITIONAL_SENSE;
    }

    static void operationCodes(LogicalUnit unit, ScsiCommand command) {
        byte[] cdb = command.cdb;
        int code = Cdb.u8(cdb, 3);
        boolean hasActions = unit.opcodes().knows(code) && unit.opcodes().hasServiceActions(code);
        boolean timeouts = Cdb.bit(cdb, 2, RCTD_BIT);
        byte[] bytes;
        switch (cdb[2] & 0x07) {
            case 0:
                bytes = allOperationCodes(unit.opcodes(), timeouts);
                break;
            case 1:
                bytes = hasActions ? null : oneOperationCode(unit.opcodes().find(code, 0), timeouts);
                break;
            case 2:
                bytes = unit.opcodes().knows(code) && !hasActions ? null : oneOperationCode(action(unit, cdb, code), timeouts);
                break;
            case 3:
                bytes = oneOperationCode(action(unit, cdb, code), timeouts);
                break;
            default:
                unit.invalidField(command, 2, 2);
                return;
        }
        if (bytes == null) {
            unit.invalidField(command, 3);
        } else {
            unit.data(command, bytes, Cdb.u32(cdb, 6));
        }
    }

    private static Opcode action(LogicalUnit unit, byte[] cdb, int code) {
        return unit.opcodes().find(code, Cdb.u16(cdb, 4));
    }

    /** SPC-5 6.36.2. */
    private static byte[] allOperationCodes(OpcodeTable table, boolean timeouts) {
        ParameterData data = new ParameterData();
        int descriptor = timeouts ? 20 : 8;
        data.u32((long) descriptor * table.all().size());
        for (Opcode entry : table.all()) {
            data.u8(entry.code()).u8(0).u16(entry.hasServiceAction() ? entry.serviceAction() : 0).u8(0);
            data.u8((timeouts ? 0x02 : 0) | (entry.hasServiceAction() ? 0x01 : 0)).u16(entry.cdbLength());
            if (timeouts) {
                timeouts(data);
            }
        }
        return data.toBytes();
    }

    /** SPC-5 6.36.3. @param entry null where the command is not supported */
    private static byte[] oneOperationCode(Opcode entry, boolean timeouts) {
        if (entry == null) {
            return new ParameterData().u8(0).u8(0x01).u16(0).toBytes();
        }
        ParameterData data = new ParameterData().u8(0).u8((timeouts ? 0x80 : 0) | 0x03).u16(entry.cdbLength()).bytes(entry.usage());
        return timeouts ? timeouts(data).toBytes() : data.toBytes();
    }

    /** SPC-5 6.36.4: no nominal or recommended timeouts are given. */
    private static ParameterData timeouts(ParameterData data) {
        return data.u16(0x000A).zeros(10);
    }

    static void taskManagementFunctions(LogicalUnit unit, ScsiCommand command) {
        long allocationLength = Cdb.u32(command.cdb, 6);
        if (allocationLength < 4) {
            unit.invalidField(command, 6);
            return;
        }
        boolean extended = Cdb.bit(command.cdb, 2, 7);
        ParameterData data = new ParameterData().u8(TASK_MANAGEMENT_FUNCTIONS).u8(MORE_FUNCTIONS).u8(0).u8(extended ? 0x0C : 0);
        unit.data(command, (extended ? data.zeros(12) : data).toBytes(), allocationLength);
    }
}

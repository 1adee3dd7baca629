package io.spindrift.scsi.target;

import io.netty.buffer.Unpooled;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;
import io.spindrift.scsi.unit.InquiryCommands;
import io.spindrift.scsi.unit.LogicalUnit;
import io.spindrift.scsi.unit.LogicalUnitSettings;

/**
 * Answers for LUNs that name no logical unit (SAM-6 4.7.4, SPC-5 6.7.2): INQUIRY and REQUEST SENSE say so, REPORT LUNS is served at
 * LUN 0, all else is refused. Lives on the target's home loop.
 */
final class AbsentUnit {
    /** PERIPHERAL QUALIFIER 1, type 1Fh: nothing is here now, but a unit could be. */
    private static final byte NOTHING_CONNECTED = 0x3F;
    /** PERIPHERAL QUALIFIER 3, type 1Fh: no unit is ever here. */
    private static final byte NOT_CAPABLE = 0x7F;
    private static final int INQUIRY = 0x12;
    private static final int REQUEST_SENSE = 0x03;
    private static final int REPORT_LUNS = 0xA0;

    private final LunInventory inventory;

    AbsentUnit(LunInventory inventory) {
        this.inventory = inventory;
    }

    int plan(ScsiCommand command) {
        int code = command.cdb[0] & 0xFF;
        if (code == INQUIRY || code == REQUEST_SENSE || code == REPORT_LUNS && LunInventory.isZero(command.lun)) {
            return 0;
        }
        return LogicalUnit.checkCondition(command, SenseData.of(AdditionalSense.UNIT_NOT_SUPPORTED), false);
    }

    void execute(ScsiCommand command) {
        switch (command.cdb[0] & 0xFF) {
            case INQUIRY:
                inquiry(command);
                break;
            case REQUEST_SENSE:
                requestSense(command);
                break;
            case REPORT_LUNS:
                reportLuns(command);
                break;
            default:
                // The unit went between the two dispatches.
                LogicalUnit.checkCondition(command, SenseData.of(AdditionalSense.UNIT_NOT_SUPPORTED), false);
        }
    }

    private void inquiry(ScsiCommand command) {
        if (Cdb.bit(command.cdb, 1, 0) || command.cdb[2] != 0) {
            LogicalUnit.checkCondition(command, SenseData.field(AdditionalSense.INVALID_FIELD_IN_CDB, 2, SenseData.NONE), false);
            return;
        }
        byte qualifier = LunInventory.isZero(command.lun) ? NOTHING_CONNECTED : NOT_CAPABLE;
        answer(command, InquiryCommands.standard(qualifier, false, LogicalUnitSettings.Text.defaults()), Cdb.u16(command.cdb, 3));
    }

    private static void requestSense(ScsiCommand command) {
        boolean descriptor = Cdb.bit(command.cdb, 1, 0);
        answer(command, SenseData.of(AdditionalSense.UNIT_NOT_SUPPORTED).encode(descriptor), Cdb.u8(command.cdb, 4));
    }

    private void reportLuns(ScsiCommand command) {
        byte[] list = LunCommands.lunList(inventory, Cdb.u8(command.cdb, 2));
        if (list == null) {
            LogicalUnit.checkCondition(command, SenseData.field(AdditionalSense.INVALID_FIELD_IN_CDB, 2, SenseData.NONE), false);
        } else {
            answer(command, list, Cdb.u32(command.cdb, 6));
        }
    }

    private static void answer(ScsiCommand command, byte[] bytes, long allocationLength) {
        int length = (int) Math.min(bytes.length, allocationLength);
        command.transferLength = length;
        command.dataIn = length == 0 ? null : Unpooled.wrappedBuffer(bytes, 0, length);
        command.responder.completed(command);
    }
}

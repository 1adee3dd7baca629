package io.spindrift.scsi.log;

import io.netty.buffer.ByteBufUtil;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.data.ParameterData;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;
import io.spindrift.scsi.unit.LogicalUnit;

/**
 * SEND DIAGNOSTIC and RECEIVE DIAGNOSTIC RESULTS (SPC-5 6.42, 6.33). The default self-test is a flush: the way from here to what survives power loss
 * works. Longer self-tests there are none; of diagnostic pages there is the list of them (00h).
 */
final class DiagnosticCommands {
    private static final int SUPPORTED_PAGES = 0x00;
    private static final int PAGE_HEADER = 4;
    private static final int SELF_TEST_CODE_BIT = 7;
    private static final int PF_BIT = 4;
    private static final int SELFTEST_BIT = 2;
    private static final int PCV_BIT = 0;

    private DiagnosticCommands() {}

    static void receive(LogicalUnit unit, ScsiCommand command) {
        boolean named = Cdb.bit(command.cdb, 1, PCV_BIT);
        if (named && command.cdb[2] != SUPPORTED_PAGES) {
            unit.invalidField(command, 2);
            return;
        }
        byte[] page = new ParameterData().u8(SUPPORTED_PAGES).u8(0).u16(1).u8(SUPPORTED_PAGES).toBytes();
        unit.data(command, page, Cdb.u16(command.cdb, 3));
    }

    static int planSend(LogicalUnit unit, ScsiCommand command) {
        byte[] cdb = command.cdb;
        int length = Cdb.u16(cdb, 3);
        if ((cdb[1] & 0xE0) != 0) {
            return unit.invalidField(command, 1, SELF_TEST_CODE_BIT);
        }
        if (length > 0 && Cdb.bit(cdb, 1, SELFTEST_BIT)) {
            return unit.invalidField(command, 3);
        }
        if (length > 0 && !Cdb.bit(cdb, 1, PF_BIT)) {
            return unit.invalidField(command, 1, PF_BIT);
        }
        return (int) Math.min(length, command.expectedDataOut);
    }

    static void send(LogicalUnit unit, ScsiCommand command) {
        int length = Cdb.u16(command.cdb, 3);
        command.transferLength = length;
        if (Cdb.bit(command.cdb, 1, SELFTEST_BIT)) {
            selfTest(unit, command);
        } else if (length == 0) {
            unit.good(command);
        } else if (length < PAGE_HEADER || command.dataOut == null || command.dataOut.readableBytes() < length) {
            unit.fail(command, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
        } else {
            byte[] page = ByteBufUtil.getBytes(command.dataOut, command.dataOut.readerIndex(), length);
            if (page[0] != SUPPORTED_PAGES) {
                unit.fail(command, SenseData.field(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, 0, SenseData.NONE));
            } else if (Cdb.u16(page, 2) != length - PAGE_HEADER || length > PAGE_HEADER) {
                unit.fail(command, SenseData.field(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, 2, SenseData.NONE));
            } else {
                unit.good(command);
            }
        }
    }

    /** A medium that can't be reached now is no defect of the unit: the initiator is told how that stands. */
    private static void selfTest(LogicalUnit unit, ScsiCommand command) {
        AdditionalSense unready = unit.readinessSense();
        if (unready != null) {
            unit.fail(command, unready);
            return;
        }
        unit.device().flush(new Completion() {
            @Override
            public void done() {
                unit.good(command);
            }

            @Override
            public void failed(BlockFailure failure) {
                unit.fail(command, AdditionalSense.SELF_TEST_FAILED);
            }
        });
    }
}

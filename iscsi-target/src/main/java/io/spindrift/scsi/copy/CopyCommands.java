package io.spindrift.scsi.copy;

import io.netty.buffer.ByteBuf;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.unit.LogicalUnit;

/** EXTENDED COPY(LID1) (SPC-4 6.4) up to where the copying begins. */
final class CopyCommands {
    private static final byte TASK_SET_FULL = 0x28;

    private CopyCommands() {}

    /** A list that is longer than any allowed one is refused before room is made for it. */
    static int plan(LogicalUnit unit, ScsiCommand command) {
        long length = Cdb.u32(command.cdb, 10);
        if (length > 0 && length < CopyList.HEADER_LENGTH
                || length > CopyList.HEADER_LENGTH + CopyLimits.DESCRIPTOR_BYTES + CopyLimits.INLINE_BYTES) {
            return unit.fail(command, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
        }
        return (int) Math.min(length, command.expectedDataOut);
    }

    static void copy(LogicalUnit unit, ScsiCommand command) {
        int length = (int) Cdb.u32(command.cdb, 10);
        command.transferLength = length;
        ByteBuf data = command.dataOut;
        if (length == 0) {
            unit.good(command);
        } else if (data == null || data.readableBytes() < length) {
            unit.fail(command, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
        } else {
            begin(CopyPart.of(unit), command, data.slice(data.readerIndex(), length));
        }
    }

    private static void begin(CopyPart part, ScsiCommand command, ByteBuf data) {
        try {
            CopyList list = CopyList.read(data);
            if (list.identified() && part.results().isRunning(command.nexus, list.identifier())) {
                part.unit().fail(command, AdditionalSense.OPERATION_IN_PROGRESS);
            } else if (part.family().running().size() >= CopyLimits.CONCURRENT) {
                part.unit().end(command, TASK_SET_FULL);
            } else {
                new CopyOperation(part, command, list).start();
            }
        } catch (CopyListException refused) {
            part.unit().fail(command, refused.sense());
        }
    }
}

package io.spindrift.scsi.media;

import io.netty.buffer.ByteBuf;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.ScsiTarget;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;
import io.spindrift.scsi.unit.LogicalUnit;

/**
 * WRITE AND VERIFY (SBC-4 5.44 to 5.46): the blocks are written so that they survive power loss, then read again; with BYTCHK = 01b they are compared
 * with what came, byte by byte.
 */
final class WriteVerify {
    private static final int COMPARE = 1;
    private static final MediaTask.Step STEP = WriteVerify::step;

    private WriteVerify() {}

    static int plan(LogicalUnit unit, ScsiCommand command) {
        if (VerifyCommands.byteCheck(command.cdb) > COMPARE) {
            return unit.invalidField(command, 1, 2);
        }
        return MediaCommands.planWrite(unit, command);
    }

    /** As a WRITE, the whole blocks that came. */
    static void writeAndVerify(LogicalUnit unit, ScsiCommand command) {
        MediaCommands.writeTask(unit, command).start(STEP);
    }

    private static void step(MediaTask task) {
        int blocks = (int) task.blocks;
        int bytes = blocks * task.unit().geometry().blockLength();
        if (blocks == 0) {
            task.finish();
        } else if (task.round == 0) {
            task.unit().device().write(task.lba, blocks, task.command().dataOut, true, task);
        } else if (task.round == 1) {
            task.unit().device().read(task.lba, blocks, task.work(bytes), task);
        } else {
            compare(task, bytes);
        }
    }

    private static void compare(MediaTask task, int bytes) {
        ByteBuf read = task.buffer.setIndex(0, bytes);
        boolean wanted = VerifyCommands.byteCheck(task.command().cdb) == COMPARE;
        if (wanted && VerifyCommands.equalBytes(read, 0, task.command().dataOut, 0, bytes) < bytes) {
            task.fail(SenseData.of(AdditionalSense.MISCOMPARE));
        } else {
            task.finish();
        }
    }
}

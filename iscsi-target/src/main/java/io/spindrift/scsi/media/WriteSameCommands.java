package io.spindrift.scsi.media;

import io.netty.buffer.ByteBuf;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.ScsiTarget;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.unit.LogicalUnit;

/**
 * WRITE SAME (SBC-4 5.49, 5.50). A block of zeros becomes one unmap of the device, whether UNMAP was asked for or not: the blocks
 * read as zeros after it either way. Any other block is written in pieces of bounded size, between which the command can be aborted. 0 blocks are
 * refused, because a length that an initiator has cut to 16 bits by mistake would cost the disk; or they are all from the LBA on, as the unit's limits say.
 */
final class WriteSameCommands {
    private static final int PIECE_BYTES = 256 << 10;
    private static final int NDOB_BIT = 0;
    private static final int ANCHOR_BIT = 4;
    private static final MediaTask.Step ZEROS = WriteSameCommands::zerosStep;
    private static final MediaTask.Step PATTERN = WriteSameCommands::patternStep;

    private WriteSameCommands() {}

    static int plan(LogicalUnit unit, ScsiCommand command) {
        byte[] cdb = command.cdb;
        int blockLength = unit.geometry().blockLength();
        if ((cdb[1] & 0xE0) != 0) {
            return unit.invalidField(command, 1, 7);
        }
        if (Cdb.bit(cdb, 1, ANCHOR_BIT)) {
            return unit.invalidField(command, 1, ANCHOR_BIT);
        }
        if (MediaCommands.checkRange(unit, command) == ScsiTarget.REFUSED) {
            return ScsiTarget.REFUSED;
        }
        long blocks = Cdb.blocks(cdb);
        long mostBytes = unit.settings().limits().writeSameBytes();
        if (mostBytes != 0 && (blocks == 0 || blocks > mostBytes / blockLength)) {
            return unit.invalidField(command, Cdb.blocksField(cdb));
        }
        if (hasNoData(cdb)) {
            return 0;
        }
        // One block exactly; an initiator that announces anything else means another block length than this unit's.
        return command.expectedDataOut == blockLength ? blockLength : unit.invalidField(command, Cdb.blocksField(cdb));
    }

    private static boolean hasNoData(byte[] cdb) {
        return Cdb.length(cdb) == 16 && Cdb.bit(cdb, 1, NDOB_BIT);
    }

    static void writeSame(LogicalUnit unit, ScsiCommand command) {
        boolean noData = hasNoData(command.cdb);
        command.transferLength = noData ? 0 : unit.geometry().blockLength();
        if (!noData && (command.dataOut == null || command.dataOut.readableBytes() != command.transferLength)) {
            // A transport that brings less than was planned is a defect, but it must not become a loop here.
            unit.fail(command, AdditionalSense.INTERNAL_TARGET_FAILURE);
            return;
        }
        MediaTask task = MediaPart.of(unit).task(command);
        task.lba = Cdb.lba(command.cdb);
        task.blocks = Cdb.blocks(command.cdb) == 0 ? unit.geometry().blockCount() - task.lba : Cdb.blocks(command.cdb);
        task.start(noData || isZeros(command.dataOut) ? ZEROS : PATTERN);
    }

    private static boolean isZeros(ByteBuf block) {
        int index = block.readerIndex();
        for (int i = 0; i < block.readableBytes(); i += Long.BYTES) {
            if (block.getLong(index + i) != 0) {
                return false;
            }
        }
        return true;
    }

    private static void zerosStep(MediaTask task) {
        if (task.round == 0) {
            task.unit().device().unmap(task.lba, task.blocks, task);
        } else {
            task.finish();
        }
    }

    private static void patternStep(MediaTask task) {
        if (task.round == 0) {
            fillPiece(task);
        } else {
            task.lba += task.piece;
            task.blocks -= task.piece;
        }
        if (task.blocks == 0) {
            task.finish();
        } else if (!task.stopped()) {
            task.piece = (int) Math.min(task.blocks, PIECE_BYTES / task.unit().geometry().blockLength());
            task.unit().device().write(task.lba, task.piece, task.buffer, false, task);
        }
    }

    private static void fillPiece(MediaTask task) {
        ByteBuf block = task.command().dataOut;
        int length = block.readableBytes();
        int bytes = (int) Math.min(task.blocks * length, PIECE_BYTES);
        ByteBuf piece = task.work(bytes);
        while (piece.readableBytes() < bytes) {
            piece.writeBytes(block, block.readerIndex(), length);
        }
    }
}

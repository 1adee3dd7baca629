package io.spindrift.scsi.media;

import io.netty.buffer.ByteBuf;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.ScsiTarget;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;
import io.spindrift.scsi.unit.LogicalUnit;

/**
 * COMPARE AND WRITE (SBC-4 5.2) and WRITE ATOMIC (5.48): what they write is one write of the device that it never splits, and they are alone on their
 * blocks from the first read to the end of the write, also where the read waits for the image.
 */
final class AtomicCommands {
    private static final int FUA_BIT = 3;
    private static final int COMPARE_BLOCKS_FIELD = 13;
    private static final int BOUNDARY_FIELD = 10;
    private static final int WRITE_BLOCKS_FIELD = 12;
    private static final MediaTask.Step COMPARE = AtomicCommands::compareStep;
    private static final MediaTask.Step WRITE = AtomicCommands::writeStep;

    private AtomicCommands() {}

    // ---- COMPARE AND WRITE ----

    /** The data is twice as long as the blocks: what is compared, then what is written. */
    static int planCompare(LogicalUnit unit, ScsiCommand command) {
        byte[] cdb = command.cdb;
        int blocks = Cdb.u8(cdb, COMPARE_BLOCKS_FIELD);
        if ((cdb[1] & 0xE0) != 0) {
            return unit.invalidField(command, 1, 7);
        }
        if (!inside(unit, Cdb.lba(cdb), blocks)) {
            return outOfRange(unit, command);
        }
        if (blocks > unit.settings().limits().compareBlocks(unit.device())) {
            return unit.invalidField(command, COMPARE_BLOCKS_FIELD);
        }
        long bytes = 2L * blocks * unit.geometry().blockLength();
        if (command.expectedDataOut != bytes) {
            // Anything else means another block length than this unit's, half of a pair, or more blocks than the field can tell.
            return unit.invalidField(command, COMPARE_BLOCKS_FIELD);
        }
        return (int) bytes;
    }

    static void compareAndWrite(LogicalUnit unit, ScsiCommand command) {
        int blocks = Cdb.u8(command.cdb, COMPARE_BLOCKS_FIELD);
        start(unit, command, blocks, 2L * blocks * unit.geometry().blockLength(), COMPARE);
    }

    /** All of the data or nothing. */
    private static void start(LogicalUnit unit, ScsiCommand command, int blocks, long bytes, MediaTask.Step step) {
        command.transferLength = bytes;
        if (blocks == 0) {
            unit.good(command);
            return;
        }
        if (command.dataOut == null || command.dataOut.readableBytes() < command.transferLength) {
            unit.fail(command, AdditionalSense.INTERNAL_TARGET_FAILURE);
            return;
        }
        MediaTask task = MediaPart.of(unit).task(command);
        task.lba = Cdb.lba(command.cdb);
        task.blocks = blocks;
        task.startAlone(step);
    }

    private static void compareStep(MediaTask task) {
        int blocks = (int) task.blocks;
        int bytes = blocks * task.unit().geometry().blockLength();
        if (task.round == 0) {
            task.unit().device().read(task.lba, blocks, task.work(bytes), task);
        } else if (task.round > 1) {
            task.finish();
        } else if (!task.stopped()) {
            writeWhereEqual(task, blocks, bytes);
        }
    }

    /** SBC-4 5.2.1: the INFORMATION field of a miscompare is the offset of the first byte that differs. */
    private static void writeWhereEqual(MediaTask task, int blocks, int bytes) {
        ByteBuf data = task.command().dataOut;
        int equal = VerifyCommands.equalBytes(task.buffer.setIndex(0, bytes), 0, data, 0, bytes);
        if (equal < bytes) {
            task.fail(SenseData.at(AdditionalSense.MISCOMPARE, equal));
            return;
        }
        // The buffer has done its work: what is to be written goes there, so that the device sees it at a reader index of its own.
        data.getBytes(data.readerIndex() + bytes, task.buffer, 0, bytes);
        task.unit().device().write(task.lba, blocks, task.buffer, Cdb.bit(task.command().cdb, 1, FUA_BIT), task);
    }

    // ---- WRITE ATOMIC ----

    /** No alignment, no granularity, and no boundary within a transfer, as the Block Limits page says. */
    static int planWrite(LogicalUnit unit, ScsiCommand command) {
        byte[] cdb = command.cdb;
        int blocks = Cdb.u16(cdb, WRITE_BLOCKS_FIELD);
        if ((cdb[1] & 0xE0) != 0) {
            return unit.invalidField(command, 1, 7);
        }
        if (!inside(unit, Cdb.lba(cdb), blocks)) {
            return outOfRange(unit, command);
        }
        if (Cdb.u16(cdb, BOUNDARY_FIELD) != 0) {
            return unit.invalidField(command, BOUNDARY_FIELD);
        }
        if (blocks > unit.settings().limits().atomicBlocks(unit.device())) {
            return unit.invalidField(command, WRITE_BLOCKS_FIELD);
        }
        long bytes = (long) blocks * unit.geometry().blockLength();
        if (command.expectedDataOut < bytes) {
            // All or nothing: a part of it must not be written.
            return unit.invalidField(command, WRITE_BLOCKS_FIELD);
        }
        return (int) bytes;
    }

    static void writeAtomic(LogicalUnit unit, ScsiCommand command) {
        int blocks = Cdb.u16(command.cdb, WRITE_BLOCKS_FIELD);
        start(unit, command, blocks, (long) blocks * unit.geometry().blockLength(), WRITE);
    }

    private static void writeStep(MediaTask task) {
        if (task.round == 0) {
            boolean fua = Cdb.bit(task.command().cdb, 1, FUA_BIT);
            task.unit().device().write(task.lba, (int) task.blocks, task.command().dataOut, fua, task);
        } else {
            task.finish();
        }
    }

    private static boolean inside(LogicalUnit unit, long lba, int blocks) {
        return unit.geometry().contains(lba, blocks) && lba < unit.geometry().blockCount();
    }

    private static int outOfRange(LogicalUnit unit, ScsiCommand command) {
        return unit.fail(command, SenseData.field(AdditionalSense.LBA_OUT_OF_RANGE, Cdb.lbaField(command.cdb), SenseData.NONE));
    }
}

package io.spindrift.scsi.media;

import io.netty.buffer.ByteBuf;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.unit.LogicalUnit;

/** ORWRITE(16) (SBC-4 5.13): reads, sets the bits that came, writes, alone on its blocks. */
final class OrWrite {
    private static final int FUA_BIT = 3;
    private static final MediaTask.Step STEP = OrWrite::step;

    private OrWrite() {}

    static int plan(LogicalUnit unit, ScsiCommand command) {
        return MediaCommands.planWrite(unit, command);
    }

    /** As a WRITE, the whole blocks that came. */
    static void orWrite(LogicalUnit unit, ScsiCommand command) {
        MediaCommands.writeTask(unit, command).startAlone(STEP);
    }

    private static void step(MediaTask task) {
        int blocks = (int) task.blocks;
        int bytes = blocks * task.unit().geometry().blockLength();
        if (blocks == 0) {
            task.finish();
        } else if (task.round == 0) {
            task.unit().device().read(task.lba, blocks, task.work(bytes), task);
        } else if (task.round > 1) {
            task.finish();
        } else if (!task.stopped()) {
            or(task.buffer.setIndex(0, bytes), task.command().dataOut, bytes);
            task.unit().device().write(task.lba, blocks, task.buffer, Cdb.bit(task.command().cdb, 1, FUA_BIT), task);
        }
    }

    /** A block is a multiple of eight bytes. */
    private static void or(ByteBuf blocks, ByteBuf bits, int bytes) {
        int from = bits.readerIndex();
        for (int at = 0; at < bytes; at += Long.BYTES) {
            blocks.setLong(at, blocks.getLong(at) | bits.getLong(from + at));
        }
    }
}

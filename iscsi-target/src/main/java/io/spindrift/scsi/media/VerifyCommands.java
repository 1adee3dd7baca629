package io.spindrift.scsi.media;

import io.netty.buffer.ByteBuf;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.ScsiTarget;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;
import io.spindrift.scsi.unit.LogicalUnit;

/**
 * VERIFY (SBC-4 5.36 to 5.38). BYTCHK 00b reads the blocks and so has the device check them; 01b compares them with the data that
 * came, 11b each of them with the one block that came. Blocks are read in pieces of bounded size.
 */
final class VerifyCommands {
    private static final int PIECE_BYTES = 256 << 10;
    private static final int CHECK_ONLY = 0;
    private static final int COMPARE_ALL = 1;
    private static final int COMPARE_ONE = 3;
    private static final MediaTask.Step STEP = VerifyCommands::step;

    private VerifyCommands() {}

    static int plan(LogicalUnit unit, ScsiCommand command) {
        byte[] cdb = command.cdb;
        if ((cdb[1] & 0xE0) != 0) {
            return unit.invalidField(command, 1, 7);
        }
        if (byteCheck(cdb) == 2) {
            return unit.invalidField(command, 1, 2);
        }
        if (MediaCommands.checkRange(unit, command) == ScsiTarget.REFUSED) {
            return ScsiTarget.REFUSED;
        }
        if (byteCheck(cdb) == COMPARE_ALL && MediaCommands.checkTransferLimit(unit, command) == ScsiTarget.REFUSED) {
            return ScsiTarget.REFUSED;
        }
        return (int) Math.min(dataLength(unit, cdb), command.expectedDataOut);
    }

    static int byteCheck(byte[] cdb) {
        return cdb[1] >> 1 & 3;
    }

    private static long dataLength(LogicalUnit unit, byte[] cdb) {
        long blocks = Cdb.blocks(cdb);
        switch (byteCheck(cdb)) {
            case CHECK_ONLY:
                return 0;
            case COMPARE_ALL:
                return blocks * unit.geometry().blockLength();
            default:
                return Math.min(blocks, 1) * unit.geometry().blockLength();
        }
    }

    static void verify(LogicalUnit unit, ScsiCommand command) {
        int length = unit.geometry().blockLength();
        long blocks = Cdb.blocks(command.cdb);
        command.transferLength = dataLength(unit, command.cdb);
        int came = command.dataOut == null ? 0 : command.dataOut.readableBytes() / length;
        int check = byteCheck(command.cdb);
        if (check == COMPARE_ALL) {
            blocks = Math.min(blocks, came);
        }
        if (blocks == 0 || check == COMPARE_ONE && came == 0) {
            unit.good(command);
            return;
        }
        MediaTask task = MediaPart.of(unit).task(command);
        task.lba = Cdb.lba(command.cdb);
        task.blocks = blocks;
        task.start(STEP);
    }

    private static void step(MediaTask task) {
        int length = task.unit().geometry().blockLength();
        if (task.round > 0) {
            if (!matches(task, length)) {
                task.fail(SenseData.of(AdditionalSense.MISCOMPARE));
                return;
            }
            task.lba += task.piece;
            task.blocks -= task.piece;
        }
        if (task.blocks == 0) {
            task.finish();
        } else if (!task.stopped()) {
            task.piece = (int) Math.min(task.blocks, PIECE_BYTES / length);
            task.unit().device().read(task.lba, task.piece, task.work(task.piece * length).clear(), task);
        }
    }

    /** Whether the piece that was just read is what the initiator says it is. */
    private static boolean matches(MediaTask task, int length) {
        byte[] cdb = task.command().cdb;
        ByteBuf expected = task.command().dataOut;
        ByteBuf piece = task.buffer.setIndex(0, task.piece * length);
        if (byteCheck(cdb) == COMPARE_ALL) {
            int at = (int) (task.lba - Cdb.lba(cdb)) * length;
            return equal(piece, 0, expected, at, task.piece * length);
        }
        for (int i = 0; i < task.piece && byteCheck(cdb) == COMPARE_ONE; i++) {
            if (!equal(piece, i * length, expected, 0, length)) {
                return false;
            }
        }
        return true;
    }

    /** @return the first byte that differs, counted from the beginning; {@code length} where all are equal. By NIO views, which the JDK compares many bytes at a time. */
    static int equalBytes(ByteBuf piece, int at, ByteBuf expected, int expectedAt, int length) {
        int differs = piece.nioBuffer(at, length).mismatch(expected.nioBuffer(expected.readerIndex() + expectedAt, length));
        return differs < 0 ? length : differs;
    }

    private static boolean equal(ByteBuf piece, int at, ByteBuf expected, int expectedAt, int length) {
        return equalBytes(piece, at, expected, expectedAt, length) == length;
    }
}

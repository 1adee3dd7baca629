package io.spindrift.scsi.media;

import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.ScsiTarget;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;
import io.spindrift.scsi.unit.LogicalUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** READ, WRITE and SYNCHRONIZE CACHE (SBC-4 5.15 to 5.18, 5.40 to 5.43, 5.34): the data path. */
public final class MediaCommands {
    private static final Logger LOG = LoggerFactory.getLogger(MediaCommands.class);
    private static final int FUA_BIT = 3;
    private static final int IMMED_BIT = 1;
    private static final MediaTask.Step READ = MediaCommands::readStep;
    private static final MediaTask.Step READ_FUA = MediaCommands::readFuaStep;
    private static final MediaTask.Step WRITE = MediaCommands::writeStep;
    private static final MediaTask.Step FLUSH = MediaCommands::flushStep;

    private MediaCommands() {}

    // ---- first dispatch ----

    static int planRead(LogicalUnit unit, ScsiCommand command) {
        return planTransfer(unit, command) == ScsiTarget.REFUSED ? ScsiTarget.REFUSED : 0;
    }

    static int planWrite(LogicalUnit unit, ScsiCommand command) {
        int bytes = planTransfer(unit, command);
        return bytes == ScsiTarget.REFUSED ? bytes : (int) Math.min(bytes, command.expectedDataOut);
    }

    /** Everything that is checked of a READ or WRITE. @return the bytes that the CDB asks to move, or REFUSED */
    private static int planTransfer(LogicalUnit unit, ScsiCommand command) {
        byte[] cdb = command.cdb;
        if (Cdb.length(cdb) != 6 && (cdb[1] & 0xE0) != 0) {
            return unit.invalidField(command, 1, 7);
        }
        if (checkRange(unit, command) == ScsiTarget.REFUSED) {
            return ScsiTarget.REFUSED;
        }
        return checkTransferLimit(unit, command);
    }

    /** @return 0, or REFUSED where the blocks of the CDB are not all inside of the unit */
    static int checkRange(LogicalUnit unit, ScsiCommand command) {
        long lba = Cdb.lba(command.cdb);
        long blocks = Cdb.blocks(command.cdb);
        // An LBA at the end is out of range even with no blocks to move (SBC-4 5.15); the geometry's own rule is laxer.
        if (unit.geometry().contains(lba, blocks) && lba < unit.geometry().blockCount()) {
            return 0;
        }
        return unit.fail(command, SenseData.field(AdditionalSense.LBA_OUT_OF_RANGE, Cdb.lbaField(command.cdb), SenseData.NONE));
    }

    /** @return the bytes of the CDB's blocks, or REFUSED where they are more than the unit's MAXIMUM TRANSFER LENGTH */
    static int checkTransferLimit(LogicalUnit unit, ScsiCommand command) {
        long bytes = Cdb.blocks(command.cdb) * unit.geometry().blockLength();
        if (bytes > unit.settings().limits().transferBytes()) {
            return unit.invalidField(command, Cdb.blocksField(command.cdb));
        }
        return (int) bytes;
    }

    static int planSynchronize(LogicalUnit unit, ScsiCommand command) {
        return checkRange(unit, command);
    }

    // ---- second dispatch ----

    /** Reads no more than the initiator has room for. FUA makes what is newer than the medium durable before it is shown. */
    static void read(LogicalUnit unit, ScsiCommand command) {
        int length = unit.geometry().blockLength();
        long blocks = Cdb.blocks(command.cdb);
        command.transferLength = blocks * length;
        long wanted = Math.min(command.transferLength, command.expectedDataIn);
        if (wanted == 0) {
            unit.good(command);
            return;
        }
        MediaTask task = MediaPart.of(unit).task(command);
        task.lba = Cdb.lba(command.cdb);
        task.blocks = (wanted + length - 1) / length;
        task.piece = (int) wanted;
        boolean fua = Cdb.length(command.cdb) != 6 && Cdb.bit(command.cdb, 1, FUA_BIT);
        task.start(fua ? READ_FUA : READ);
    }

    private static void readFuaStep(MediaTask task) {
        if (task.round == 0) {
            task.unit().device().flush(task);
        } else {
            readOrFinish(task, 1);
        }
    }

    private static void readStep(MediaTask task) {
        readOrFinish(task, 0);
    }

    private static void readOrFinish(MediaTask task, int roundOfRead) {
        if (task.round == roundOfRead) {
            int blocks = (int) task.blocks;
            task.unit().device().read(task.lba, blocks, task.work(blocks * task.unit().geometry().blockLength()), task);
        } else {
            task.finishWithData(task.piece);
        }
    }

    /** Writes the whole blocks that came; the rest of the CDB's blocks stay as they were, and the residual tells it. */
    static void write(LogicalUnit unit, ScsiCommand command) {
        writeTask(unit, command).start(WRITE);
    }

    /** A task for the whole blocks that came, which may be none. */
    static MediaTask writeTask(LogicalUnit unit, ScsiCommand command) {
        int length = unit.geometry().blockLength();
        long blocks = Cdb.blocks(command.cdb);
        command.transferLength = blocks * length;
        int came = command.dataOut == null ? 0 : command.dataOut.readableBytes() / length;
        MediaTask task = MediaPart.of(unit).task(command);
        task.lba = Cdb.lba(command.cdb);
        task.blocks = Math.min(blocks, came);
        return task;
    }

    private static void writeStep(MediaTask task) {
        ScsiCommand command = task.command();
        if (task.round == 1 || task.blocks == 0) {
            task.finish();
        } else {
            boolean fua = Cdb.length(command.cdb) != 6 && Cdb.bit(command.cdb, 1, FUA_BIT);
            task.unit().device().write(task.lba, (int) task.blocks, command.dataOut, fua, task);
        }
    }

    /** The whole device is flushed, whatever the range: its journal has one end. */
    static void synchronize(LogicalUnit unit, ScsiCommand command) {
        flush(unit, command, Cdb.bit(command.cdb, 1, IMMED_BIT));
    }

    /** Makes everything durable, and completes the command then or, {@code immediate}, at once. */
    public static void flush(LogicalUnit unit, ScsiCommand command, boolean immediate) {
        if (immediate) {
            unit.device().flush(new Unattended(unit.number()));
            unit.good(command);
        } else {
            MediaPart.of(unit).task(command).start(FLUSH);
        }
    }

    private static void flushStep(MediaTask task) {
        if (task.round == 0) {
            task.unit().device().flush(task);
        } else {
            task.finish();
        }
    }

    /** Hears of a flush that was asked for with IMMED; what it did not make durable is still dirty and goes with the next. */
    private static final class Unattended implements Completion {
        private final int lun;

        Unattended(int lun) {
            this.lun = lun;
        }

        @Override
        public void done() {
            LOG.trace("LUN {}: a flush that nobody waits for is done", lun);
        }

        @Override
        public void failed(BlockFailure failure) {
            LOG.debug("LUN {}: a flush that nobody waits for failed: {}", lun, failure);
        }
    }
}

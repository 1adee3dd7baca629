package io.spindrift.scsi.media;

import io.spindrift.block.BlockDevice;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.BlockGeometry;
import io.spindrift.block.Completion;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.data.ParameterData;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;
import io.spindrift.scsi.unit.LogicalUnit;

/**
 * GET LBA STATUS (SBC-4 5.9): which blocks are mapped (or not known to be deallocated) and which are deallocated. The state is kept by physical block, so a
 * first run that begins within one and goes on in the next is told from there on; what it says holds for the blocks before too. A report ends with the
 * allocation length, after {@value #MOST_RUNS} descriptors, or where the device stops; an initiator asks again from there.
 */
final class LbaStatus {
    static final int MOST_RUNS = 1024;
    private static final long MORE_THAN_32_BITS = 0xFFFF_FFFFL;
    private static final int HEADER_LENGTH = 8;
    private static final int DESCRIPTOR_LENGTH = 16;
    private static final int MAPPED = 0;
    private static final int DEALLOCATED = 1;

    private LbaStatus() {}

    static int plan(LogicalUnit unit, ScsiCommand command) {
        long lba = Cdb.s64(command.cdb, 2);
        if (lba >= 0 && lba < unit.geometry().blockCount()) {
            return 0;
        }
        return unit.fail(command, SenseData.field(AdditionalSense.LBA_OUT_OF_RANGE, 2, SenseData.NONE));
    }

    static void report(LogicalUnit unit, ScsiCommand command) {
        long lba = Cdb.s64(command.cdb, 2);
        long room = (Cdb.u32(command.cdb, 10) - HEADER_LENGTH + DESCRIPTOR_LENGTH - 1) / DESCRIPTOR_LENGTH;
        Runs runs = new Runs((int) Math.max(1, Math.min(room, MOST_RUNS)), unit.geometry());
        MediaTask task = MediaPart.of(unit).task(command);
        task.lba = lba;
        task.blocks = unit.geometry().blockCount() - lba;
        task.start(new Asking(runs), 0, 0);
    }

    private static final class Asking implements MediaTask.Step {
        private final Runs runs;

        Asking(Runs runs) {
            this.runs = runs;
        }

        @Override
        public void next(MediaTask task) {
            if (task.round == 0) {
                task.unit().device().extents(task.lba, task.blocks, runs, task);
                return;
            }
            byte[] bytes = runs.toBytes();
            int length = (int) Math.min(bytes.length, Cdb.u32(task.command().cdb, 10));
            task.command().transferLength = length;
            task.work(Math.max(1, length)).writeBytes(bytes, 0, length);
            task.finishWithData(0);
        }
    }

    /** Gathers descriptors; neighbours of one kind become one. */
    private static final class Runs implements BlockDevice.ExtentVisitor {
        private final ParameterData data = new ParameterData().u32(0).u32(0);
        private final int most;
        private final long perPhysical;
        private int told;
        private long first = -1;
        private long count;
        private boolean mapped;

        Runs(int most, BlockGeometry geometry) {
            this.most = most;
            this.perPhysical = geometry.physicalBlockLength() / geometry.blockLength();
        }

        @Override
        public boolean extent(long lba, long blockCount, boolean isMapped) {
            if (first >= 0 && isMapped == mapped) {
                count += blockCount;
                return count < MORE_THAN_32_BITS || told + 1 < most;
            }
            tell();
            first = lba;
            count = blockCount;
            mapped = isMapped;
            return told < most;
        }

        private void tell() {
            if (told == 0 && first >= 0) {
                beginWhole();
            }
            while (first >= 0 && count > 0 && told < most) {
                long part = Math.min(count, MORE_THAN_32_BITS);
                data.u64(first).u32(part).u8(mapped ? MAPPED : DEALLOCATED).zeros(3);
                first += part;
                count -= part;
                told++;
            }
        }

        private void beginWhole() {
            long within = first % perPhysical == 0 ? 0 : perPhysical - first % perPhysical;
            if (count > within) {
                first += within;
                count -= within;
            }
        }

        byte[] toBytes() {
            tell();
            return data.put32(0, data.length() - 4L).toBytes();
        }
    }
}

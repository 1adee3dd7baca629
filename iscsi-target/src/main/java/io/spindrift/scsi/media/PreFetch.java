package io.spindrift.scsi.media;

import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.ScsiTarget;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.sense.SenseData;
import io.spindrift.scsi.unit.LogicalUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PRE-FETCH(10) and (16) (SBC-4 5.11, 5.12): brings blocks into the cache. CONDITION MET where all of them fit, GOOD where the cache has no room for
 * all. With IMMED the status comes before the blocks do, and says that nothing is known to stand against it. A length of 0 means all blocks up to the end.
 */
final class PreFetch {
    private static final Logger LOG = LoggerFactory.getLogger(PreFetch.class);
    private static final int IMMED_BIT = 1;
    private static final MediaTask.Step STEP = new Waiting();

    private PreFetch() {}

    static int plan(LogicalUnit unit, ScsiCommand command) {
        return MediaCommands.checkRange(unit, command);
    }

    static void preFetch(LogicalUnit unit, ScsiCommand command) {
        long lba = Cdb.lba(command.cdb);
        long said = Cdb.blocks(command.cdb);
        long blocks = said == 0 ? unit.geometry().blockCount() - lba : said;
        if (Cdb.bit(command.cdb, 1, IMMED_BIT)) {
            Unattended unattended = new Unattended(unit.number());
            unit.device().preFetch(lba, blocks, unattended);
            if (unattended.full) {
                unit.good(command);
            } else {
                unit.conditionMet(command);
            }
            return;
        }
        MediaTask task = MediaPart.of(unit).task(command);
        task.lba = lba;
        task.blocks = blocks;
        // It changes nothing and shows nothing: others need not wait for it.
        task.start(STEP, 0, 0);
    }

    private static final class Waiting implements MediaTask.Step {
        @Override
        public void next(MediaTask task) {
            if (task.round == 0) {
                task.unit().device().preFetch(task.lba, task.blocks, task);
            } else {
                task.finishConditionMet();
            }
        }

        @Override
        public SenseData failed(MediaTask task, BlockFailure failure) {
            return failure == BlockFailure.FULL ? null : MediaTask.senseOf(failure, task.lba);
        }
    }

    /** Hears of blocks that nobody waits for. */
    private static final class Unattended implements Completion {
        private final int lun;
        private boolean full;

        Unattended(int lun) {
            this.lun = lun;
        }

        @Override
        public void done() {
            LOG.trace("LUN {}: what was to be pre-fetched is here", lun);
        }

        @Override
        public void failed(BlockFailure failure) {
            full = true;
            LOG.debug("LUN {}: not all that was to be pre-fetched is here: {}", lun, failure);
        }
    }
}

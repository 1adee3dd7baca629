package io.spindrift.scsi.unit;

import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.block.Readiness;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.data.ModeSelection;
import io.spindrift.scsi.sense.AdditionalSense;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A MODE SELECT whose parameter list is in order. Saved pages are kept first, and where that fails nothing has changed. Then the pages are taken and the other
 * nexuses told. Where writes are from now on to be durable at once (WCE) or no longer allowed (SWP), those that were acknowledged before
 * are made durable before the command ends (SBC-4 6.5.6, SPC-5 7.5.10). Made for one command; lives on the target's home loop.
 */
final class ModeChange implements Completion {
    private static final Logger LOG = LoggerFactory.getLogger(ModeChange.class);

    private final LogicalUnit unit;
    private final ScsiCommand command;
    private final ModeSelection selection;

    ModeChange(LogicalUnit unit, ScsiCommand command, ModeSelection selection) {
        this.unit = unit;
        this.command = command;
        this.selection = selection;
    }

    void begin(boolean save) {
        if (!save) {
            take();
            return;
        }
        Runnable undo = unit.modes().save(selection);
        unit.store().save(ModeCommands.KEPT, unit.modes().savedForm()).whenComplete((kept, thrown) -> {
            if (thrown == null) {
                take();
            } else {
                undo.run();
                LOG.warn("LUN {}: mode pages can't be saved: {}", unit.number(), thrown.getMessage());
                unit.fail(command, AdditionalSense.INTERNAL_TARGET_FAILURE);
            }
        });
    }

    private void take() {
        boolean cached = unit.modes().writeCache();
        boolean writable = !unit.modes().softwareWriteProtect();
        if (unit.modes().take(selection)) {
            unit.modesChangedBy(command.nexus);
        }
        boolean durableFromNow = cached && !unit.modes().writeCache();
        boolean readOnlyFromNow = writable && unit.modes().softwareWriteProtect();
        if ((durableFromNow || readOnlyFromNow) && unit.device().readiness() == Readiness.READY) {
            unit.device().flush(this);
        } else {
            unit.good(command);
        }
    }

    @Override
    public void done() {
        unit.good(command);
    }

    /** The pages are taken: what they promise holds for every write from here on, but not for those before. */
    @Override
    public void failed(BlockFailure failure) {
        LOG.warn("LUN {}: what was written before a mode page was changed can't be made durable: {}", unit.number(), failure);
        unit.fail(command, failure == BlockFailure.UNAVAILABLE ? AdditionalSense.BECOMING_READY : AdditionalSense.INTERNAL_TARGET_FAILURE);
    }
}

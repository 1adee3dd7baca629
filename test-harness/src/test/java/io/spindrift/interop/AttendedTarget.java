package io.spindrift.interop;

import io.spindrift.scsi.Nexus;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.ScsiTarget;

/** Takes each new nexus's power-on unit attention of LUN 0 by a TEST UNIT READY, for an initiator that gives up on the first one it meets. */
final class AttendedTarget implements ScsiTarget {
    private final ScsiTarget target;

    AttendedTarget(ScsiTarget target) {
        this.target = target;
    }

    @Override
    public void nexusEstablished(Nexus nexus) {
        target.nexusEstablished(nexus);
        ScsiCommand ready = new ScsiCommand();
        ready.nexus = nexus;
        ready.cdbLength = 6;
        ready.responder = command -> { };
        if (target.plan(ready) != REFUSED) {
            target.execute(ready);
        }
    }

    @Override
    public int plan(ScsiCommand command) {
        return target.plan(command);
    }

    @Override
    public void execute(ScsiCommand command) {
        target.execute(command);
    }

    @Override
    public boolean abort(ScsiCommand command) {
        return target.abort(command);
    }

    @Override
    public boolean resetLogicalUnit(long lun, Nexus from) {
        return target.resetLogicalUnit(lun, from);
    }

    @Override
    public void resetTarget(Nexus from) {
        target.resetTarget(from);
    }

    @Override
    public void commandsCleared(long lun, Nexus victim) {
        target.commandsCleared(lun, victim);
    }

    @Override
    public void resetNexus(Nexus nexus) {
        target.resetNexus(nexus);
    }

    @Override
    public int pendingEvent(long lun, Nexus nexus) {
        return target.pendingEvent(lun, nexus);
    }

    @Override
    public boolean hasLogicalUnit(long lun) {
        return target.hasLogicalUnit(lun);
    }

    @Override
    public void nexusLost(Nexus nexus) {
        target.nexusLost(nexus);
    }
}

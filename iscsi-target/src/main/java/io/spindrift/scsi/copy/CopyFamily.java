package io.spindrift.scsi.copy;

import static io.spindrift.scsi.unit.Opcode.ABOUT;
import static io.spindrift.scsi.unit.Opcode.NO_DATA;
import static io.spindrift.scsi.unit.Opcode.SYNCHRONIZES;

import io.netty.util.concurrent.EventExecutor;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.unit.CommandFamily;
import io.spindrift.scsi.unit.LogicalUnit;
import io.spindrift.scsi.unit.OpcodeTable;
import io.spindrift.scsi.unit.UnitPart;
import java.util.ArrayList;
import java.util.List;

/** The commands of third-party copy. Made with the target, whose units can all be copied from and to; lives on its home loop. */
public final class CopyFamily implements CommandFamily {
    private final EventExecutor home;
    private final CopyRegistry registry;
    private final List<CopyOperation> running = new ArrayList<>();

    /**
     * @param home the target's home loop
     * @param registry the units that copies may name
     */
    public CopyFamily(EventExecutor home, CopyRegistry registry) {
        this.home = home;
        this.registry = registry;
    }

    @Override
    public void addTo(OpcodeTable.Rows rows) {
        rows.add("EXTENDED COPY(LID1)", 0x00, "83 00 00 00 00 00 00 00 00 00 FF FF FF FF 00 04", SYNCHRONIZES, CopyCommands::plan, CopyCommands::copy);
        rows.add("RECEIVE COPY STATUS(LID1)", 0x00, "84 00 FF 00 00 00 00 00 00 00 FF FF FF FF 00 04", ABOUT, NO_DATA, CopyReports::copyStatus);
        rows.add("RECEIVE COPY OPERATING PARAMETERS", 0x03, "84 03 00 00 00 00 00 00 00 00 FF FF FF FF 00 04", ABOUT, NO_DATA,
                CopyReports::operatingParameters);
        rows.add("RECEIVE COPY FAILURE DETAILS(LID1)", 0x04, "84 04 FF 00 00 00 00 00 00 00 FF FF FF FF 00 04", ABOUT, NO_DATA,
                CopyReports::failureDetails);
    }

    @Override
    public UnitPart partOf(LogicalUnit unit) {
        return new CopyPart(unit, this);
    }

    /** A copy stops before its next chunk; it may have changed something, so it is never as if it had not been. */
    @Override
    public boolean abort(ScsiCommand command) {
        for (CopyOperation operation : running) {
            if (operation.command() == command) {
                operation.abort();
                return false;
            }
        }
        return false;
    }

    EventExecutor home() {
        return home;
    }

    CopyRegistry registry() {
        return registry;
    }

    /** The copies that units of this target manage. */
    List<CopyOperation> running() {
        return running;
    }
}

package io.spindrift.scsi.medium;

import static io.spindrift.scsi.unit.Opcode.ABOUT;
import static io.spindrift.scsi.unit.Opcode.CHANGES;
import static io.spindrift.scsi.unit.Opcode.NO_DATA;
import static io.spindrift.scsi.unit.Opcode.READS;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.unit.CommandFamily;
import io.spindrift.scsi.unit.LogicalUnit;
import io.spindrift.scsi.unit.OpcodeTable;
import io.spindrift.scsi.unit.UnitPart;
import java.util.ArrayList;
import java.util.List;

/** The commands that are about the medium as one thing. Made with the target; lives on its home loop. */
public final class MediumFamily implements CommandFamily {
    private final EventExecutor home;
    private final ByteBufAllocator allocator;
    private final List<MediumPart> parts = new ArrayList<>();

    /** @param allocator where the pieces come from that a medium is overwritten with */
    public MediumFamily(EventExecutor home, ByteBufAllocator allocator) {
        this.home = home;
        this.allocator = allocator;
    }

    @Override
    public UnitPart partOf(LogicalUnit unit) {
        MediumPart part = new MediumPart(unit, home, allocator, parts::remove);
        parts.add(part);
        return part;
    }

    /** A SANITIZE that runs goes on without its command. */
    @Override
    public boolean abort(ScsiCommand command) {
        for (MediumPart part : parts) {
            if (part.sanitize().forget(command)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void addTo(OpcodeTable.Rows rows) {
        rows.add("START STOP UNIT", "1B 01 00 0F F7 04", ABOUT, NO_DATA, MediumCommands::startStop);
        rows.add("PREVENT ALLOW MEDIUM REMOVAL", "1E 00 00 00 03 04", ABOUT, NO_DATA, MediumCommands::preventRemoval);
        rows.add("READ DEFECT DATA(10)", "37 00 1F 00 00 00 00 FF FF 04", READS, NO_DATA, DefectData::report10);
        rows.add("READ DEFECT DATA(12)", "B7 1F FF FF FF FF FF FF FF FF 00 04", READS, NO_DATA, DefectData::report12);
        rows.add("SANITIZE, OVERWRITE", SanitizeCommands.OVERWRITE, "48 A1 00 00 00 00 00 FF FF 04", CHANGES, SanitizeCommands::plan,
                SanitizeCommands::overwrite);
        rows.add("SANITIZE, BLOCK ERASE", SanitizeCommands.BLOCK_ERASE, "48 A2 00 00 00 00 00 FF FF 04", CHANGES, SanitizeCommands::plan,
                SanitizeCommands::erase);
        rows.add("SANITIZE, CRYPTOGRAPHIC ERASE", SanitizeCommands.CRYPTOGRAPHIC_ERASE, "48 A3 00 00 00 00 00 FF FF 04", CHANGES, SanitizeCommands::plan,
                SanitizeCommands::erase);
        rows.add("SANITIZE, EXIT FAILURE MODE", SanitizeCommands.EXIT_FAILURE_MODE, "48 1F 00 00 00 00 00 FF FF 04", CHANGES,
                SanitizeCommands::plan, SanitizeCommands::exitFailureMode);
    }
}

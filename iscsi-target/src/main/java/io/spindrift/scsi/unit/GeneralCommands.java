package io.spindrift.scsi.unit;

import java.util.Set;

/** The rows of the commands that tell about the unit and set it up: SPC, and the capacity of SBC. */
public final class GeneralCommands implements CommandFamily {
    private static final Set<Opcode.Trait> ALWAYS = Opcode.ALWAYS;
    private static final Set<Opcode.Trait> ABOUT = Opcode.ABOUT;
    private static final Opcode.Planner NO_DATA = Opcode.NO_DATA;

    @Override
    public void addTo(OpcodeTable.Rows rows) {
        addReports(rows);
        addModes(rows);
        addCapacity(rows);
    }

    private static void addReports(OpcodeTable.Rows rows) {
        rows.add("TEST UNIT READY", "00 00 00 00 00 04", Set.of(Opcode.Trait.NEEDS_MEDIUM, Opcode.Trait.IGNORES_RESERVATION), NO_DATA,
                LogicalUnit::good);
        rows.add("REQUEST SENSE", "03 01 00 00 FF 04", ALWAYS, NO_DATA, ReportCommands::requestSense);
        rows.add("INQUIRY", "12 01 FF FF FF 04", ALWAYS, NO_DATA, InquiryCommands::inquiry);
        rows.add("REPORT SUPPORTED OPERATION CODES", 0x0C, "A3 0C 87 FF FF FF FF FF FF FF 00 04", ABOUT, NO_DATA, ReportCommands::operationCodes);
        rows.add("REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS", 0x0D, "A3 0D 80 00 00 00 FF FF FF FF 00 04", ABOUT, NO_DATA,
                ReportCommands::taskManagementFunctions);
    }

    private static void addModes(OpcodeTable.Rows rows) {
        rows.add("MODE SELECT(6)", "15 13 00 00 FF 04", Set.of(), ModeCommands::planSelect, ModeCommands::select);
        rows.add("MODE SELECT(10)", "55 13 00 00 00 00 00 FF FF 04", Set.of(), ModeCommands::planSelect, ModeCommands::select);
        rows.add("MODE SENSE(6)", "1A 08 FF FF FF 04", ABOUT, NO_DATA, ModeCommands::sense6);
        rows.add("MODE SENSE(10)", "5A 18 FF FF 00 00 00 FF FF 04", ABOUT, NO_DATA, ModeCommands::sense10);
    }

    private static void addCapacity(OpcodeTable.Rows rows) {
        rows.add("READ CAPACITY(10)", "25 00 FF FF FF FF 00 00 01 04", ABOUT, NO_DATA, CapacityCommands::readCapacity10);
        rows.add("READ CAPACITY(16)", 0x10, "9E 10 00 00 00 00 00 00 00 00 FF FF FF FF 00 04", ABOUT, NO_DATA, CapacityCommands::readCapacity16);
    }
}

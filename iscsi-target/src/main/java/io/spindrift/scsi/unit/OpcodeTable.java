package io.spindrift.scsi.unit;

import static io.spindrift.scsi.unit.Opcode.Trait.IGNORES_ATTENTION;
import static io.spindrift.scsi.unit.Opcode.Trait.IGNORES_RESERVATION;
import static io.spindrift.scsi.unit.Opcode.Trait.NEEDS_MEDIUM;
import static io.spindrift.scsi.unit.Opcode.Trait.WRITES;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Every command the unit knows. A command is an entry here, a handler and a test; what has no entry is refused with INVALID
 * COMMAND OPERATION CODE, or INVALID FIELD IN CDB where only the service action is unknown. Built once, then read only.
 *
 * <p>The usage bitmaps are hexadecimal, a byte of the CDB each: a bit is 1 where the unit looks at it (SPC-5 6.36.3). The bytes of
 * a service action carry its value.
 */
final class OpcodeTable {
    private static final Set<Opcode.Trait> ALWAYS = Set.of(IGNORES_ATTENTION, IGNORES_RESERVATION);
    private static final Set<Opcode.Trait> ABOUT = Set.of(IGNORES_RESERVATION);
    private static final Set<Opcode.Trait> READS = Set.of(NEEDS_MEDIUM);
    private static final Set<Opcode.Trait> CHANGES = Set.of(NEEDS_MEDIUM, WRITES);
    private static final Opcode.Planner NO_DATA = (unit, command) -> 0;

    static final OpcodeTable INSTANCE = new OpcodeTable();

    private final Opcode[][] byCode = new Opcode[256][];
    private final List<Opcode> all = new ArrayList<>();

    private OpcodeTable() {
        addAbout();
        addReads();
        addWrites();
        all.sort(Comparator.comparingInt(Opcode::code).thenComparingInt(Opcode::serviceAction));
    }

    private void addAbout() {
        add("TEST UNIT READY", "00 00 00 00 00 04", Set.of(NEEDS_MEDIUM, IGNORES_RESERVATION), NO_DATA, LogicalUnit::good);
        add("REQUEST SENSE", "03 01 00 00 FF 04", ALWAYS, NO_DATA, ReportCommands::requestSense);
        add("INQUIRY", "12 01 FF FF FF 04", ALWAYS, NO_DATA, InquiryCommands::inquiry);
        add("MODE SELECT(6)", "15 11 00 00 FF 04", Set.of(), ModeCommands::planSelect, ModeCommands::select);
        add("MODE SELECT(10)", "55 11 00 00 00 00 00 FF FF 04", Set.of(), ModeCommands::planSelect, ModeCommands::select);
        add("MODE SENSE(6)", "1A 08 FF FF FF 04", ABOUT, NO_DATA, ModeCommands::sense6);
        add("START STOP UNIT", "1B 01 00 0F F7 04", ABOUT, NO_DATA, CapacityCommands::startStop);
        add("PREVENT ALLOW MEDIUM REMOVAL", "1E 00 00 00 03 04", ABOUT, NO_DATA, CapacityCommands::preventRemoval);
        add("READ CAPACITY(10)", "25 00 FF FF FF FF 00 00 01 04", ABOUT, NO_DATA, CapacityCommands::readCapacity10);
        add("MODE SENSE(10)", "5A 18 FF FF 00 00 00 FF FF 04", ABOUT, NO_DATA, ModeCommands::sense10);
        add("READ CAPACITY(16)", 0x10, "9E 10 00 00 00 00 00 00 00 00 FF FF FF FF 00 04", ABOUT, NO_DATA, CapacityCommands::readCapacity16);
        add("REPORT LUNS", "A0 00 FF 00 00 00 FF FF FF FF 00 04", ALWAYS, NO_DATA, ReportCommands::reportLuns);
        add("REPORT SUPPORTED OPERATION CODES", 0x0C, "A3 0C 87 FF FF FF FF FF FF FF 00 04", ABOUT, NO_DATA, ReportCommands::operationCodes);
        add("REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS", 0x0D, "A3 0D 80 00 00 00 FF FF FF FF 00 04", ABOUT, NO_DATA,
                ReportCommands::taskManagementFunctions);
    }

    private void addReads() {
        add("READ(6)", "08 1F FF FF FF 04", READS, MediaCommands::planRead, MediaCommands::read);
        add("READ(10)", "28 F8 FF FF FF FF 00 FF FF 04", READS, MediaCommands::planRead, MediaCommands::read);
        add("READ(12)", "A8 F8 FF FF FF FF FF FF FF FF 00 04", READS, MediaCommands::planRead, MediaCommands::read);
        add("READ(16)", "88 F8 FF FF FF FF FF FF FF FF FF FF FF FF 00 04", READS, MediaCommands::planRead, MediaCommands::read);
        add("GET LBA STATUS", 0x12, "9E 12 FF FF FF FF FF FF FF FF FF FF FF FF 00 04", READS, CapacityCommands::planLbaStatus, CapacityCommands::lbaStatus);
        add("VERIFY(10)", "2F F6 FF FF FF FF 00 FF FF 04", READS, VerifyCommands::plan, VerifyCommands::verify);
        add("VERIFY(12)", "AF F6 FF FF FF FF FF FF FF FF 00 04", READS, VerifyCommands::plan, VerifyCommands::verify);
        add("VERIFY(16)", "8F F6 FF FF FF FF FF FF FF FF FF FF FF FF 00 04", READS, VerifyCommands::plan, VerifyCommands::verify);
    }

    private void addWrites() {
        add("WRITE(6)", "0A 1F FF FF FF 04", CHANGES, MediaCommands::planWrite, MediaCommands::write);
        add("WRITE(10)", "2A F8 FF FF FF FF 00 FF FF 04", CHANGES, MediaCommands::planWrite, MediaCommands::write);
        add("WRITE(12)", "AA F8 FF FF FF FF FF FF FF FF 00 04", CHANGES, MediaCommands::planWrite, MediaCommands::write);
        add("WRITE(16)", "8A F8 FF FF FF FF FF FF FF FF FF FF FF FF 00 04", CHANGES, MediaCommands::planWrite, MediaCommands::write);
        add("SYNCHRONIZE CACHE(10)", "35 02 FF FF FF FF 00 FF FF 04", READS, MediaCommands::planSynchronize, MediaCommands::synchronize);
        add("SYNCHRONIZE CACHE(16)", "91 02 FF FF FF FF FF FF FF FF FF FF FF FF 00 04", READS, MediaCommands::planSynchronize,
                MediaCommands::synchronize);
        add("WRITE SAME(10)", "41 F8 FF FF FF FF 00 FF FF 04", CHANGES, WriteSameCommands::plan, WriteSameCommands::writeSame);
        add("WRITE SAME(16)", "93 F9 FF FF FF FF FF FF FF FF FF FF FF FF 00 04", CHANGES, WriteSameCommands::plan, WriteSameCommands::writeSame);
        add("UNMAP", "42 01 00 00 00 00 00 FF FF 04", CHANGES, UnmapCommands::plan, UnmapCommands::unmap);
    }

    private void add(String name, String usage, Set<Opcode.Trait> traits, Opcode.Planner planner, Opcode.Handler handler) {
        add(name, Opcode.NO_SERVICE_ACTION, usage, traits, planner, handler);
    }

    private void add(String name, int action, String usage, Set<Opcode.Trait> traits, Opcode.Planner planner, Opcode.Handler handler) {
        Opcode entry = new Opcode(name, action, HexFormat.ofDelimiter(" ").parseHex(usage), traits, planner, handler);
        int slot = entry.hasServiceAction() ? action : 0;
        if (byCode[entry.code()] == null) {
            byCode[entry.code()] = new Opcode[entry.hasServiceAction() ? 32 : 1];
        }
        byCode[entry.code()][slot] = entry;
        all.add(entry);
    }

    /** Every entry, by operation code and service action. */
    List<Opcode> all() {
        return all;
    }

    boolean knows(int code) {
        return byCode[code] != null;
    }

    /** Whether the entries of a known code are told apart by service action. */
    boolean hasServiceActions(int code) {
        return byCode[code].length > 1;
    }

    /** The entry of a CDB. @return null where the operation code or its service action is not known */
    Opcode find(byte[] cdb) {
        Opcode[] entries = byCode[cdb[0] & 0xFF];
        if (entries == null) {
            return null;
        }
        return entries.length == 1 ? entries[0] : entries[cdb[1] & 0x1F];
    }

    /** The entry of an operation code and a service action (0 for a code that has none). @return null where there is none */
    Opcode find(int code, int action) {
        Opcode[] entries = byCode[code];
        return entries == null || action >= entries.length ? null : entries[action];
    }
}

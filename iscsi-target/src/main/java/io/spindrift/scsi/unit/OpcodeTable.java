package io.spindrift.scsi.unit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Every command the units of a target know. A command is a row that its {@link CommandFamily} adds, a handler and a test; what has no row is
 * refused with INVALID COMMAND OPERATION CODE, or INVALID FIELD IN CDB where only the service action is unknown. Built once, then read only.
 */
public final class OpcodeTable {
    private final Opcode[][] byCode = new Opcode[256][];
    private final List<Opcode> all = new ArrayList<>();

    /** Takes the rows of a family. */
    public final class Rows {
        private Rows() {}

        /**
         * @param usage the CDB usage bitmap in hexadecimal, a byte of the CDB each: a bit is 1 where the unit looks at it (SPC-5 6.36.3)
         */
        public void add(String name, String usage, Set<Opcode.Trait> traits, Opcode.Planner planner, Opcode.Handler handler) {
            add(name, Opcode.NO_SERVICE_ACTION, usage, traits, planner, handler);
        }

        /** @param action the service action, 0 to 1Fh; the bytes of the usage bitmap where it stands carry its value */
        public void add(String name, int action, String usage, Set<Opcode.Trait> traits, Opcode.Planner planner, Opcode.Handler handler) {
            put(new Opcode(name, action, HexFormat.ofDelimiter(" ").parseHex(usage), traits, planner, handler));
        }
    }

    public OpcodeTable(List<CommandFamily> families) {
        Rows rows = new Rows();
        families.forEach(family -> family.addTo(rows));
        all.sort(Comparator.comparingInt(Opcode::code).thenComparingInt(Opcode::serviceAction));
    }

    private void put(Opcode entry) {
        int slot = entry.hasServiceAction() ? entry.serviceAction() : 0;
        if (byCode[entry.code()] == null) {
            byCode[entry.code()] = new Opcode[entry.hasServiceAction() ? 32 : 1];
        }
        if (byCode[entry.code()][slot] != null) {
            throw new IllegalStateException(entry + " has the operation code of " + byCode[entry.code()][slot]);
        }
        byCode[entry.code()][slot] = entry;
        all.add(entry);
    }

    /** Every entry, by operation code and service action. */
    public List<Opcode> all() {
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
    public Opcode find(byte[] cdb) {
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

package io.spindrift.scsi.target;

import io.spindrift.block.Readiness;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.TargetPort;
import io.spindrift.scsi.TargetPorts;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.data.ParameterData;
import io.spindrift.scsi.unit.CommandFamily;
import io.spindrift.scsi.unit.LogicalUnit;
import io.spindrift.scsi.unit.Opcode;
import io.spindrift.scsi.unit.OpcodeTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * REPORT TARGET PORT GROUPS (SPC-5 6.37). The access state follows from the device's readiness, so it is one for all groups, and only the
 * target changes it (TPGS = 01b): there is no SET TARGET PORT GROUPS.
 */
final class PortCommands implements CommandFamily {
    private static final int EXTENDED_HEADER = 1;
    /** T_SUP, U_SUP, S_SUP, AO_SUP. */
    private static final int SUPPORTED_STATES = 0x80 | 0x08 | 0x04 | 0x01;
    private static final int CHANGED_IMPLICITLY = 0x02;
    /** How long an initiator should wait for the end of a transition, in seconds: attach and recovery take less. */
    private static final int IMPLICIT_TRANSITION_SECONDS = 60;

    private final TargetPorts ports;

    PortCommands(TargetPorts ports) {
        this.ports = ports;
    }

    @Override
    public void addTo(OpcodeTable.Rows rows) {
        rows.add("REPORT TARGET PORT GROUPS", 0x0A, "A3 EA 00 00 00 00 FF FF FF FF 00 04", Opcode.ABOUT, Opcode.NO_DATA, this::report);
    }

    private void report(LogicalUnit unit, ScsiCommand command) {
        int format = Cdb.u8(command.cdb, 1) >>> 5;
        if (format > EXTENDED_HEADER) {
            unit.invalidField(command, 1, 7);
            return;
        }
        boolean extended = format == EXTENDED_HEADER;
        byte[] groups = groups(unit.device().readiness());
        ParameterData data = new ParameterData().u32(groups.length + (extended ? 4 : 0));
        if (extended) {
            data.u8(0x10).u8(IMPLICIT_TRANSITION_SECONDS).u16(0);
        }
        unit.data(command, data.bytes(groups).toBytes(), Cdb.u32(command.cdb, 6));
    }

    private byte[] groups(Readiness readiness) {
        Map<Integer, List<TargetPort>> groups = new LinkedHashMap<>();
        for (TargetPort port : ports.list()) {
            groups.computeIfAbsent(port.group(), group -> new ArrayList<>()).add(port);
        }
        ParameterData data = new ParameterData();
        groups.forEach((group, members) -> {
            boolean preferred = members.stream().anyMatch(TargetPort::preferred);
            data.u8((preferred ? 0x80 : 0) | accessState(readiness)).u8(SUPPORTED_STATES).u16(group);
            data.u8(0).u8(CHANGED_IMPLICITLY).u8(0).u8(members.size());
            members.forEach(port -> data.u16(0).u16(port.relativeIdentifier()));
        });
        return data.toBytes();
    }

    /** ASYMMETRIC ACCESS STATE (SPC-5 table 315). */
    private static int accessState(Readiness readiness) {
        return switch (readiness) {
            case READY -> 0x0;
            case STANDBY -> 0x2;
            case UNAVAILABLE -> 0x3;
            case BECOMING_READY -> 0xF;
        };
    }
}

package io.spindrift.scsi.reserve;

import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.TargetPorts;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;
import io.spindrift.scsi.unit.CommandFamily;
import io.spindrift.scsi.unit.LogicalUnit;
import io.spindrift.scsi.unit.Opcode;
import io.spindrift.scsi.unit.OpcodeTable;
import io.spindrift.scsi.unit.UnitPart;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** PERSISTENT RESERVE IN and OUT, RESERVE and RELEASE. Made with the target; lives on its home loop. */
public final class ReserveFamily implements CommandFamily {
    /** They have rules of their own, and need the unit's store to have settled, which it has where the medium is there. */
    private static final Set<Opcode.Trait> TRAITS = Set.of(Opcode.Trait.NEEDS_MEDIUM, Opcode.Trait.IGNORES_RESERVATION);

    private final TargetPorts ports;

    public ReserveFamily(TargetPorts ports) {
        this.ports = ports;
    }

    @Override
    public UnitPart partOf(LogicalUnit unit) {
        return new UnitReservations(unit, ports);
    }

    @Override
    public void addTo(OpcodeTable.Rows rows) {
        addReserve(rows);
        in(rows, "READ KEYS", 0, ReservationReports::keys);
        in(rows, "READ RESERVATION", 1, ReservationReports::reservation);
        in(rows, "REPORT CAPABILITIES", 2, ReservationReports::capabilities);
        in(rows, "READ FULL STATUS", 3, ReservationReports::fullStatus);
        for (ReserveOut.Action action : ReserveOut.Action.values()) {
            String usage = String.format("5F %02X FF 00 00 FF FF FF FF 04", action.code());
            rows.add("PERSISTENT RESERVE OUT, " + action, action.code(), usage, TRAITS, ReserveFamily::planOut, (unit, command) -> of(unit).out(command));
        }
    }

    private static void addReserve(OpcodeTable.Rows rows) {
        rows.add("RESERVE(6)", "16 1F 00 00 00 04", TRAITS, Opcode.NO_DATA, (unit, command) -> old(unit, command, UnitReservations::reserve));
        rows.add("RELEASE(6)", "17 1F 00 00 00 04", TRAITS, Opcode.NO_DATA, (unit, command) -> old(unit, command, UnitReservations::release));
        rows.add("RESERVE(10)", "56 1F 00 00 00 00 00 FF FF 04", TRAITS, Opcode.NO_DATA,
                (unit, command) -> old(unit, command, UnitReservations::reserve));
        rows.add("RELEASE(10)", "57 1F 00 00 00 00 00 FF FF 04", TRAITS, Opcode.NO_DATA,
                (unit, command) -> old(unit, command, UnitReservations::release));
    }

    private static UnitReservations of(LogicalUnit unit) {
        return unit.part(UnitReservations.class);
    }

    private static void old(LogicalUnit unit, ScsiCommand command, BiConsumer<UnitReservations, ScsiCommand> does) {
        SenseData unsupported = UnitReservations.unsupported(command.cdb);
        if (unsupported != null) {
            unit.fail(command, unsupported);
        } else {
            does.accept(of(unit), command);
        }
    }

    private static void in(OpcodeTable.Rows rows, String name, int action, Function<PersistentReservations, byte[]> report) {
        String usage = String.format("5E %02X 00 00 00 00 00 FF FF 04", action);
        rows.add("PERSISTENT RESERVE IN, " + name, action, usage, TRAITS, Opcode.NO_DATA,
                (unit, command) -> unit.data(command, report.apply(of(unit).state()), Cdb.u16(command.cdb, 7)));
    }

    private static int planOut(LogicalUnit unit, ScsiCommand command) {
        long length = Cdb.u32(command.cdb, 5);
        if (length < ReserveOutReader.SHORTEST_LIST || length > ReserveOutReader.MAX_LIST_BYTES) {
            return unit.fail(command, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
        }
        return (int) Math.min(length, command.expectedDataOut);
    }
}

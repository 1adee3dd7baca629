package io.spindrift.scsi.reserve;

import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Reads one PERSISTENT RESERVE OUT (SPC-5 6.16.3 and 6.16.4). Made for one command; {@link #request} is null where {@link #wrong} says why.
 */
final class ReserveOutReader {
    /** Most bytes of a parameter list that are taken: room for as many TransportIDs as there can be registrations. */
    static final int MAX_LIST_BYTES = 32 << 10;
    static final int SHORTEST_LIST = 24;
    private static final int OPTIONS_BYTE = 20;

    private final byte[] list;
    private final Registrant from;
    private final Set<Integer> targetPorts;
    private final Collection<Registrant> known;
    private ReserveOut request;
    private SenseData wrong;

    /**
     * @param targetPorts the relative identifiers of the target's ports
     * @param known initiator ports that are logged in or registered, for TransportIDs that name all ports of an initiator
     */
    ReserveOutReader(byte[] cdb, byte[] list, Registrant from, Set<Integer> targetPorts, Collection<Registrant> known) {
        this.list = list;
        this.from = from;
        this.targetPorts = targetPorts;
        this.known = known;
        ReserveOut.Action action = ReserveOut.Action.values()[cdb[1] & 0x1F];
        if (list.length < SHORTEST_LIST) {
            wrong = SenseData.of(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
        } else if (action == ReserveOut.Action.REGISTER_AND_MOVE) {
            readMove(cdb[2] & 0xFF);
        } else {
            readBasic(action, cdb[2] & 0xFF);
        }
    }

    /** @return null where it is wrong */
    ReserveOut request() {
        return wrong == null ? request : null;
    }

    /** @return null where it is right */
    SenseData wrong() {
        return wrong;
    }

    private void readBasic(ReserveOut.Action action, int scopeAndType) {
        boolean namesPorts = Cdb.bit(list, OPTIONS_BYTE, 3);
        ReserveOut.Options options = new ReserveOut.Options(Cdb.bit(list, OPTIONS_BYTE, 0), Cdb.bit(list, OPTIONS_BYTE, 2), namesPorts, false);
        List<Registrant> others = new ArrayList<>();
        if (namesPorts && action != ReserveOut.Action.REGISTER) {
            wrong = SenseData.field(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, OPTIONS_BYTE, 3);
        } else if (!namesPorts && list.length != SHORTEST_LIST) {
            wrong = SenseData.of(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
        } else if (namesPorts) {
            readNamed(options.allPorts(), others);
        }
        if (action.registers() && options.allPorts()) {
            add(from.initiatorPort(), true, others);
        }
        others.remove(from);
        request = new ReserveOut(action, scopeAndType, Cdb.s64(list, 0), Cdb.s64(list, 8), options, List.copyOf(others));
    }

    private void readNamed(boolean allPorts, List<Registrant> others) {
        long bytes = list.length < SHORTEST_LIST + 4 ? -1 : Cdb.u32(list, SHORTEST_LIST);
        if (bytes != list.length - SHORTEST_LIST - 4) {
            wrong = SenseData.of(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
            return;
        }
        for (int at = SHORTEST_LIST + 4; at < list.length; ) {
            TransportId id = TransportId.read(list, at, list.length);
            if (id == null) {
                wrong = SenseData.field(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, at, SenseData.NONE);
                return;
            }
            if (id.isPort()) {
                add(id.name(), allPorts, others);
            } else {
                for (Registrant each : known) {
                    if (each.initiatorName().equals(id.name())) {
                        add(each.initiatorPort(), allPorts, others);
                    }
                }
            }
            at += id.length();
        }
    }

    private void add(String initiatorPort, boolean allPorts, List<Registrant> others) {
        for (int port : allPorts ? targetPorts : Set.of(from.targetPort())) {
            Registrant other = new Registrant(initiatorPort, port);
            if (!others.contains(other)) {
                others.add(other);
            }
        }
    }

    private void readMove(int scopeAndType) {
        int targetPort = Cdb.u16(list, 18);
        TransportId id = TransportId.read(list, SHORTEST_LIST, list.length);
        if (Cdb.u32(list, 20) != list.length - SHORTEST_LIST) {
            wrong = SenseData.of(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
        } else if (!targetPorts.contains(targetPort)) {
            wrong = SenseData.field(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, 18, SenseData.NONE);
        } else if (id == null || !id.isPort() || id.length() != list.length - SHORTEST_LIST) {
            wrong = SenseData.field(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, SHORTEST_LIST, SenseData.NONE);
        } else {
            ReserveOut.Options options = new ReserveOut.Options(Cdb.bit(list, 17, 0), false, false, Cdb.bit(list, 17, 1));
            List<Registrant> to = List.of(new Registrant(id.name(), targetPort));
            request = new ReserveOut(ReserveOut.Action.REGISTER_AND_MOVE, scopeAndType, Cdb.s64(list, 0), Cdb.s64(list, 8), options, to);
        }
    }
}

package io.spindrift.scsi.reserve;

import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The rules of PERSISTENT RESERVE OUT (SPC-5 5.14): a state, who asks, and what for, give the next state. Pure; made for one request.
 */
final class PersistentRules {
    private static final int TYPE_BYTE = 2;
    private static final int SERVICE_KEY_BYTE = 8;
    private static final int OPTIONS_BYTE = 20;
    private static final int TRANSPORT_ID_BYTE = 24;
    private static final int SPEC_I_PT_BIT = 3;

    private final PersistentReservations before;
    private final Registrant from;
    private final ReserveOut request;

    private PersistentRules(PersistentReservations before, Registrant from, ReserveOut request) {
        this.before = before;
        this.from = from;
        this.request = request;
    }

    static Outcome apply(PersistentReservations before, Registrant from, ReserveOut request) {
        return new PersistentRules(before, from, request).outcome();
    }

    private Outcome outcome() {
        boolean registered = before.isRegistered(from);
        switch (request.action()) {
            case REGISTER:
                return (registered ? before.keyOf(from) : 0) == request.key() ? register() : Outcome.conflict(before);
            case REGISTER_AND_IGNORE_EXISTING_KEY:
                return register();
            default:
                return registered && before.keyOf(from) == request.key() ? withKey() : Outcome.conflict(before);
        }
    }

    /** The actions that only a registrant with its key may take. */
    private Outcome withKey() {
        switch (request.action()) {
            case RESERVE:
                return reserve();
            case RELEASE:
                return release();
            case CLEAR:
                return Outcome.good(before.without(before.keys().keySet()).next())
                        .telling(before.keys().keySet(), from, AdditionalSense.RESERVATIONS_PREEMPTED);
            case PREEMPT:
            case PREEMPT_AND_ABORT:
                return preempt();
            default:
                return move();
        }
    }

    // ---- SPC-5 5.14.7, registering, and 5.14.11.2, unregistering ----

    private Outcome register() {
        boolean registered = before.isRegistered(from);
        if (registered && request.options().namesPorts()) {
            return invalidParameter(OPTIONS_BYTE, SPEC_I_PT_BIT);
        }
        if (request.serviceKey() == 0) {
            return registered ? unregister() : Outcome.good(before);
        }
        List<Registrant> meant = meant();
        boolean fresh = request.action() == ReserveOut.Action.REGISTER && !registered;
        if (fresh && meant.stream().anyMatch(before::isRegistered)) {
            return Outcome.conflict(before);
        }
        Set<Registrant> all = new LinkedHashSet<>(before.keys().keySet());
        all.addAll(meant);
        if (all.size() > PersistentReservations.MAX_REGISTRATIONS) {
            return Outcome.refused(before, SenseData.of(AdditionalSense.INSUFFICIENT_REGISTRATION_RESOURCES));
        }
        return Outcome.good(before.registering(meant, request.serviceKey()).survivingPowerLoss(request.options().survivesPowerLoss()).next());
    }

    /** Whom a registration is for. One that changes a key through all ports goes to those that have the same key now. */
    private List<Registrant> meant() {
        List<Registrant> meant = new ArrayList<>();
        meant.add(from);
        boolean changes = request.action() == ReserveOut.Action.REGISTER && before.isRegistered(from);
        for (Registrant other : request.others()) {
            if (!changes || Long.valueOf(request.key()).equals(before.keyOf(other))) {
                meant.add(other);
            }
        }
        return meant;
    }

    private Outcome unregister() {
        PersistentReservations after = before.without(meant()).survivingPowerLoss(request.options().survivesPowerLoss()).next();
        boolean tell = before.type() != null && after.type() == null && before.type().isShared();
        Outcome outcome = Outcome.good(after);
        return tell ? outcome.telling(after.keys().keySet(), from, AdditionalSense.RESERVATIONS_RELEASED) : outcome;
    }

    // ---- SPC-5 5.14.9, reserving, and 5.14.11.2.2, releasing ----

    private Outcome reserve() {
        if (request.type() == null) {
            return invalidType();
        }
        if (before.type() == null) {
            return Outcome.good(before.reserved(request.type(), from));
        }
        boolean same = before.isHolder(from) && before.type() == request.type();
        return same ? Outcome.good(before) : Outcome.conflict(before);
    }

    private Outcome release() {
        if (!before.isHolder(from)) {
            return Outcome.good(before);
        }
        if (before.type() != request.type()) {
            return Outcome.refused(before, SenseData.of(AdditionalSense.INVALID_RELEASE_OF_PERSISTENT_RESERVATION));
        }
        Outcome outcome = Outcome.good(before.released());
        return before.type().isShared()
                ? outcome.telling(before.keys().keySet(), from, AdditionalSense.RESERVATIONS_RELEASED)
                : outcome;
    }

    // ---- SPC-5 5.14.11.2.3 on, preempting ----

    private Outcome preempt() {
        boolean allHold = before.type() != null && before.type().allHold();
        boolean takesOver = allHold ? request.serviceKey() == 0 : before.type() != null && request.serviceKey() == before.holderKey();
        return takesOver ? preemptReservation(allHold) : preemptRegistrations();
    }

    private Outcome preemptRegistrations() {
        Set<Registrant> gone = before.with(request.serviceKey());
        if (request.serviceKey() == 0) {
            return invalidParameter(SERVICE_KEY_BYTE, SenseData.NONE);
        }
        if (gone.isEmpty()) {
            return Outcome.conflict(before);
        }
        return Outcome.good(before.without(gone).next())
                .telling(gone, from, AdditionalSense.REGISTRATIONS_PREEMPTED)
                .preempting(but(gone));
    }

    private Outcome preemptReservation(boolean allHold) {
        if (request.type() == null) {
            return invalidType();
        }
        Set<Registrant> gone = but(allHold ? before.keys().keySet() : before.with(request.serviceKey()));
        PersistentReservations after = before.released().without(gone).reserved(request.type(), from).next();
        Outcome outcome = Outcome.good(after);
        if (before.type() != after.type()) {
            outcome = outcome.telling(after.keys().keySet(), from, AdditionalSense.RESERVATIONS_RELEASED);
        }
        return outcome.telling(gone, from, AdditionalSense.REGISTRATIONS_PREEMPTED).preempting(gone);
    }

    private Set<Registrant> but(Set<Registrant> registrants) {
        Set<Registrant> others = new LinkedHashSet<>(registrants);
        others.remove(from);
        return others;
    }

    // ---- SPC-5 5.14.8, registering and moving ----

    private Outcome move() {
        if (before.type() == null) {
            return Outcome.refused(before, SenseData.field(AdditionalSense.INVALID_FIELD_IN_CDB, 1, SenseData.NONE));
        }
        if (before.type().allHold() || !before.isHolder(from)) {
            return Outcome.conflict(before);
        }
        if (request.serviceKey() == 0) {
            return invalidParameter(SERVICE_KEY_BYTE, SenseData.NONE);
        }
        Registrant to = request.others().get(0);
        if (to.initiatorPort().equals(from.initiatorPort())) {
            // Through whatever target port (SPC-5 5.14.8).
            return invalidParameter(TRANSPORT_ID_BYTE, SenseData.NONE);
        }
        if (!before.isRegistered(to) && before.keys().size() == PersistentReservations.MAX_REGISTRATIONS) {
            return Outcome.refused(before, SenseData.of(AdditionalSense.INSUFFICIENT_REGISTRATION_RESOURCES));
        }
        PersistentReservations after = before.registering(List.of(to), request.serviceKey()).reserved(before.type(), to);
        if (request.options().unregisters()) {
            after = after.without(List.of(from));
        }
        return Outcome.good(after.survivingPowerLoss(request.options().survivesPowerLoss()).next());
    }

    private Outcome invalidType() {
        return Outcome.refused(before, SenseData.field(AdditionalSense.INVALID_FIELD_IN_CDB, TYPE_BYTE, SenseData.NONE));
    }

    private Outcome invalidParameter(int at, int bit) {
        return Outcome.refused(before, SenseData.field(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, at, bit));
    }
}

package io.spindrift.scsi.reserve;

import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What comes of a PERSISTENT RESERVE OUT.
 *
 * @param status GOOD (0), CHECK CONDITION (2) or RESERVATION CONFLICT (18h)
 * @param state what holds from here on; the former state where the status is not GOOD
 * @param sense null where the status carries none
 * @param attentions who is to be told what
 * @param preempted whose registrations were taken away by another
 */
record Outcome(int status, PersistentReservations state, SenseData sense, Map<Registrant, AdditionalSense> attentions, Set<Registrant> preempted) {
    static final int GOOD = 0x00;
    static final int CHECK_CONDITION = 0x02;
    static final int CONFLICT = 0x18;

    static Outcome good(PersistentReservations state) {
        return new Outcome(GOOD, state, null, Map.of(), Set.of());
    }

    static Outcome conflict(PersistentReservations state) {
        return new Outcome(CONFLICT, state, null, Map.of(), Set.of());
    }

    static Outcome refused(PersistentReservations state, SenseData sense) {
        return new Outcome(CHECK_CONDITION, state, sense, Map.of(), Set.of());
    }

    /** Tells those, but not {@code except}. */
    Outcome telling(Collection<Registrant> whom, Registrant except, AdditionalSense condition) {
        Map<Registrant, AdditionalSense> more = new LinkedHashMap<>(attentions);
        for (Registrant each : whom) {
            if (!each.equals(except)) {
                more.put(each, condition);
            }
        }
        return new Outcome(status, state, sense, more, preempted);
    }

    Outcome preempting(Set<Registrant> whom) {
        return new Outcome(status, state, sense, attentions, whom);
    }
}

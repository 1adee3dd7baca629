package io.spindrift.scsi.reserve;

import static io.spindrift.scsi.reserve.ReserveOut.Action.CLEAR;
import static io.spindrift.scsi.reserve.ReserveOut.Action.PREEMPT;
import static io.spindrift.scsi.reserve.ReserveOut.Action.PREEMPT_AND_ABORT;
import static io.spindrift.scsi.reserve.ReserveOut.Action.REGISTER;
import static io.spindrift.scsi.reserve.ReserveOut.Action.REGISTER_AND_IGNORE_EXISTING_KEY;
import static io.spindrift.scsi.reserve.ReserveOut.Action.REGISTER_AND_MOVE;
import static io.spindrift.scsi.reserve.ReserveOut.Action.RELEASE;
import static io.spindrift.scsi.reserve.ReserveOut.Action.RESERVE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.scsi.sense.AdditionalSense;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules, one by one. */
class PersistentRulesTest {
    private static final Registrant A = new Registrant("iqn.test:a,i,0x000000000001", 1);
    private static final Registrant B = new Registrant("iqn.test:b,i,0x000000000002", 1);
    private static final Registrant C = new Registrant("iqn.test:c,i,0x000000000003", 1);
    private static final Registrant A2 = new Registrant("iqn.test:a,i,0x000000000001", 2);
    private static final ReserveOut.Options PLAIN = new ReserveOut.Options(false, false, false, false);
    private static final int WE = 1;
    private static final int EA = 3;
    private static final int WERO = 5;
    private static final int WEAR = 7;

    private PersistentReservations state = PersistentReservations.NONE;

    private Outcome ask(Registrant from, ReserveOut.Action action, int type, long key, long serviceKey) {
        return apply(from, new ReserveOut(action, type, key, serviceKey, PLAIN, List.of()));
    }

    private Outcome apply(Registrant from, ReserveOut request) {
        Outcome outcome = PersistentRules.apply(state, from, request);
        if (outcome.status() != Outcome.GOOD) {
            assertSame(state, outcome.state(), "nothing changes with a refusal");
            assertTrue(outcome.attentions().isEmpty() && outcome.preempted().isEmpty());
        }
        state = outcome.state();
        return outcome;
    }

    private Outcome good(Registrant from, ReserveOut.Action action, int type, long key, long serviceKey) {
        Outcome outcome = ask(from, action, type, key, serviceKey);
        assertEquals(Outcome.GOOD, outcome.status(), action + ": " + outcome.sense());
        return outcome;
    }

    private void conflict(Registrant from, ReserveOut.Action action, int type, long key, long serviceKey) {
        assertEquals(Outcome.CONFLICT, ask(from, action, type, key, serviceKey).status(), action.name());
    }

    private void refused(AdditionalSense sense, Outcome outcome) {
        assertEquals(Outcome.CHECK_CONDITION, outcome.status());
        assertEquals(sense, outcome.sense().sense());
    }

    /** A, B and C with keys 1, 2 and 3; A holds a reservation of the type. */
    private void reservedByA(int type) {
        good(A, REGISTER, 0, 0, 1);
        good(B, REGISTER, 0, 0, 2);
        good(C, REGISTER, 0, 0, 3);
        if (type != 0) {
            good(A, RESERVE, type, 1, 0);
        }
    }

    @Test
    void registeringNeedsTheKeyOneHas() {
        conflict(A, REGISTER, 0, 5, 1);
        good(A, REGISTER, 0, 0, 1);
        conflict(A, REGISTER, 0, 0, 2);
        conflict(A, REGISTER, 0, 2, 1);
        good(A, REGISTER, 0, 1, 2);
        assertEquals(Map.of(A, 2L), state.keys());
        good(A, REGISTER, 0, 2, 0);
        assertEquals(Map.of(), state.keys());
        assertEquals(3, state.generation());
    }

    @Test
    void unregisteringWhatIsNotThereIsGoodAndNothing() {
        good(A, REGISTER, 0, 0, 0);
        good(A, REGISTER_AND_IGNORE_EXISTING_KEY, 0, 9, 0);
        assertSame(PersistentReservations.NONE, state);
    }

    @Test
    void registerAndIgnoreNeedsNoKey() {
        good(A, REGISTER_AND_IGNORE_EXISTING_KEY, 0, 77, 1);
        good(A, REGISTER_AND_IGNORE_EXISTING_KEY, 0, 77, 2);
        assertEquals(Map.of(A, 2L), state.keys());
        good(A, REGISTER_AND_IGNORE_EXISTING_KEY, 0, 77, 0);
        assertEquals(Map.of(), state.keys());
    }

    @Test
    void powerLossIsAsTheLastRegistrationSays() {
        ReserveOut.Options kept = new ReserveOut.Options(true, false, false, false);
        apply(A, new ReserveOut(REGISTER, 0, 0, 1, kept, List.of()));
        assertTrue(state.survivesPowerLoss());
        apply(A, new ReserveOut(RESERVE, WE, 1, 0, PLAIN, List.of()));
        assertTrue(state.survivesPowerLoss(), "RESERVE does not look at APTPL");
        good(B, REGISTER, 0, 0, 2);
        assertFalse(state.survivesPowerLoss());
    }

    @Test
    void moreRegistrationsThanThereIsRoomForAreRefused() {
        for (int i = 0; i < PersistentReservations.MAX_REGISTRATIONS; i++) {
            good(new Registrant("iqn.test:" + i + ",i,0x000000000001", 1), REGISTER, 0, 0, 1);
        }
        refused(AdditionalSense.INSUFFICIENT_REGISTRATION_RESOURCES, ask(A, REGISTER, 0, 0, 1));
        refused(AdditionalSense.INSUFFICIENT_REGISTRATION_RESOURCES, ask(A, REGISTER_AND_IGNORE_EXISTING_KEY, 0, 0, 1));
        Registrant first = new Registrant("iqn.test:0,i,0x000000000001", 1);
        good(first, RESERVE, WE, 1, 0);
        refused(AdditionalSense.INSUFFICIENT_REGISTRATION_RESOURCES, apply(first, new ReserveOut(REGISTER_AND_MOVE, 0, 1, 5, PLAIN, List.of(A))));
    }

    @Test
    void registeringForOthersIsAllOrNothing() {
        ReserveOut.Options naming = new ReserveOut.Options(false, false, true, false);
        apply(A, new ReserveOut(REGISTER, 0, 0, 1, naming, List.of(B, C)));
        assertEquals(Map.of(A, 1L, B, 1L, C, 1L), state.keys());
        assertEquals(1, state.generation());
        refused(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, apply(A, new ReserveOut(REGISTER, 0, 1, 2, naming, List.of(B))));
        good(A, REGISTER, 0, 1, 0);
        assertEquals(Outcome.CONFLICT, apply(A, new ReserveOut(REGISTER, 0, 0, 1, naming, List.of(B))).status(), "B is registered");
        assertFalse(state.isRegistered(A));
    }

    @Test
    void throughAllPortsAKeyIsChangedWhereItIsTheSame() {
        ReserveOut.Options all = new ReserveOut.Options(false, true, false, false);
        apply(A, new ReserveOut(REGISTER, 0, 0, 1, all, List.of(A2)));
        assertEquals(Map.of(A, 1L, A2, 1L), state.keys());
        apply(A, new ReserveOut(REGISTER, 0, 1, 4, all, List.of(A2)));
        assertEquals(Map.of(A, 4L, A2, 4L), state.keys());
        good(A2, REGISTER, 0, 4, 5);
        apply(A, new ReserveOut(REGISTER, 0, 4, 6, all, List.of(A2)));
        assertEquals(Map.of(A, 6L, A2, 5L), state.keys());
        apply(A, new ReserveOut(REGISTER_AND_IGNORE_EXISTING_KEY, 0, 0, 7, all, List.of(A2)));
        assertEquals(Map.of(A, 7L, A2, 7L), state.keys());
        apply(A, new ReserveOut(REGISTER, 0, 7, 0, all, List.of(A2)));
        assertEquals(Map.of(), state.keys());
    }

    @ParameterizedTest
    @EnumSource(value = ReserveOut.Action.class, mode = EnumSource.Mode.EXCLUDE, names = {"REGISTER", "REGISTER_AND_IGNORE_EXISTING_KEY"})
    void everythingElseNeedsARegistrationAndItsKey(ReserveOut.Action action) {
        reservedByA(WE);
        good(C, REGISTER, 0, 3, 0);
        conflict(C, action, WE, 3, 2);
        conflict(C, action, WE, 0, 2);
        conflict(B, action, WE, 3, 2);
        conflict(A, action, WE, 2, 2);
    }

    @ParameterizedTest
    @EnumSource
    void aReservationIsMadeOnceAndAgainByItsHolder(ReservationType type) {
        reservedByA(type.code());
        assertEquals(type, state.type());
        assertEquals(type.allHold() ? null : A, state.holder());
        assertEquals(type.allHold() ? 0 : 1, state.holderKey());
        good(A, RESERVE, type.code(), 1, 0);
        conflict(A, RESERVE, type == ReservationType.WRITE_EXCLUSIVE ? EA : WE, 1, 0);
        if (type.allHold()) {
            good(B, RESERVE, type.code(), 2, 0);
        } else {
            conflict(B, RESERVE, type.code(), 2, 0);
        }
        assertEquals(3, state.generation(), "reserving does not count");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 4, 9, 15, 0x11, 0x21})
    void typesAndScopesThatAreNoneAreRefused(int scopeAndType) {
        reservedByA(0);
        refused(AdditionalSense.INVALID_FIELD_IN_CDB, ask(A, RESERVE, scopeAndType, 1, 0));
        good(B, RESERVE, WE, 2, 0);
        refused(AdditionalSense.INVALID_FIELD_IN_CDB, ask(A, PREEMPT, scopeAndType, 1, 2));
        refused(AdditionalSense.INVALID_RELEASE_OF_PERSISTENT_RESERVATION, ask(B, RELEASE, scopeAndType, 2, 0));
    }

    @ParameterizedTest
    @EnumSource
    void whoMayReadAndWrite(ReservationType type) {
        reservedByA(type.code());
        Registrant stranger = A2;
        assertTrue(state.mayWrite(A) && state.mayRead(A));
        assertEquals(type.isShared(), state.mayWrite(B));
        assertEquals(type.isShared() || type.code() % 2 == 1 && type != ReservationType.EXCLUSIVE_ACCESS, state.mayRead(B));
        assertFalse(state.mayWrite(stranger));
        assertEquals(List.of(1, 5, 7).contains(type.code()), state.mayRead(stranger));
    }

    @ParameterizedTest
    @EnumSource
    void releasingTellsTheOthersWhereTheyShared(ReservationType type) {
        reservedByA(type.code());
        if (!type.allHold()) {
            good(B, RELEASE, type.code(), 2, 0);
            assertEquals(type, state.type(), "B is no holder: nothing happens");
        }
        refused(AdditionalSense.INVALID_RELEASE_OF_PERSISTENT_RESERVATION, ask(A, RELEASE, type.code() == WE ? EA : WE, 1, 0));
        Outcome outcome = good(A, RELEASE, type.code(), 1, 0);
        assertNull(state.type());
        assertEquals(type.isShared() ? told(AdditionalSense.RESERVATIONS_RELEASED, B, C) : Map.of(), outcome.attentions());
        assertEquals(3, state.generation());
        assertEquals(3, state.keys().size());
        good(A, RELEASE, type.code(), 1, 0);
    }

    @ParameterizedTest
    @EnumSource
    void theHoldersUnregisteringReleases(ReservationType type) {
        reservedByA(type.code());
        good(C, REGISTER, 0, 3, 0);
        assertEquals(type, state.type());
        Outcome outcome = good(A, REGISTER, 0, 1, 0);
        assertEquals(type.allHold() ? type : null, state.type());
        assertEquals(type.isShared() && !type.allHold() ? told(AdditionalSense.RESERVATIONS_RELEASED, B) : Map.of(), outcome.attentions());
        good(B, REGISTER, 0, 2, 0);
        assertNull(state.type(), "the last registrant takes it along");
    }

    @Test
    void clearTakesEverythingAndTellsTheOthers() {
        reservedByA(EA);
        Outcome outcome = good(B, CLEAR, 0, 2, 0);
        assertEquals(new PersistentReservations(4, false, Map.of(), null, null), state);
        assertEquals(told(AdditionalSense.RESERVATIONS_PREEMPTED, A, C), outcome.attentions());
        assertEquals(Set.of(), outcome.preempted());
    }

    @Test
    void preemptingTheHolderTakesTheReservationOver() {
        reservedByA(WE);
        Outcome outcome = good(B, PREEMPT, WE, 2, 1);
        assertEquals(B, state.holder());
        assertEquals(List.of(B, C), new ArrayList<>(state.keys().keySet()));
        assertEquals(told(AdditionalSense.REGISTRATIONS_PREEMPTED, A), outcome.attentions());
        assertEquals(Set.of(A), outcome.preempted());
        assertEquals(4, state.generation());
    }

    @Test
    void preemptingWithAnotherTypeTellsThoseWhoStay() {
        reservedByA(WE);
        Outcome outcome = good(B, PREEMPT_AND_ABORT, WERO, 2, 1);
        assertEquals(ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY, state.type());
        assertEquals(Map.of(A, AdditionalSense.REGISTRATIONS_PREEMPTED, C, AdditionalSense.RESERVATIONS_RELEASED), outcome.attentions());
        assertEquals(Set.of(A), outcome.preempted());
    }

    @Test
    void preemptingOneselfChangesTheType() {
        reservedByA(WE);
        good(B, REGISTER, 0, 2, 1);
        Outcome outcome = good(A, PREEMPT, EA, 1, 1);
        assertEquals(A, state.holder());
        assertEquals(ReservationType.EXCLUSIVE_ACCESS, state.type());
        assertEquals(List.of(A, C), new ArrayList<>(state.keys().keySet()));
        assertEquals(Set.of(B), outcome.preempted());
    }

    @Test
    void preemptingARegistrationLeavesTheReservation() {
        reservedByA(WE);
        Outcome outcome = good(B, PREEMPT, 0, 2, 3);
        assertEquals(A, state.holder());
        assertFalse(state.isRegistered(C));
        assertEquals(told(AdditionalSense.REGISTRATIONS_PREEMPTED, C), outcome.attentions());
        conflict(B, PREEMPT, 0, 2, 3);
        refused(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, ask(B, PREEMPT, WE, 2, 0));
    }

    @Test
    void preemptingWithoutAReservationTakesRegistrationsOnly() {
        reservedByA(0);
        good(B, PREEMPT, WE, 2, 1);
        assertNull(state.type());
        assertEquals(List.of(B, C), new ArrayList<>(state.keys().keySet()));
        refused(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, ask(B, PREEMPT, WE, 2, 0));
    }

    @Test
    void whereAllHoldZeroPreemptsAllAndAKeyItsRegistrations() {
        reservedByA(WEAR);
        Outcome one = good(B, PREEMPT, 0, 2, 3);
        assertEquals(ReservationType.WRITE_EXCLUSIVE_ALL_REGISTRANTS, state.type());
        assertEquals(told(AdditionalSense.REGISTRATIONS_PREEMPTED, C), one.attentions());
        conflict(B, PREEMPT, 0, 2, 3);
        refused(AdditionalSense.INVALID_FIELD_IN_CDB, ask(B, PREEMPT, 0, 2, 0));
        Outcome all = good(B, PREEMPT, EA, 2, 0);
        assertEquals(B, state.holder());
        assertEquals(Map.of(B, 2L), state.keys());
        assertEquals(Set.of(A), all.preempted());
    }

    @Test
    void theReservationMovesWithItsType() {
        reservedByA(WE);
        Outcome outcome = apply(A, new ReserveOut(REGISTER_AND_MOVE, 0, 1, 9, PLAIN, List.of(B)));
        assertEquals(Outcome.GOOD, outcome.status());
        assertEquals(B, state.holder());
        assertEquals(9, state.keyOf(B));
        assertTrue(state.isRegistered(A));
        ReserveOut.Options leaving = new ReserveOut.Options(true, false, false, true);
        apply(B, new ReserveOut(REGISTER_AND_MOVE, 0, 9, 8, leaving, List.of(A2)));
        assertEquals(A2, state.holder());
        assertFalse(state.isRegistered(B));
        assertEquals(ReservationType.WRITE_EXCLUSIVE, state.type());
        assertTrue(state.survivesPowerLoss());
        assertEquals(5, state.generation());
    }

    @Test
    void whatMayNotBeMoved() {
        reservedByA(0);
        ReserveOut toB = new ReserveOut(REGISTER_AND_MOVE, 0, 1, 9, PLAIN, List.of(B));
        refused(AdditionalSense.INVALID_FIELD_IN_CDB, apply(A, toB));
        good(B, RESERVE, WE, 2, 0);
        assertEquals(Outcome.CONFLICT, apply(A, toB).status());
        good(B, RELEASE, WE, 2, 0);
        good(A, RESERVE, WE, 1, 0);
        refused(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, apply(A, new ReserveOut(REGISTER_AND_MOVE, 0, 1, 0, PLAIN, List.of(B))));
        refused(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, apply(A, new ReserveOut(REGISTER_AND_MOVE, 0, 1, 9, PLAIN, List.of(A))));
        refused(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, apply(A, new ReserveOut(REGISTER_AND_MOVE, 0, 1, 9, PLAIN, List.of(A2))));
        good(A, RELEASE, WE, 1, 0);
        good(A, RESERVE, WEAR, 1, 0);
        assertEquals(Outcome.CONFLICT, apply(A, toB).status());
    }

    @Test
    void theGenerationHas32Bits() {
        state = new PersistentReservations(0xFFFF_FFFFL, false, Map.of(), null, null);
        good(A, REGISTER, 0, 0, 1);
        assertEquals(0, state.generation());
    }

    @Test
    void aStateThatCanNotBeIsNoState() {
        assertThrows(IllegalArgumentException.class, () -> new PersistentReservations(0, false, Map.of(A, 1L), ReservationType.WRITE_EXCLUSIVE, B));
        assertThrows(IllegalArgumentException.class, () -> new PersistentReservations(0, false, Map.of(A, 1L), null, A));
        assertThrows(IllegalArgumentException.class,
                () -> new PersistentReservations(0, false, Map.of(), ReservationType.WRITE_EXCLUSIVE_ALL_REGISTRANTS, null));
        assertThrows(IllegalArgumentException.class, () -> new PersistentReservations(0, false, Map.of(A, 0L), null, null));
    }

    private static Map<Registrant, AdditionalSense> told(AdditionalSense condition, Registrant... whom) {
        Map<Registrant, AdditionalSense> told = new HashMap<>();
        for (Registrant each : whom) {
            told.put(each, condition);
        }
        return told;
    }
}

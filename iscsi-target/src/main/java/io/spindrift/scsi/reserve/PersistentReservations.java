package io.spindrift.scsi.reserve;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The registrations of one logical unit and its persistent reservation, at one moment. A value: {@link PersistentRules} makes the next one.
 *
 * @param generation PRGENERATION, 32 bits, 0 at power on
 * @param survivesPowerLoss APTPL of the last registration
 * @param keys the registrations in the order they were made; never more than {@link #MAX_REGISTRATIONS}
 * @param type of the reservation; null where there is none
 * @param holder who holds it; null where there is none, and where all registrants hold it
 */
record PersistentReservations(long generation, boolean survivesPowerLoss, Map<Registrant, Long> keys, ReservationType type, Registrant holder) {
    static final int MAX_REGISTRATIONS = 128;
    static final PersistentReservations NONE = new PersistentReservations(0, false, Map.of(), null, null);

    PersistentReservations {
        keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
        boolean oneHolds = type != null && !type.allHold();
        if (keys.size() > MAX_REGISTRATIONS || keys.containsValue(0L)) {
            throw new IllegalArgumentException("there are 0 to " + MAX_REGISTRATIONS + " registrations, and no key is 0: " + keys);
        }
        if (oneHolds ? !keys.containsKey(holder) : holder != null) {
            throw new IllegalArgumentException("a reservation of type " + type + " is not held by " + holder);
        }
        if (type != null && keys.isEmpty()) {
            throw new IllegalArgumentException("nobody holds the reservation");
        }
    }

    /** @return null where it is not registered */
    Long keyOf(Registrant registrant) {
        return keys.get(registrant);
    }

    boolean isRegistered(Registrant registrant) {
        return keys.containsKey(registrant);
    }

    boolean isHolder(Registrant registrant) {
        return type != null && (type.allHold() ? isRegistered(registrant) : registrant.equals(holder));
    }

    /** Whether commands of a registrant, or of one that is none, run whatever they do to the medium (SPC-5 table 67). */
    boolean mayWrite(Registrant who) {
        return type == null || (type.isShared() ? isRegistered(who) : who.equals(holder));
    }

    /** Whether its commands that only read run. */
    boolean mayRead(Registrant who) {
        return mayWrite(who) || type.leavesReading();
    }

    /** The registrations with a key. */
    Set<Registrant> with(long key) {
        Set<Registrant> found = new LinkedHashSet<>();
        keys.forEach((registrant, its) -> {
            if (its == key) {
                found.add(registrant);
            }
        });
        return found;
    }

    /** The key that READ RESERVATION shows: the holder's; 0 where all hold it. */
    long holderKey() {
        return holder == null ? 0 : keys.get(holder);
    }

    PersistentReservations next() {
        return new PersistentReservations(generation + 1 & 0xFFFF_FFFFL, survivesPowerLoss, keys, type, holder);
    }

    PersistentReservations survivingPowerLoss(boolean survives) {
        return new PersistentReservations(generation, survives, keys, type, holder);
    }

    PersistentReservations registering(Collection<Registrant> registrants, long key) {
        Map<Registrant, Long> more = new LinkedHashMap<>(keys);
        registrants.forEach(registrant -> more.put(registrant, key));
        return new PersistentReservations(generation, survivesPowerLoss, more, type, holder);
    }

    /** Without some registrations; the reservation goes where its holder, or the last one, goes. */
    PersistentReservations without(Collection<Registrant> registrants) {
        Map<Registrant, Long> fewer = new LinkedHashMap<>(keys);
        registrants.forEach(fewer::remove);
        boolean released = fewer.isEmpty() || holder != null && !fewer.containsKey(holder);
        return new PersistentReservations(generation, survivesPowerLoss, fewer, released ? null : type, released ? null : holder);
    }

    PersistentReservations reserved(ReservationType newType, Registrant newHolder) {
        return new PersistentReservations(generation, survivesPowerLoss, keys, newType, newType.allHold() ? null : newHolder);
    }

    PersistentReservations released() {
        return new PersistentReservations(generation, survivesPowerLoss, keys, null, null);
    }
}

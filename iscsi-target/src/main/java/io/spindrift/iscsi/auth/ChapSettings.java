package io.spindrift.iscsi.auth;

import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * CHAP as one target, or discovery, wants it.
 *
 * @param users initiators by CHAP name, 1 or more
 * @param target who the target says it is where an initiator asks; null where it can't answer, and such an initiator is refused
 * @param algorithms those that are taken, 1 or more; which of them is used is the initiator's order
 */
public record ChapSettings(Map<String, ChapAccount> users, ChapAccount target, Set<ChapAlgorithm> algorithms) {
    public ChapSettings {
        users = Map.copyOf(users);
        algorithms = Set.copyOf(algorithms);
        if (users.isEmpty()) {
            throw new IllegalArgumentException("CHAP needs at least one user");
        }
        if (algorithms.isEmpty()) {
            throw new IllegalArgumentException("CHAP needs at least one algorithm");
        }
        if (target != null) {
            requireOneWay(target, users.values());
        }
    }

    /** @param target null for one direction only */
    public static ChapSettings of(List<ChapAccount> users, ChapAccount target, Set<ChapAlgorithm> algorithms) {
        Map<String, ChapAccount> byName = new HashMap<>();
        for (ChapAccount user : users) {
            if (byName.put(user.name(), user) != null) {
                throw new IllegalArgumentException("CHAP user " + user.name() + " is there twice");
            }
        }
        return new ChapSettings(byName, target, algorithms.isEmpty() ? EnumSet.allOf(ChapAlgorithm.class) : algorithms);
    }

    /**
     * Refuses a secret that serves both directions anywhere in a host (RFC 7143 9.2.1): who is answered with it could answer with
     * it.
     */
    public static void requireOneWay(Collection<ChapSettings> all) {
        for (ChapSettings one : all) {
            if (one.target != null) {
                all.forEach(other -> requireOneWay(one.target, other.users.values()));
            }
        }
    }

    private static void requireOneWay(ChapAccount target, Collection<ChapAccount> users) {
        for (ChapAccount user : users) {
            if (user.secret().equals(target.secret())) {
                throw new IllegalArgumentException("the secret of target " + target.name() + " is also that of user " + user.name()
                    + "; each direction needs a secret of its own");
            }
        }
    }

    /** Leaves the secrets out. */
    @Override
    public String toString() {
        return "ChapSettings[" + users.keySet() + ", " + target + ", " + algorithms + "]";
    }
}

package io.spindrift.client;

import io.spindrift.wire.AuthProof;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * The keys that were derived from a user's secret, one for each salt that a server named: the derivation takes the loop some milliseconds, and a
 * reconnect to a server that is known takes none. A server keeps its salts for as long as it runs. Made by its {@link RemoteLink}, on whose
 * loop it lives.
 */
final class DerivedKeys {
    /** Servers that are remembered: each has a salt of its own. */
    private static final int MAX_KEYS = 8;

    private record Known(byte[] salt, int rounds, byte[] key) {
        boolean is(byte[] otherSalt, int otherRounds) {
            return rounds == otherRounds && Arrays.equals(salt, otherSalt);
        }
    }

    private final String secret;
    private final ArrayDeque<Known> known = new ArrayDeque<>(MAX_KEYS);
    private int derivations;

    DerivedKeys(String secret) {
        this.secret = secret;
    }

    /** @param rounds from 1 to {@link AuthProof#MAX_ROUNDS} */
    byte[] key(byte[] salt, int rounds) {
        for (Known one : known) {
            if (one.is(salt, rounds)) {
                return one.key;
            }
        }
        derivations++;
        Known derived = new Known(salt.clone(), rounds, AuthProof.deriveKey(secret, salt, rounds));
        if (known.size() == MAX_KEYS) {
            known.poll();
        }
        known.add(derived);
        return derived.key;
    }

    /** How often a key had to be derived. */
    int derivations() {
        return derivations;
    }
}

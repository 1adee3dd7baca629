package io.spindrift.server;

import io.spindrift.wire.AuthProof;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What the handshake needs of each user. Made with the server: any loop may ask. A user that there is not has a salt and a
 * key like any other, a key that nobody knows, so that nothing that is sent and no time taken tells the two apart.
 */
final class ServerUsers {
    private final RandomGenerator random;
    private final byte[] saltKey;
    private final byte[] nobodysKey;
    private final Map<String, byte[]> keys = new HashMap<>();

    ServerUsers(List<ServerSettings.User> users, RandomGenerator random) {
        this.random = random;
        saltKey = AuthProof.nonce(random);
        nobodysKey = AuthProof.nonce(random);
        for (ServerSettings.User user : users) {
            keys.put(user.name(), AuthProof.deriveKey(user.secret(), salt(user.name()), AuthProof.ROUNDS));
        }
    }

    /** A nonce. The generator need not be made for several threads: this serves all loops, one at a time. */
    synchronized byte[] nonce() {
        return AuthProof.nonce(random);
    }

    byte[] salt(String user) {
        return AuthProof.salt(saltKey, user);
    }

    byte[] key(String user) {
        return keys.getOrDefault(user, nobodysKey);
    }
}

package io.spindrift.server;

import io.spindrift.image.ImageAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A storage server's users and patience.
 *
 * @param handshakeTimeout from a connection to the proof of who it is
 * @param keepAlive silence after which a client is pinged; three times that ends its connection
 */
public record ServerSettings(List<User> users, Duration handshakeTimeout, Duration keepAlive, ServerLimits limits) {
    /** Somebody who may connect. */
    public record User(String name, String secret) {
        public User {
            ImageAddress.check("user", name);
            if (secret == null || secret.isEmpty()) {
                throw new IllegalArgumentException("user " + name + " needs a secret");
            }
        }

        /** Without the secret. */
        @Override
        public String toString() {
            return "User[" + name + "]";
        }
    }

    public ServerSettings {
        users = List.copyOf(users);
        Set<String> names = new HashSet<>();
        for (User user : users) {
            if (!names.add(user.name())) {
                throw new IllegalArgumentException("user " + user.name() + " is named twice");
            }
        }
        positive("handshake timeout", handshakeTimeout);
        positive("keep-alive interval", keepAlive);
    }

    private static void positive(String what, Duration value) {
        if (value.toMillis() < 1) {
            throw new IllegalArgumentException("the " + what + " is at least 1 ms, not " + value);
        }
    }

    public static ServerSettings of(List<User> users) {
        return new ServerSettings(users, Duration.ofSeconds(15), Duration.ofSeconds(5), ServerLimits.defaults());
    }
}

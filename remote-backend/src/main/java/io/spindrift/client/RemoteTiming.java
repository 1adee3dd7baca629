package io.spindrift.client;

import java.time.Duration;

/**
 * A stub's patience.
 *
 * @param connectTimeout for a connection and its handshake
 * @param keepAlive silence after which the server is pinged; three times that ends the connection
 * @param requestTimeout after which a verb of the catalog that could not be asked, or was not answered, fails with UNAVAILABLE; verbs of
 *     an image wait for as long as it takes
 * @param firstBackOff before the second round through the servers; doubled for each further one
 * @param maxBackOff the longest
 */
public record RemoteTiming(
        Duration connectTimeout, Duration keepAlive, Duration requestTimeout, Duration firstBackOff, Duration maxBackOff) {
    public RemoteTiming {
        positive("connect timeout", connectTimeout);
        positive("keep-alive interval", keepAlive);
        positive("request timeout", requestTimeout);
        positive("first back-off", firstBackOff);
        positive("longest back-off", maxBackOff);
        if (maxBackOff.compareTo(firstBackOff) < 0) {
            throw new IllegalArgumentException("the longest back-off is at least the first, " + firstBackOff + ", not " + maxBackOff);
        }
    }

    private static void positive(String what, Duration value) {
        if (value.toMillis() < 1) {
            throw new IllegalArgumentException("the " + what + " is at least 1 ms, not " + value);
        }
    }

    public static RemoteTiming defaults() {
        return new RemoteTiming(
                Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMillis(100), Duration.ofSeconds(2));
    }
}

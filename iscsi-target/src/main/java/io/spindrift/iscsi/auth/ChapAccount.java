package io.spindrift.iscsi.auth;

import java.nio.charset.StandardCharsets;

/**
 * A name and the secret that goes with it, in one direction.
 *
 * @param name CHAP_N: 1 to 255 bytes without control characters
 * @param secret 12 to 255 bytes: RFC 7143 9.2.1 asks for 96 bits where nothing else protects the connection
 */
public record ChapAccount(String name, String secret) {
    public static final int SHORTEST_SECRET = 12;
    static final int LONGEST = 255;

    public ChapAccount {
        if (name.isEmpty() || bytes(name) > LONGEST || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a CHAP name is 1 to " + LONGEST + " bytes without control characters");
        }
        if (bytes(secret) < SHORTEST_SECRET || bytes(secret) > LONGEST) {
            throw new IllegalArgumentException("a CHAP secret is " + SHORTEST_SECRET + " to " + LONGEST + " bytes");
        }
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Leaves the secret out. */
    @Override
    public String toString() {
        return "ChapAccount[" + name + "]";
    }
}

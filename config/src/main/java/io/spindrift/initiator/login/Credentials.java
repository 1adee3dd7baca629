package io.spindrift.initiator.login;

/**
 * What an initiator proves itself with (CHAP).
 *
 * @param user CHAP_N
 * @param secret known to the target too; never printed
 */
public record Credentials(String user, String secret) {
    public Credentials {
        if (user.isEmpty() || user.length() > 255) {
            throw new IllegalArgumentException("a CHAP user has 1 to 255 characters");
        }
        if (secret.isEmpty() || secret.length() > 255) {
            throw new IllegalArgumentException("a CHAP secret has 1 to 255 characters");
        }
    }

    @Override
    public String toString() {
        return "Credentials[user=" + user + ']';
    }
}

package io.spindrift.iscsi.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** What CHAP hashes with: the numbers of RFC 1994 and of IANA's registry "PPP Authentication Algorithms". */
public enum ChapAlgorithm {
    MD5(5, "MD5", "MD5", 16),
    SHA1(6, "SHA1", "SHA-1", 20),
    SHA_256(7, "SHA-256", "SHA-256", 32),
    SHA3_256(8, "SHA3-256", "SHA3-256", 32);

    private final int number;
    private final String word;
    private final String digest;
    private final int length;

    ChapAlgorithm(int number, String word, String digest, int length) {
        this.number = number;
        this.word = word;
        this.digest = digest;
        this.length = length;
    }

    /** The number in CHAP_A. */
    public int number() {
        return number;
    }

    /** As it is written in settings. */
    public String word() {
        return word;
    }

    /** Bytes in a response. */
    int length() {
        return length;
    }

    /** @throws IllegalArgumentException where none is written so */
    public static ChapAlgorithm ofWord(String word) {
        for (ChapAlgorithm algorithm : values()) {
            if (algorithm.word.equals(word)) {
                return algorithm;
            }
        }
        throw new IllegalArgumentException("a CHAP algorithm is MD5, SHA1, SHA-256 or SHA3-256");
    }

    /** The response to a challenge (RFC 1994 4.1). {@code identifier} is a byte. */
    byte[] response(int identifier, String secret, byte[] challenge) {
        try {
            MessageDigest hash = MessageDigest.getInstance(digest);
            hash.update((byte) identifier);
            hash.update(secret.getBytes(StandardCharsets.UTF_8));
            return hash.digest(challenge);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no " + digest, e);
        }
    }
}

package io.spindrift.initiator.login;

import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The initiator's half of CHAP in one direction (RFC 7143 12.1.3, RFC 1994): offers what it can hash with, then answers the challenge. */
final class ChapProof {
    /** Numbers of CHAP_A, in the order of what is liked best. */
    private static final Map<String, String> ALGORITHMS = new LinkedHashMap<>();
    private static final int MOST_CHALLENGE_BYTES = 1024;

    static {
        ALGORITHMS.put("8", "SHA3-256");
        ALGORITHMS.put("7", "SHA-256");
        ALGORITHMS.put("6", "SHA-1");
        ALGORITHMS.put("5", "MD5");
    }

    private final Credentials credentials;

    ChapProof(Credentials credentials) {
        this.credentials = credentials;
    }

    static Map<String, String> offer() {
        return Map.of("CHAP_A", String.join(",", ALGORITHMS.keySet()));
    }

    /** The keys that answer what the target sent. */
    Map<String, String> answer(Map<String, String> sent) throws ProtocolException {
        String algorithm = ALGORITHMS.get(sent.getOrDefault("CHAP_A", ""));
        String challenge = sent.get("CHAP_C");
        String identifier = sent.get("CHAP_I");
        if (algorithm == null || challenge == null || identifier == null) {
            throw new ProtocolException("the target's CHAP challenge lacks a key or names an unknown algorithm");
        }
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            digest.update((byte) (int) Integer.decode(identifier));
            digest.update(credentials.secret().getBytes(StandardCharsets.UTF_8));
            byte[] proof = digest.digest(binary(challenge));
            return Map.of("CHAP_N", credentials.user(), "CHAP_R", "0x" + HexFormat.of().formatHex(proof));
        } catch (IllegalArgumentException malformed) {
            throw new ProtocolException("the target's CHAP challenge is malformed");
        } catch (NoSuchAlgorithmException missing) {
            throw new ProtocolException("this JDK has no " + algorithm);
        }
    }

    /** A binary value: 0x and hexadecimal digits, or 0b and base 64 (RFC 7143 6.1). */
    private static byte[] binary(String text) {
        if (text.length() > 2 * MOST_CHALLENGE_BYTES + 2) {
            throw new IllegalArgumentException("too long");
        }
        String digits = text.length() < 2 ? "" : text.substring(2);
        return switch (text.length() < 2 ? "" : text.substring(0, 2).toLowerCase(Locale.ROOT)) {
            case "0x" -> HexFormat.of().parseHex(digits.length() % 2 == 0 ? digits : '0' + digits);
            case "0b" -> Base64.getDecoder().decode(digits);
            default -> throw new IllegalArgumentException("neither hexadecimal nor base 64");
        };
    }
}

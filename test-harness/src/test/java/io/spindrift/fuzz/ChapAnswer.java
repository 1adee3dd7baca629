package io.spindrift.fuzz;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** What a {@link FuzzPeer} knows of CHAP (RFC 1994 4.1): the target's challenge, its right answer, and whether that was ever sent. */
final class ChapAnswer {
    private static final int MOST_TEXT = 70_000;
    private static final String PLACE = "CHAP_R=@";

    private String algorithm = "";
    private String identifier = "";
    private String right;
    private boolean proved;
    private final StringBuilder sent = new StringBuilder();

    boolean proved() {
        return proved;
    }

    /** A pair of the target's. */
    void heard(String key, String value) {
        switch (key) {
            case "CHAP_A" -> algorithm = value;
            case "CHAP_I" -> identifier = value;
            case "CHAP_C" -> right = value.startsWith("0x") ? answer(value) : right;
            default -> { }
        }
    }

    private String answer(String challenge) {
        String name = switch (algorithm) {
            case "5" -> "MD5";
            case "6" -> "SHA-1";
            case "7" -> "SHA-256";
            default -> "SHA3-256";
        };
        try {
            MessageDigest digest = MessageDigest.getInstance(name);
            digest.update((byte) Integer.parseInt(identifier));
            digest.update(FuzzWorld.USER.secret().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(HexFormat.of().parseHex(challenge.substring(2))));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    byte[] fill(byte[] text) {
        if (right == null) {
            return text;
        }
        return new String(text, StandardCharsets.UTF_8).replace(PLACE, "CHAP_R=0x" + right).getBytes(StandardCharsets.UTF_8);
    }

    /** Bytes of a login go out. */
    void sent(byte[] bytes) {
        if (right != null && !proved && sent.length() < MOST_TEXT) {
            sent.append(new String(bytes, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT));
            proved = sent.indexOf(right) >= 0;
        }
    }
}

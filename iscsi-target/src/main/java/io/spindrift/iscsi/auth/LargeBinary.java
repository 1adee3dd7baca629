package io.spindrift.iscsi.auth;

import java.util.Base64;
import java.util.HexFormat;

/** Large binary values (RFC 7143 6.1): {@code 0x} and hexadecimal digits, or {@code 0b} and base64. */
final class LargeBinary {
    /** Bytes in the longest value of CHAP (RFC 7143 12.1.3). */
    static final int LONGEST = 1024;

    private LargeBinary() {}

    static String encode(byte[] bytes) {
        return "0x" + HexFormat.of().formatHex(bytes);
    }

    /** The bytes, 1 to {@value #LONGEST}; null where {@code text} is no such value. */
    static byte[] decode(String text) {
        // The longest form is hexadecimal; looked at before anything is allocated.
        if (text.length() < 3 || text.length() > 2 + 2 * LONGEST || text.charAt(0) != '0') {
            return null;
        }
        String digits = text.substring(2);
        try {
            byte[] bytes;
            switch (text.charAt(1)) {
                case 'x':
                case 'X':
                    bytes = HexFormat.of().parseHex(digits.length() % 2 == 0 ? digits : "0" + digits);
                    break;
                case 'b':
                case 'B':
                    bytes = Base64.getDecoder().decode(digits);
                    break;
                default:
                    return null;
            }
            return bytes.length == 0 || bytes.length > LONGEST ? null : bytes;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}

package io.spindrift.iscsi.negotiation;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Key=value pairs in a data segment, each ended by a zero byte (RFC 7143 6.1). */
public final class TextPairs {
    /** Longest key name (RFC 7143 6.1), in bytes. */
    static final int LONGEST_KEY = 63;

    private TextPairs() {}

    /**
     * Reads all of {@code text}.
     *
     * @throws MalformedText where it is not pairs, or names a key twice
     */
    public static Map<String, String> parse(ByteBuf text) throws MalformedText {
        Map<String, String> pairs = new LinkedHashMap<>();
        while (text.isReadable()) {
            int length = text.bytesBefore((byte) 0);
            if (length < 0) {
                length = text.readableBytes();
            }
            String pair = text.readCharSequence(length, StandardCharsets.UTF_8).toString();
            if (text.isReadable()) {
                text.skipBytes(1);
            }
            if (!pair.isEmpty()) {
                put(pairs, pair);
            }
        }
        return pairs;
    }

    private static void put(Map<String, String> pairs, String pair) throws MalformedText {
        int equals = pair.indexOf('=');
        if (equals < 1 || equals > LONGEST_KEY || !pair.chars().limit(equals).allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new MalformedText("text that is not key=value");
        }
        if (pairs.put(pair.substring(0, equals), pair.substring(equals + 1)) != null) {
            throw new MalformedText("a key that is sent twice");
        }
    }

    /** Appends one pair. */
    public static void append(StringBuilder out, String key, String value) {
        out.append(key).append('=').append(value).append('\0');
    }

    /** The bytes of text made by {@link #append}. */
    public static byte[] bytes(CharSequence text) {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Text that breaks RFC 7143 6.1; the message says how. */
    public static final class MalformedText extends Exception {
        public MalformedText(String message) {
            super(message, null, false, false);
        }
    }
}

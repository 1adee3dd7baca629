package io.spindrift.config.settings.value;

import io.spindrift.image.ImageAddress;
import io.spindrift.iscsi.auth.ChapAccount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Checks of single values. Each throws IllegalArgumentException where a value isn't allowed; what is allowed stands with the key. */
public final class Values {
    /** RFC 3722: what an iSCSI name may hold after case folding. */
    private static final Pattern TARGET_WORD = Pattern.compile("[a-z0-9][a-z0-9.-]{0,63}");
    private static final Pattern IQN = Pattern.compile("iqn\\.\\d{4}-(0[1-9]|1[0-2])\\.[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[a-z0-9.:-]+)?");
    /** RFC 7143, 4.2.7.1: 223 bytes, less a colon and a volume's name. */
    private static final int MAX_PREFIX = 223 - 65;

    private Values() {}

    public static String targetWord(String text) {
        return matched(text, TARGET_WORD.matcher(text).matches());
    }

    public static String userName(String text) {
        ImageAddress.check("user", text);
        return text;
    }

    public static String iqnPrefix(String text) {
        return matched(text, IQN.matcher(text).matches() && text.length() <= MAX_PREFIX);
    }

    public static String secret(String text) {
        return matched(text, text.length() >= 8 && text.length() <= 1024);
    }

    public static String chapName(String text) {
        return new ChapAccount(text, "0".repeat(ChapAccount.SHORTEST_SECRET)).name();
    }

    public static String chapSecret(String text) {
        return new ChapAccount("anybody", text).secret();
    }

    public static Path folder(String text) {
        Path path = Path.of(text);
        return path.toAbsolutePath().normalize();
    }

    /** YAML reads a bare off as false. */
    public static HostPort hostPortOrOff(String text) {
        return text.equals("off") || text.equals("false") ? null : HostPort.parse(text);
    }

    /** An address to connect to, so not port 0. */
    public static HostPort hostPortToReach(String text) {
        HostPort address = HostPort.parse(text);
        ranged(address.port(), 1, 65535);
        return address;
    }

    public static Function<String, String> word(String... allowed) {
        return text -> matched(text, List.of(allowed).contains(text));
    }

    public static Function<String, Boolean> flag() {
        return text -> Boolean.valueOf(matched(text, text.equals("true") || text.equals("false")));
    }

    public static Function<String, Integer> number(int least, int most) {
        return text -> (int) ranged(Integer.parseInt(text), least, most);
    }

    public static Function<String, Long> size(long least, long most, long multiple) {
        return text -> {
            long bytes = ranged(Quantity.parseBytes(text), least, most);
            matched(text, bytes % multiple == 0);
            return bytes;
        };
    }

    /** Bytes a second; 0 for off. */
    public static long rateOrOff(String text) {
        return text.equals("off") ? 0 : ranged(Quantity.parseBytes(text), 64 << 10, 1L << 40);
    }

    public static Function<String, Duration> duration() {
        return Quantity::parseDuration;
    }

    public static Function<String, Duration> durationOf(Duration least) {
        return text -> {
            Duration duration = Quantity.parseDuration(text);
            matched(text, duration.compareTo(least) >= 0);
            return duration;
        };
    }

    private static long ranged(long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("out of range");
        }
        return value;
    }

    private static String matched(String text, boolean good) {
        if (!good) {
            throw new IllegalArgumentException("not allowed");
        }
        return text;
    }
}

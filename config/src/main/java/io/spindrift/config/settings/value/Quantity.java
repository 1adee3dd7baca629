package io.spindrift.config.settings.value;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes and durations as they are written in files and on the command line, and back. */
public final class Quantity {
    public static final String SIZE_ALLOWED = "a size: a whole number of bytes, or one with KiB, MiB, GiB or TiB (10GiB, 512MiB, 1073741824)";
    public static final String DURATION_ALLOWED = "a duration: a whole number with ms, s, m or h (500ms, 2s, 5m)";

    private static final Pattern SIZE = Pattern.compile("(\\d{1,18})\\s*(B|KiB|MiB|GiB|TiB)?");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|h)");
    private static final String[] UNITS = {"TiB", "GiB", "MiB", "KiB"};

    private Quantity() {}

    /** @throws IllegalArgumentException with what is allowed */
    public static long parseBytes(String text) {
        Matcher matcher = SIZE.matcher(text.trim());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(SIZE_ALLOWED);
        }
        int shift = matcher.group(2) == null ? 0 : "BKMGT".indexOf(matcher.group(2).charAt(0)) * 10;
        long number = Long.parseLong(matcher.group(1));
        if (number > Long.MAX_VALUE >> shift) {
            throw new IllegalArgumentException(SIZE_ALLOWED);
        }
        return number << shift;
    }

    /** @throws IllegalArgumentException with what is allowed */
    public static Duration parseDuration(String text) {
        Matcher matcher = DURATION.matcher(text.trim());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(DURATION_ALLOWED);
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    /** The shortest exact way to write {@code bytes}. */
    public static String formatBytes(long bytes) {
        int shift = 40;
        for (String unit : UNITS) {
            if (bytes != 0 && (bytes & ((1L << shift) - 1)) == 0) {
                return (bytes >> shift) + unit;
            }
            shift -= 10;
        }
        return Long.toString(bytes);
    }

    /** The shortest exact way to write {@code duration}, which is at least a millisecond fine. */
    public static String formatDuration(Duration duration) {
        long ms = duration.toMillis();
        return ms % 1000 == 0 ? ms / 1000 + "s" : ms + "ms";
    }
}

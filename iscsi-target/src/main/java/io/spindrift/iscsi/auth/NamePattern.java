package io.spindrift.iscsi.auth;

import java.util.Locale;

/**
 * Initiator names as an access list has them: letters stand for themselves in either case (RFC 7143 4.2.7.1 folds them), {@code *} for any run of
 * characters and {@code ?} for one.
 */
public record NamePattern(String pattern) {
    public NamePattern {
        if (pattern.isEmpty() || pattern.length() > 223 || pattern.chars().anyMatch(c -> c <= ' ' || Character.isISOControl(c))) {
            throw new IllegalArgumentException("an initiator's name, in which * stands for any characters and ? for one");
        }
        pattern = pattern.toLowerCase(Locale.ROOT);
    }

    /** Time grows with the product of both lengths at most: a name that comes from outside can't make it run away. */
    boolean matches(String initiatorName) {
        String name = initiatorName.toLowerCase(Locale.ROOT);
        int p = 0;
        int n = 0;
        int star = -1;
        int resume = 0;
        while (n < name.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                resume = n;
            } else if (p < pattern.length() && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
                p++;
                n++;
            } else if (star >= 0) {
                p = star + 1;
                n = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}

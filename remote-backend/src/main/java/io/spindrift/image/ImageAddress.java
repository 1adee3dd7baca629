package io.spindrift.image;

import java.util.regex.Pattern;

/**
 * Where an image is found: (user, disk type, name).
 *
 * @param user 1 to 64 of {@code a-z 0-9 . _ -}, beginning with a letter or digit
 * @param name the same alphabet and length
 */
public record ImageAddress(String user, DiskType type, String name) implements Comparable<ImageAddress> {
    private static final Pattern WORD = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

    public ImageAddress {
        check("user", user);
        check("image name", name);
        if (type == null) {
            throw new IllegalArgumentException("a disk type is needed");
        }
    }

    /** @throws IllegalArgumentException where {@code value} is no name for a user, a volume or an image */
    public static void check(String what, String value) {
        if (value == null || !WORD.matcher(value).matches()) {
            throw new IllegalArgumentException("a " + what + " is 1 to 64 of a-z 0-9 . _ - and begins with a letter or digit, not '" + value + "'");
        }
    }

    @Override
    public int compareTo(ImageAddress other) {
        int byUser = user.compareTo(other.user);
        int byType = byUser != 0 ? byUser : type.compareTo(other.type);
        return byType != 0 ? byType : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return user + "/" + type.word() + "/" + name;
    }
}

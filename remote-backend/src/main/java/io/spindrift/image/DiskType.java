package io.spindrift.image;

import java.util.Locale;

/** The disk type: part of an image's address, and the host's default policy for it. */
public enum DiskType {
    /** Records and replays its boot profile, hydrates when idle. */
    SYSTEM,
    /** Prefetches streams only. */
    DATA,
    /** Destages lazily: swap, temporary data. */
    SCRATCH;

    /** The word in files, names and commands. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException with the words that are allowed */
    public static DiskType ofWord(String word) {
        for (DiskType type : values()) {
            if (type.word().equals(word)) {
                return type;
            }
        }
        throw new IllegalArgumentException("a disk type is system, data or scratch, not '" + word + "'");
    }
}

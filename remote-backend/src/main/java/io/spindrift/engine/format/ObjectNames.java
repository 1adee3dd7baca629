package io.spindrift.engine.format;

import io.spindrift.image.ImageAddress;
import io.spindrift.image.DiskType;
import java.util.UUID;

/** Where the engine's objects lie in the store. */
public final class ObjectNames {
    public static final String USERS = "users/";
    private static final String VERSION_MARK = "=";

    private ObjectNames() {}

    /** Everything of an image but its name. */
    public static String image(UUID imageId) {
        return "images/" + imageId + "/";
    }

    public static String log(UUID imageId) {
        return image(imageId) + "log/";
    }

    public static String logEntry(UUID imageId, long number) {
        return log(imageId) + hex(number);
    }

    public static String manifests(UUID imageId) {
        return image(imageId) + "manifest/";
    }

    /** Newest first in the order of a listing, so the number is counted down. */
    public static String manifest(UUID imageId, long number) {
        return manifests(imageId) + hex(~number);
    }

    /** @return the number of a manifest, -1 where the name is not of one */
    public static long manifestNumber(UUID imageId, String name) {
        long inverted = number(manifests(imageId), name);
        return inverted == -1 ? -1 : ~inverted;
    }

    /** Pieces carry a random number: two servers may be at the same checkpoint, and only one of the manifests wins. */
    public static String piece(UUID imageId, long number, long nonce, int index) {
        return pieces(imageId) + hex(number) + "-" + hex(nonce) + "-" + hex(index);
    }

    public static String pieces(UUID imageId) {
        return image(imageId) + "map/";
    }

    public static String heard(UUID imageId) {
        return image(imageId) + "heard";
    }

    public static String sidecar(UUID imageId, String name) {
        return image(imageId) + "sidecar/=" + name;
    }

    /** Every version of every name of a disk type. */
    public static String names(String user, DiskType type) {
        return USERS + user + "/" + type.word() + "/";
    }

    /** Every version of one name. */
    public static String versions(ImageAddress address) {
        return names(address.user(), address.type()) + address.name() + VERSION_MARK;
    }

    public static String version(ImageAddress address, long version) {
        return versions(address) + hex(version);
    }

    /** @return the address in a name below {@link #USERS}, null where it is not one of ours */
    public static ImageAddress addressOf(String object) {
        String[] parts = object.split("/", -1);
        int mark = parts.length == 4 ? parts[3].lastIndexOf(VERSION_MARK) : -1;
        if (mark < 0) {
            return null;
        }
        try {
            return new ImageAddress(parts[1], DiskType.ofWord(parts[2]), parts[3].substring(0, mark));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** @return the version in a name below {@link #USERS}, -1 where there is none */
    public static long versionOf(String object) {
        int mark = object.lastIndexOf(VERSION_MARK);
        return mark < 0 ? -1 : number(object.substring(0, mark + 1), object);
    }

    /** @return the number behind {@code prefix}, -1 where it is not 16 hexadecimal digits */
    public static long number(String prefix, String name) {
        if (!name.startsWith(prefix) || name.length() != prefix.length() + 16) {
            return -1;
        }
        try {
            return Long.parseUnsignedLong(name, prefix.length(), name.length(), 16);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static String hex(long value) {
        return java.util.HexFormat.of().toHexDigits(value);
    }
}

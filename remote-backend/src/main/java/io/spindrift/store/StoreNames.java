package io.spindrift.store;

/** The alphabet and the length of object names and prefixes, for stores to check what they are given. */
public final class StoreNames {
    private static final int MAX_BYTES = 512;

    private StoreNames() {}

    /** @throws StoreException INVALID where {@code name} is no object name */
    public static void checkName(String name) throws StoreException {
        if (name == null || name.isEmpty() || name.endsWith("/")) {
            throw refused(name);
        }
        checkPrefix(name);
    }

    /** A prefix may be empty and may end inside of a segment or with a slash. */
    public static void checkPrefix(String prefix) throws StoreException {
        if (prefix == null || prefix.length() > MAX_BYTES) {
            throw refused(prefix);
        }
        int segmentStart = 0;
        for (int i = 0; i <= prefix.length(); i++) {
            if (i == prefix.length() || prefix.charAt(i) == '/') {
                checkSegment(prefix, segmentStart, i);
                segmentStart = i + 1;
            } else if (!allowed(prefix.charAt(i))) {
                throw refused(prefix);
            }
        }
    }

    private static void checkSegment(String whole, int start, int end) throws StoreException {
        boolean last = end == whole.length();
        int length = end - start;
        boolean dots = length == 1 && whole.charAt(start) == '.' || length == 2 && whole.startsWith("..", start);
        if (length == 0 && !last || dots) {
            throw refused(whole);
        }
    }

    private static boolean allowed(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '=' || c == '-';
    }

    private static StoreException refused(String name) {
        String shown = name != null && name.length() > 80 ? name.substring(0, 80) + "..." : String.valueOf(name);
        return new StoreException(StoreException.Kind.INVALID,
                "an object's name is segments of A-Z a-z 0-9 . _ = - joined by /, at most " + MAX_BYTES + " bytes, not '" + shown + "'");
    }
}

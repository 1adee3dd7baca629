package io.spindrift.engine.map;

/** An inner node: a bit for each of the 512 ways, and the children that exist, in order. */
final class RadixNode {
    private static final int WORDS = 8;

    private final long[] present = new long[WORDS];
    private Object[] children = new Object[0];

    Object child(int way) {
        return has(way) ? children[rank(way)] : null;
    }

    RadixNode childOrNew(int way) {
        if (has(way)) {
            return (RadixNode) children[rank(way)];
        }
        RadixNode made = new RadixNode();
        set(way, made);
        return made;
    }

    void set(int way, Object child) {
        int at = rank(way);
        if (!has(way)) {
            Object[] larger = new Object[children.length + 1];
            System.arraycopy(children, 0, larger, 0, at);
            System.arraycopy(children, at, larger, at + 1, children.length - at);
            children = larger;
            present[way >>> 6] |= 1L << way;
        }
        children[at] = child;
    }

    void remove(int way) {
        int at = rank(way);
        Object[] smaller = new Object[children.length - 1];
        System.arraycopy(children, 0, smaller, 0, at);
        System.arraycopy(children, at + 1, smaller, at, smaller.length - at);
        children = smaller;
        present[way >>> 6] &= ~(1L << way);
    }

    boolean isEmpty() {
        return children.length == 0;
    }

    /** The first way at or after {@code way} that has a child; 512 where there is none. */
    int next(int way) {
        int word = way >>> 6;
        if (word >= WORDS) {
            return WORDS * Long.SIZE;
        }
        long bits = present[word] & -1L << way;
        while (bits == 0) {
            if (++word == WORDS) {
                return WORDS * Long.SIZE;
            }
            bits = present[word];
        }
        return word * Long.SIZE + Long.numberOfTrailingZeros(bits);
    }

    private boolean has(int way) {
        return (present[way >>> 6] >>> way & 1) != 0;
    }

    private int rank(int way) {
        int rank = 0;
        int word = way >>> 6;
        for (int i = 0; i < word; i++) {
            rank += Long.bitCount(present[i]);
        }
        return rank + Long.bitCount(present[word] & ~(-1L << way));
    }
}

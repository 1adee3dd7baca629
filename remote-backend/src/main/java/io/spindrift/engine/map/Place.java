package io.spindrift.engine.map;

/** A block's place: the number of a log entry and a slot in its body, in one long of 55 bits. 0 is no place. */
public final class Place {
    public static final int SLOT_BITS = 14;
    public static final int NUMBER_BITS = 41;
    /** Most slots in one entry. */
    public static final int MAX_SLOTS = 1 << SLOT_BITS;
    public static final long MAX_NUMBER = (1L << NUMBER_BITS) - 1;
    public static final long NONE = 0;

    private Place() {}

    /** @param number 1 to {@link #MAX_NUMBER} */
    public static long of(long number, int slot) {
        assert number > 0 && number <= MAX_NUMBER && slot >= 0 && slot < MAX_SLOTS;
        return number << SLOT_BITS | slot;
    }

    public static long number(long place) {
        return place >>> SLOT_BITS;
    }

    public static int slot(long place) {
        return (int) (place & MAX_SLOTS - 1);
    }
}

package io.spindrift.simulation;

import java.nio.ByteBuffer;

/** What a unit of 512 bytes holds: the sequence of its write and its own number, again and again, so that what is torn or misplaced shows. */
final class GuestData {
    static final int UNIT_BYTES = 512;

    private GuestData() {}

    static ByteBuffer of(long sequence, int firstUnit, int count) {
        ByteBuffer data = ByteBuffer.allocate(count * UNIT_BYTES);
        for (int unit = firstUnit; unit < firstUnit + count; unit++) {
            for (int pair = 0; pair < UNIT_BYTES / 16; pair++) {
                data.putLong(sequence).putLong(unit);
            }
        }
        return data.flip();
    }

    /** @return the sequence in the unit whose bytes begin at {@code offset}; fails where it is torn or another's */
    static long sequence(ByteBuffer data, int offset, int unit) {
        long sequence = data.getLong(offset);
        long number = sequence == 0 ? 0 : unit;
        for (int at = 0; at < UNIT_BYTES; at += 16) {
            if (data.getLong(offset + at) != sequence || data.getLong(offset + at + 8) != number) {
                throw new AssertionError("unit " + unit + " is torn or misplaced: it begins with sequence " + sequence + ", at byte " + at
                        + " it has sequence " + data.getLong(offset + at) + " of unit " + data.getLong(offset + at + 8));
            }
        }
        return sequence;
    }
}

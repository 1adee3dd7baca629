package io.spindrift.bench;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/**
 * What a stamped unit holds: 0 magic "SPDSTAMP", 8 number of the unit, 16 sequence, 24 run, 32 filling that compresses badly, and in
 * the last four bytes a CRC32C of all before. A unit is thus known to be whole, in its place, and which write it came from. One thread.
 */
public final class StampFormat {
    private static final long MAGIC = 0x5350_4453_5441_4d50L;
    private static final int HEADER = 32;
    private static final int TRAILER = 4;
    private static final int POOL = 1 << 18;

    /** {@link #sequence} of a unit that was never written. */
    public static final long ZEROS = 0;

    /** {@link #sequence} of a unit that no write of this run left: torn, misplaced or foreign. */
    public static final long WRONG = -1;

    private final int unit;
    private final long run;
    private final ByteBuffer pool = ByteBuffer.allocate(POOL + (1 << 16));
    private final CRC32C checksum = new CRC32C();

    public StampFormat(int unit, long run) {
        if (unit < 64 || unit > 1 << 16 || Integer.bitCount(unit) != 1) {
            throw new IllegalArgumentException("a unit has 64 to 65536 bytes, a power of two, not " + unit);
        }
        this.unit = unit;
        this.run = run;
        new SplittableRandom(0x5b1d).nextBytes(pool.array());
    }

    public void write(ByteBuffer to, int at, long number, long sequence) {
        to.putLong(at, MAGIC).putLong(at + 8, number).putLong(at + 16, sequence).putLong(at + 24, run);
        int from = (int) (sequence * 0x9e3779b97f4a7c15L >>> 46) & ~7;
        to.put(at + HEADER, pool, Math.min(from, POOL - 8), unit - HEADER - TRAILER);
        to.putInt(at + unit - TRAILER, crc(to, at));
    }

    /** The sequence of the write that left these bytes, {@link #ZEROS} or {@link #WRONG}. */
    public long sequence(ByteBuffer from, int at, long number) {
        if (from.getLong(at) == 0) {
            return allZero(from, at) ? ZEROS : WRONG;
        }
        boolean right = from.getLong(at) == MAGIC && from.getLong(at + 8) == number && from.getLong(at + 24) == run
                && from.getInt(at + unit - TRAILER) == crc(from, at);
        return right && from.getLong(at + 16) > 0 ? from.getLong(at + 16) : WRONG;
    }

    private boolean allZero(ByteBuffer from, int at) {
        for (int i = 0; i < unit; i += 8) {
            if (from.getLong(at + i) != 0) {
                return false;
            }
        }
        return true;
    }

    private int crc(ByteBuffer bytes, int at) {
        checksum.reset();
        checksum.update(bytes.duplicate().limit(at + unit - TRAILER).position(at));
        return (int) checksum.getValue();
    }

    /** What a unit says of itself, for the message about a wrong one. */
    public String describe(ByteBuffer from, int at) {
        if (from.getLong(at) != MAGIC) {
            return String.format("starts with %016x", from.getLong(at));
        }
        return String.format("stamp of unit %d, sequence %d, run %x, checksum %s", from.getLong(at + 8), from.getLong(at + 16),
                from.getLong(at + 24), from.getInt(at + unit - TRAILER) == crc(from, at) ? "right" : "wrong");
    }
}

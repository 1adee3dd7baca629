package io.spindrift.bench;

import io.spindrift.initiator.login.TargetUrl;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;

/**
 * What a unit must hold when writes are stamped: a stamp that is whole, made for this target, LUN and place, and not older than the newest that this run
 * was answered. Places with a command under way are left alone, so that what a read may find is always known. Shared by the sessions of a unit, on
 * one thread.
 */
final class StampCheck {
    static final int UNIT_BYTES = 4096;
    /** 8 bytes are kept for each. */
    private static final long MOST_UNITS = 1L << 24;

    private final StampFormat format;
    private final long[] newest;
    private final BitSet busy = new BitSet();
    private final Tally tally;
    private final String where;
    private long nextSequence;

    /** @param units of 4 KiB from the start of the range on */
    StampCheck(TargetUrl url, long units, long firstSequence, Tally tally) {
        if (units > MOST_UNITS) {
            throw new IllegalArgumentException("verify looks after a range of at most " + (MOST_UNITS * UNIT_BYTES >> 30) + " GiB");
        }
        format = new StampFormat(UNIT_BYTES, url.target().hashCode() * 0x9e3779b97f4a7c15L + url.lun());
        newest = new long[(int) units];
        this.tally = tally;
        where = url.toString();
        nextSequence = firstSequence;
    }

    /** Reserves units for a command; false where one has a command under way. */
    boolean claim(int first, int count) {
        int taken = busy.nextSetBit(first);
        if (taken >= 0 && taken < first + count) {
            return false;
        }
        busy.set(first, first + count);
        return true;
    }

    void release(int first, int count) {
        busy.clear(first, first + count);
    }

    /**
     * Stamps a write's units.
     *
     * @param numberOf number of the first on the disk
     * @return the write's sequence
     */
    long stamp(ByteBuffer data, int count, long numberOf) {
        long sequence = nextSequence++;
        for (int i = 0; i < count; i++) {
            format.write(data, i * UNIT_BYTES, numberOf + i, sequence);
        }
        return sequence;
    }

    void acknowledged(int first, int count, long sequence) {
        Arrays.fill(newest, first, first + count, sequence);
    }

    void compare(ByteBuffer data, int first, int count, long numberOf) {
        for (int i = 0; i < count; i++) {
            long found = format.sequence(data, i * UNIT_BYTES, numberOf + i);
            if (found == StampFormat.ZEROS && newest[first + i] == 0) {
                tally.unwritten.increment();
            } else if (found < Math.max(1, newest[first + i])) {
                wrong(data, i, numberOf + i, found, newest[first + i]);
            } else {
                newest[first + i] = found;
            }
        }
    }

    private void wrong(ByteBuffer data, int index, long number, long found, long wanted) {
        tally.corrupt.increment();
        if (found > 0) {
            tally.stale.increment();
        }
        String is = found == StampFormat.ZEROS ? "zeros" : format.describe(data, index * UNIT_BYTES);
        tally.tell(String.format("wrong data at byte %d of %s: %s%s", number * UNIT_BYTES, where, is,
                wanted > 0 ? ", where sequence " + wanted + " was acknowledged" : ""));
    }
}

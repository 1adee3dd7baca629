package io.spindrift.scsi.target;

import io.spindrift.scsi.unit.LogicalUnit;
import java.util.Arrays;

/**
 * The logical units of a target by number, and the addressing of LUNs (SAM-6 4.7): the peripheral method for 0 to 255, the flat
 * method for 256 to 16383; both are understood for every number they can name. Lives on the target's home loop.
 */
final class LunInventory {
    static final int MAX_LUN = 16383;
    private static final int NONE = -1;

    private LogicalUnit[] units = new LogicalUnit[1];
    private int count;

    /** @return null where the LUN names no unit */
    LogicalUnit find(long lun) {
        int number = number(lun);
        return number == NONE || number >= units.length ? null : units[number];
    }

    /** The unit at or above a number. @return null where there is none */
    LogicalUnit from(int number) {
        for (int i = number; i < units.length; i++) {
            if (units[i] != null) {
                return units[i];
            }
        }
        return null;
    }

    int count() {
        return count;
    }

    void add(LogicalUnit unit) {
        if (unit.number() >= units.length) {
            units = Arrays.copyOf(units, unit.number() + 1);
        }
        if (units[unit.number()] != null) {
            throw new IllegalArgumentException("LUN " + unit.number() + " is taken");
        }
        units[unit.number()] = unit;
        count++;
    }

    /** @return the unit that was there; null where there was none */
    LogicalUnit remove(int number) {
        LogicalUnit unit = number < units.length ? units[number] : null;
        if (unit != null) {
            units[number] = null;
            count--;
        }
        return unit;
    }

    /** Whether a LUN field names number 0, by either method. */
    static boolean isZero(long lun) {
        return number(lun) == 0;
    }

    /** The LUN field of a number, as REPORT LUNS gives it. */
    static long encode(int number) {
        return (long) (number < 256 ? number : 0x4000 | number) << 48;
    }

    private static int number(long lun) {
        if ((lun & 0xFFFF_FFFF_FFFFL) != 0) {
            return NONE;
        }
        int first = (int) (lun >>> 48);
        if (first < 256) {
            return first;
        }
        return first >>> 14 == 1 ? first & MAX_LUN : NONE;
    }
}

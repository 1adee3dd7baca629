package io.spindrift.scsi.data;

import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The mode pages of one logical unit: caching (SBC-4 6.5.6) and control (SPC-5 7.5.10). D_SENSE and SWP can be changed, for every
 * nexus alike, until the unit is reset; nothing is saved. Lives on the target's home loop, owned by the unit.
 */
public final class ModeParameters {
    static final int ALL_PAGES = 0x3F;
    static final int CHANGEABLE = 1;
    static final int DEFAULT = 2;
    private static final int[] CODES = {0x08, 0x0A};
    /** WCE = 1: writes are acknowledged before they survive power loss. */
    private static final byte[] CACHING = page("08 12 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
    private static final byte[] CACHING_MASK = page("08 12 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
    /** QUEUE ALGORITHM MODIFIER 1: unrestricted reordering. */
    private static final byte[] CONTROL = page("0A 0A 00 10 00 00 00 00 00 00 00 00");
    /** D_SENSE and SWP. */
    private static final byte[] CONTROL_MASK = page("0A 0A 04 00 08 00 00 00 00 00 00 00");

    private final byte[][] current = {CACHING, CONTROL};

    private static byte[] page(String hex) {
        return HexFormat.ofDelimiter(" ").parseHex(hex);
    }

    public boolean descriptorSense() {
        return Cdb.bit(current[1], 2, 2);
    }

    public boolean softwareWriteProtect() {
        return Cdb.bit(current[1], 4, 3);
    }

    /** Back to the defaults. */
    public void reset() {
        current[0] = CACHING;
        current[1] = CONTROL;
    }

    /** Adds the pages that a PAGE CODE names, in ascending order. @param control the PC field: current, changeable or default */
    public void sense(int code, int control, ParameterData pages) {
        for (int i = 0; i < CODES.length; i++) {
            if (code == CODES[i] || code == ALL_PAGES) {
                pages.bytes(control == CHANGEABLE ? mask(i) : control == DEFAULT ? defaults(i) : current[i]);
            }
        }
    }

    private static byte[] mask(int index) {
        return index == 0 ? CACHING_MASK : CONTROL_MASK;
    }

    private static byte[] defaults(int index) {
        return index == 0 ? CACHING : CONTROL;
    }

    /**
     * Takes the pages of a MODE SELECT: all of them, or none where one is wrong.
     *
     * @param list the parameter list; pages stand at {@code from} on
     * @return null where the pages were taken
     */
    public SenseData select(byte[] list, int from) {
        byte[][] next = current.clone();
        int at = from;
        while (at < list.length) {
            int index = index(list[at]);
            if (index < 0) {
                return wrong(at);
            }
            int length = current[index].length;
            if (list.length - at < length) {
                return SenseData.of(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
            }
            byte[] page = Arrays.copyOfRange(list, at, at + length);
            page[0] &= 0x7F; // PS is reserved here; initiators send back what they were given
            for (int i = 0; i < length; i++) {
                int fixed = i < 2 ? 0xFF : ~mask(index)[i];
                if (((page[i] ^ current[index][i]) & fixed) != 0) {
                    return wrong(at + i);
                }
            }
            next[index] = page;
            at += length;
        }
        System.arraycopy(next, 0, current, 0, next.length);
        return null;
    }

    private static int index(byte first) {
        for (int i = 0; i < CODES.length; i++) {
            if ((first & 0x7F) == CODES[i]) {
                return i;
            }
        }
        return -1;
    }

    private static SenseData wrong(int at) {
        return SenseData.field(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, at, SenseData.NONE);
    }
}

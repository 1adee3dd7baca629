package io.spindrift.scsi.data;

import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;
import java.util.HexFormat;

/** A mode page that the unit has: its bytes as they are by default, and which bits of them an initiator may change. Immutable. */
final class ModePage {
    /** Looks at the values of a page whose unchangeable bits are right. @return the offset of the field that is out of range; -1 where none is */
    interface Range {
        int wrong(byte[] page);
    }

    private static final int SUBPAGE_FORMAT = 0x40;
    private static final int SAVEABLE = 0x80;

    private final int code;
    private final int subpage;
    private final byte[] defaults;
    private final byte[] mask;
    private final Range range;

    /** @param mask bits that can be changed, in hexadecimal; the page's header is taken from the defaults */
    ModePage(String defaults, String mask, Range range) {
        this.defaults = HexFormat.ofDelimiter(" ").parseHex(defaults);
        this.mask = HexFormat.ofDelimiter(" ").parseHex(mask);
        this.range = range;
        this.code = this.defaults[0] & 0x3F;
        this.subpage = isSubpage(this.defaults[0]) ? Cdb.u8(this.defaults, 1) : 0;
        if (this.mask.length != this.defaults.length) {
            throw new IllegalArgumentException("page " + code + ": " + this.mask.length + " bytes of mask for " + this.defaults.length);
        }
    }

    static boolean isSubpage(byte first) {
        return (first & SUBPAGE_FORMAT) != 0;
    }

    /** Bytes in front of a page's parameters: enough to know which page it is and how long. */
    static int headerLength(byte first) {
        return isSubpage(first) ? 4 : 2;
    }

    int code() {
        return code;
    }

    int subpage() {
        return subpage;
    }

    int length() {
        return defaults.length;
    }

    /** The page by default; nobody changes it. */
    byte[] defaults() {
        return defaults;
    }

    /** The page as MODE SENSE gives it where changeable values are asked for. */
    byte[] changeable() {
        byte[] page = mask.clone();
        System.arraycopy(defaults, 0, page, 0, headerLength(defaults[0]));
        return page;
    }

    /** Adds a page for MODE SENSE; every page can be saved. */
    static void tell(byte[] page, ParameterData pages) {
        int at = pages.length();
        pages.bytes(page);
        pages.put8(at, page[0] | SAVEABLE);
    }

    /**
     * Looks at a page that an initiator sent in place of the current one.
     *
     * @param at where it stands in the parameter list, for the field pointer
     * @return null where it can be taken
     */
    SenseData check(byte[] page, byte[] current, int at) {
        for (int i = headerLength(page[0]); i < page.length; i++) {
            int wrong = (page[i] ^ current[i]) & ~mask[i] & 0xFF;
            if (wrong != 0) {
                return invalid(at + i, 31 - Integer.numberOfLeadingZeros(wrong));
            }
        }
        int outOfRange = range.wrong(page);
        return outOfRange < 0 ? null : invalid(at + outOfRange, SenseData.NONE);
    }

    /**
     * The page by default, with what can be changed as it is in a page that was kept, perhaps by another version.
     *
     * @return null where that is not a value the page may have now
     */
    byte[] restored(byte[] kept) {
        byte[] page = defaults.clone();
        for (int i = headerLength(page[0]); i < page.length; i++) {
            page[i] = (byte) (page[i] & ~mask[i] | kept[i] & mask[i]);
        }
        return range.wrong(page) < 0 ? page : null;
    }

    static SenseData invalid(int at, int bit) {
        return SenseData.field(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, at, bit);
    }
}

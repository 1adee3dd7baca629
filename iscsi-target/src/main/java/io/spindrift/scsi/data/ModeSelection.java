package io.spindrift.scsi.data;

import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;
import java.util.Arrays;

/** The pages of one MODE SELECT, looked at and not yet taken; or why they can't be taken. Immutable. */
public final class ModeSelection {
    /** By index in {@link ModePages}; null for a page that was not sent. */
    private final byte[][] pages;
    private final SenseData wrong;

    private ModeSelection(byte[][] pages, SenseData wrong) {
        this.pages = pages;
        this.wrong = wrong;
    }

    /** Every page by default. */
    static ModeSelection defaults() {
        return new ModeSelection(ModePages.defaults(), null);
    }

    /** @return null where the pages can be taken */
    public SenseData wrong() {
        return wrong;
    }

    /** @return null where the page was not sent */
    byte[] page(int index) {
        return pages[index];
    }

    /**
     * Reads pages that were kept, perhaps by another version: a page that is not known, or has another length, or holds what is no longer allowed, is as if it
     * had not been kept.
     */
    static ModeSelection restore(byte[] list, int from, int end) {
        byte[][] pages = new byte[ModePages.count()][];
        int at = from;
        while (at < end && end - at >= ModePage.headerLength(list[at])) {
            int length = declaredLength(list, at);
            int index = index(list, at);
            if (index >= 0 && length == ModePages.page(index).length() && end - at >= length) {
                pages[index] = ModePages.page(index).restored(Arrays.copyOfRange(list, at, at + length));
            }
            at += length;
        }
        return new ModeSelection(pages, null);
    }

    private static int declaredLength(byte[] list, int at) {
        int header = ModePage.headerLength(list[at]);
        return header + (header == 4 ? Cdb.u16(list, at + 2) : Cdb.u8(list, at + 1));
    }

    /** @return -1 where there is no such page, or it has another format */
    private static int index(byte[] list, int at) {
        boolean subpage = ModePage.isSubpage(list[at]);
        int index = ModePages.index(list[at] & 0x3F, subpage ? Cdb.u8(list, at + 1) : 0);
        return index >= 0 && ModePage.isSubpage(ModePages.page(index).defaults()[0]) == subpage ? index : -1;
    }

    /**
     * Reads pages one after the other, as MODE SELECT sends them. A page that comes twice counts as it came last.
     *
     * @param current what their unchangeable bits must be
     * @param list holds them from {@code from} to its end
     */
    static ModeSelection read(byte[][] current, byte[] list, int from) {
        byte[][] pages = new byte[current.length][];
        int at = from;
        while (at < list.length) {
            int header = ModePage.headerLength(list[at]);
            if (list.length - at < header) {
                return truncated();
            }
            int index = index(list, at);
            if (index < 0) {
                return wrong(ModePage.invalid(at, 5));
            }
            int length = declaredLength(list, at);
            if (length != current[index].length) {
                return wrong(ModePage.invalid(at + header / 2, SenseData.NONE));
            }
            if (list.length - at < length) {
                return truncated();
            }
            byte[] page = Arrays.copyOfRange(list, at, at + length);
            page[0] &= 0x7F; // PS is reserved here; initiators send back what they were given
            SenseData wrong = ModePages.page(index).check(page, current[index], at);
            if (wrong != null) {
                return wrong(wrong);
            }
            pages[index] = page;
            at += length;
        }
        return new ModeSelection(pages, null);
    }

    private static ModeSelection wrong(SenseData sense) {
        return new ModeSelection(null, sense);
    }

    private static ModeSelection truncated() {
        return wrong(SenseData.of(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR));
    }
}

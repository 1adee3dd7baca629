package io.spindrift.scsi.data;

import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The mode pages of one logical unit as they are now and as they were saved, for every nexus alike (SPC-5 7.5). A reset makes the saved ones current.
 * Lives on the target's home loop, owned by the unit, which keeps the saved form.
 *
 * <p><b>Saved form</b>, big-endian: "SPMP", version 1 (u8), 3 zeros, length of the pages (u32), the pages as MODE SELECT sends them, CRC32C of all before it (u32).
 */
public final class ModeParameters {
    public static final int ALL_PAGES = 0x3F;
    public static final int ALL_SUBPAGES = 0xFF;
    static final int CHANGEABLE = 1;
    static final int DEFAULT = 2;
    static final int SAVED = 3;
    private static final long MAGIC = 0x53504D50;
    private static final int VERSION = 1;
    private static final int SAVED_HEADER = 12;
    private static final int CHECKSUM_LENGTH = 4;

    private byte[][] current = ModePages.defaults();
    private byte[][] saved = ModePages.defaults();
    /** What is asked for each write. */
    private boolean writeCache;
    private boolean softwareWriteProtect;
    private List<Threshold> thresholds;

    public ModeParameters() {
        changed();
    }

    /** Whether sense data has descriptor format. */
    public boolean descriptorSense() {
        return Cdb.bit(current[ModePages.CONTROL], 2, 2);
    }

    public boolean softwareWriteProtect() {
        return softwareWriteProtect;
    }

    /** WCE: writes may be acknowledged before they survive power loss. */
    public boolean writeCache() {
        return writeCache;
    }

    /** LBPERE: reached thresholds are told. */
    public boolean thresholdNotifications() {
        return Cdb.bit(current[ModePages.ERROR_RECOVERY], 7, 7);
    }

    public List<Threshold> thresholds() {
        return thresholds;
    }

    /** DEXCPT is 0: informational exceptions are looked for. */
    public boolean exceptionsEnabled() {
        return !Cdb.bit(current[ModePages.EXCEPTIONS], 2, 3);
    }

    /** TEST: an informational exception is to be shown though there is none. */
    public boolean exceptionTest() {
        return Cdb.bit(current[ModePages.EXCEPTIONS], 2, 2);
    }

    /** MRIE: informational exceptions are told as unit attentions. */
    public boolean exceptionsAsAttentions() {
        return (current[ModePages.EXCEPTIONS][3] & 0x0F) == ModePages.REPORT_AS_ATTENTION;
    }

    /** MRIE: informational exceptions are told where REQUEST SENSE asks. */
    public boolean exceptionsOnRequest() {
        return (current[ModePages.EXCEPTIONS][3] & 0x0F) == ModePages.REPORT_ON_REQUEST;
    }

    /** Back to what was saved. */
    public void reset() {
        current = saved.clone();
        changed();
    }

    /**
     * Adds the pages that MODE SENSE names, in ascending order.
     *
     * @param control the PC field: current, changeable, default or saved values
     * @return -1 where there are some, else the byte of the CDB that names what there isn't
     */
    public int sense(int code, int subpage, int control, ParameterData pages) {
        if (code == ALL_PAGES && subpage != 0 && subpage != ALL_SUBPAGES) {
            return 3;
        }
        boolean known = false;
        int before = pages.length();
        for (int i = 0; i < ModePages.count(); i++) {
            ModePage page = ModePages.page(i);
            boolean named = code == ALL_PAGES || code == page.code();
            known |= named;
            if (named && (subpage == ALL_SUBPAGES || subpage == page.subpage())) {
                ModePage.tell(values(i, control), pages);
            }
        }
        return pages.length() > before ? -1 : known ? 3 : 2;
    }

    private byte[] values(int index, int control) {
        switch (control) {
            case CHANGEABLE:
                return ModePages.page(index).changeable();
            case DEFAULT:
                return ModePages.page(index).defaults();
            case SAVED:
                return saved[index];
            default:
                return current[index];
        }
    }

    /** Looks at the pages of a MODE SELECT; nothing is taken yet. @param from where the pages begin in the parameter list */
    public ModeSelection look(byte[] list, int from) {
        return ModeSelection.read(current, list, from);
    }

    /** What a MODE SELECT with RTD asks for. */
    public static ModeSelection defaults() {
        return ModeSelection.defaults();
    }

    /** Makes pages current, all of them. @return whether anything is now different */
    public boolean take(ModeSelection selection) {
        byte[][] next = merged(current, selection);
        boolean different = !Arrays.deepEquals(next, current);
        current = next;
        changed();
        return different;
    }

    /** Makes pages those that are current after a reset. @return takes that back, where nobody has saved another page in its place */
    public Runnable save(ModeSelection selection) {
        byte[][] before = saved;
        byte[][] after = merged(saved, selection);
        saved = after;
        return () -> {
            byte[][] back = saved.clone();
            for (int i = 0; i < back.length; i++) {
                back[i] = saved[i] == after[i] ? before[i] : saved[i];
            }
            saved = back;
        };
    }

    /** @return all saved pages, in the form to keep */
    public byte[] savedForm() {
        ParameterData bytes = new ParameterData().u32(MAGIC).u8(VERSION).zeros(3);
        int length = 0;
        for (byte[] page : saved) {
            length += page.length;
        }
        bytes.u32(length);
        for (byte[] page : saved) {
            bytes.bytes(page);
        }
        return bytes.u32(checksum(bytes.toBytes(), bytes.length())).toBytes();
    }

    /** What came of pages that were kept. */
    public enum Loaded {
        /** They can't be understood, and nothing has changed. */
        REFUSED,
        /** The current pages are as they were. */
        SAME,
        CHANGED
    }

    /** Takes pages that were kept, as saved and as current. */
    public Loaded load(byte[] kept) {
        boolean sound = kept.length >= SAVED_HEADER + CHECKSUM_LENGTH && Cdb.u32(kept, 0) == MAGIC && kept[4] == VERSION
                && Cdb.u32(kept, 8) == kept.length - SAVED_HEADER - CHECKSUM_LENGTH
                && Cdb.u32(kept, kept.length - CHECKSUM_LENGTH) == checksum(kept, kept.length - CHECKSUM_LENGTH);
        if (!sound) {
            return Loaded.REFUSED;
        }
        byte[][] before = current;
        saved = merged(ModePages.defaults(), ModeSelection.restore(kept, SAVED_HEADER, kept.length - CHECKSUM_LENGTH));
        reset();
        return Arrays.deepEquals(before, current) ? Loaded.SAME : Loaded.CHANGED;
    }

    private static long checksum(byte[] bytes, int length) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, 0, length);
        return sum.getValue();
    }

    private static byte[][] merged(byte[][] pages, ModeSelection selection) {
        byte[][] next = pages.clone();
        for (int i = 0; i < next.length; i++) {
            if (selection.page(i) != null) {
                next[i] = selection.page(i);
            }
        }
        return next;
    }

    private void changed() {
        writeCache = Cdb.bit(current[ModePages.CACHING], 2, 2);
        softwareWriteProtect = Cdb.bit(current[ModePages.CONTROL], 4, 3);
        thresholds = ModePages.thresholds(current[ModePages.PROVISIONING]);
    }
}

package io.spindrift.scsi.data;

import java.util.ArrayList;
import java.util.List;

/**
 * The mode pages of a unit, in ascending order. A page is an entry here; what it does is asked of {@link ModeParameters}.
 *
 * <table><caption>pages</caption>
 * <tr><td>01h</td><td>read-write error recovery (SBC-4 6.5.10): LBPERE, whether threshold notifications are given</td></tr>
 * <tr><td>08h</td><td>caching (SBC-4 6.5.6): WCE, whether writes may be acknowledged before they survive power loss</td></tr>
 * <tr><td>0Ah</td><td>control (SPC-5 7.5.10): D_SENSE and SWP; QUEUE ALGORITHM MODIFIER 1, unrestricted reordering; BUSY TIMEOUT PERIOD, the
 * initiator's to choose, means nothing here: BUSY is never answered</td></tr>
 * <tr><td>1Ch</td><td>informational exceptions control (SBC-4 6.5.8): DEXCPT, TEST, MRIE</td></tr>
 * <tr><td>1Ch/02h</td><td>logical block provisioning (SBC-4 6.5.9): the thresholds</td></tr>
 * </table>
 */
final class ModePages {
    static final int ERROR_RECOVERY = 0;
    static final int CACHING = 1;
    static final int CONTROL = 2;
    static final int EXCEPTIONS = 3;
    static final int PROVISIONING = 4;

    /** Where the threshold descriptors begin in their page, and how long each is. */
    static final int FIRST_THRESHOLD = 16;
    static final int THRESHOLD_LENGTH = 8;

    /** METHOD OF REPORTING: not at all, as a unit attention, on request only. */
    static final int NO_REPORT = 0;
    static final int REPORT_AS_ATTENTION = 2;
    static final int REPORT_ON_REQUEST = 6;

    private static final int MOST_PERCENT = 100;

    /**
     * The thresholds: 15 % of a place free, in use by default and so reached at 10 %; so many sets of blocks free; so many sets of blocks used.
     */
    private static final String THRESHOLDS = "89 03 00 00 00 00 00 0F " + "00 01 00 00 00 00 00 00 " + "01 02 00 00 00 00 00 00";
    private static final String THRESHOLD_MASK = "80 00 00 00 FF FF FF FF";

    private static final ModePage[] ALL = {
        new ModePage("01 0A 00 00 00 00 00 80 00 00 00 00", "00 00 00 00 00 00 00 80 00 00 00 00", page -> -1),
        new ModePage("08 12 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "00 00 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
                page -> -1),
        new ModePage("0A 0A 00 10 00 00 00 00 01 2C 00 00", "00 00 04 00 08 00 00 00 FF FF 00 00", page -> -1),
        new ModePage("1C 0A 00 06 00 00 00 00 00 00 00 00", "00 00 0C 0F 00 00 00 00 00 00 00 00", ModePages::wrongException),
        new ModePage("5C 02 00 24 00 00 00 00 00 00 00 00 00 00 00 00 " + THRESHOLDS,
                "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 " + THRESHOLD_MASK + " " + THRESHOLD_MASK + " " + THRESHOLD_MASK, ModePages::wrongThreshold),
    };

    private ModePages() {}

    static int count() {
        return ALL.length;
    }

    static ModePage page(int index) {
        return ALL[index];
    }

    /** @return -1 where there is no such page */
    static int index(int code, int subpage) {
        for (int i = 0; i < ALL.length; i++) {
            if (ALL[i].code() == code && ALL[i].subpage() == subpage) {
                return i;
            }
        }
        return -1;
    }

    static byte[][] defaults() {
        byte[][] pages = new byte[ALL.length][];
        for (int i = 0; i < ALL.length; i++) {
            pages[i] = ALL[i].defaults();
        }
        return pages;
    }

    private static int wrongException(byte[] page) {
        int method = page[3] & 0x0F;
        return method == NO_REPORT || method == REPORT_AS_ATTENTION || method == REPORT_ON_REQUEST ? -1 : 3;
    }

    private static int wrongThreshold(byte[] page) {
        for (Threshold threshold : thresholds(page)) {
            if (threshold.percentage() && threshold.count() > MOST_PERCENT) {
                return threshold.offset() + 4;
            }
        }
        return -1;
    }

    static List<Threshold> thresholds(byte[] page) {
        List<Threshold> found = new ArrayList<>();
        for (int at = FIRST_THRESHOLD; at < page.length; at += THRESHOLD_LENGTH) {
            found.add(Threshold.at(page, at));
        }
        return found;
    }
}

package io.spindrift.scsi.log;

import io.spindrift.scsi.SpaceGauge;
import io.spindrift.scsi.data.ParameterData;
import io.spindrift.scsi.data.Threshold;

/**
 * The logical block provisioning log page (SBC-4 6.4.5), in threshold sets. The counts that the standard names are those of the store, which other units share;
 * the percentage is that of the store or the journal, whichever has less. Vendor specific parameters tell of the journal. What is not known is left out.
 */
final class ProvisioningLog {
    private static final int JOURNAL_AVAILABLE = 0xFFF0;
    private static final int JOURNAL_USED = 0xFFF1;
    /** SCOPE: what is counted is this unit's alone, or not. */
    private static final int DEDICATED = 1;
    private static final int SHARED = 2;
    private static final long MOST = 0xFFFF_FFFFL;

    private ProvisioningLog() {}

    static void tell(LogPart part, LogParameters parameters) {
        SpaceGauge.Space journal = part.gauge().read(SpaceGauge.Place.JOURNAL);
        SpaceGauge.Space store = part.gauge().read(SpaceGauge.Place.STORE);
        long setBytes = part.setBytes();
        if (store != null) {
            parameters.add(Threshold.AVAILABLE, count(store.freeBytes() / setBytes, SHARED));
            parameters.add(Threshold.USED, count(roundUp(store.usedBytes(), setBytes), SHARED));
        }
        if (journal != null || store != null) {
            int percent = Math.min(percent(journal), percent(store));
            parameters.add(Threshold.AVAILABLE_PERCENTAGE, new ParameterData().u16(percent).u16(0).u8(store == null ? DEDICATED : SHARED).zeros(3));
        }
        if (journal != null) {
            parameters.add(JOURNAL_AVAILABLE, count(journal.freeBytes() / setBytes, DEDICATED));
            parameters.add(JOURNAL_USED, count(roundUp(journal.usedBytes(), setBytes), DEDICATED));
        }
    }

    private static ParameterData count(long sets, int scope) {
        return new ParameterData().u32(Math.min(sets, MOST)).u8(scope).zeros(3);
    }

    private static long roundUp(long bytes, long setBytes) {
        return (bytes + setBytes - 1) / setBytes;
    }

    private static int percent(SpaceGauge.Space space) {
        return space == null ? 100 : (int) (100.0 * space.freeBytes() / space.capacityBytes());
    }
}

package io.spindrift.engine.manifest;

import io.spindrift.engine.format.LogEntry;
import io.spindrift.image.HistoryPoint;
import java.util.UUID;

/**
 * One lease in an image's history, the first of all being the time before any lease (epoch 0).
 *
 * @param number of the LEASE entry
 * @param fromSequence what the image had applied when it was given
 * @param toSequence what it has applied under it
 * @param released whether it was given back
 */
public record LeaseSpan(
        long epoch, UUID leaseId, LogEntry.LeaseFacts facts, long number, long fromSequence, long toSequence, boolean released, long timeMs) {
    /** Before any lease. */
    public static LeaseSpan none(long timeMs) {
        LogEntry.LeaseFacts nobody = new LogEntry.LeaseFacts(HistoryPoint.NO_LEASE, "", HistoryPoint.NO_LEASE);
        return new LeaseSpan(0, HistoryPoint.NO_LEASE, nobody, 0, 0, 0, true, timeMs);
    }

    public LeaseSpan applied(long sequence) {
        return new LeaseSpan(epoch, leaseId, facts, number, fromSequence, sequence, released, timeMs);
    }

    public LeaseSpan givenBack() {
        return new LeaseSpan(epoch, leaseId, facts, number, fromSequence, toSequence, true, timeMs);
    }
}

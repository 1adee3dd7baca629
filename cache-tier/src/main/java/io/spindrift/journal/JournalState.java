package io.spindrift.journal;

import io.spindrift.image.HistoryPoint;
import java.util.UUID;

/**
 * What a journal's state file says.
 *
 * @param firstOrdinal oldest segment that may hold records that are needed
 * @param preparedOrdinal newest segment whose header is durable; every segment from the first to this one must be there
 * @param trimmedSequence records up to here are in the image
 * @param durableSequence records up to here survive power loss: one that is missing is damage, not a torn tail
 * @param closed whether the journal was closed, so that nothing lies beyond its last record
 * @param clean whether it was closed with everything in the image
 * @param lease noted last, or null
 */
record JournalState(UUID id, int segmentBytes, long firstOrdinal, long preparedOrdinal, long trimmedSequence, long durableSequence,
    boolean closed, boolean clean, HistoryPoint lease) {

    JournalState withSegments(long first, long prepared) {
        return new JournalState(id, segmentBytes, first, prepared, trimmedSequence, durableSequence, closed, clean, lease);
    }

    JournalState withSequences(long trimmed, long durable) {
        return new JournalState(id, segmentBytes, firstOrdinal, preparedOrdinal, trimmed, durable, closed, clean, lease);
    }

    JournalState withLease(HistoryPoint newLease) {
        return new JournalState(id, segmentBytes, firstOrdinal, preparedOrdinal, trimmedSequence, durableSequence, closed, clean, newLease);
    }

    JournalState withClosed(boolean nowClosed, boolean nowClean) {
        return new JournalState(id, segmentBytes, firstOrdinal, preparedOrdinal, trimmedSequence, durableSequence, nowClosed, nowClean, lease);
    }
}

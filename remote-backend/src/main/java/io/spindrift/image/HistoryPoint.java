package io.spindrift.image;

import java.util.UUID;

/**
 * A point in an image's one history: what a cache or a journal carries to say what it is a copy of (law 5). The lease id, random for
 * every attach, tells two histories apart that reached the same epoch and sequence after a store was rolled back.
 *
 * @param imageId random at creation; a re-created image has another
 * @param epoch the lease's number, 1 or more; 0 before the first lease
 * @param leaseId random at each attach; zero UUID before the first
 * @param sequence the last sequence applied, 0 for an empty image
 */
public record HistoryPoint(UUID imageId, long epoch, UUID leaseId, long sequence) {
    public static final UUID NO_LEASE = new UUID(0, 0);

    public HistoryPoint withSequence(long newSequence) {
        return new HistoryPoint(imageId, epoch, leaseId, newSequence);
    }
}

package io.spindrift.image;

import java.time.Instant;
import java.util.UUID;

/**
 * Asks for the lease of an image (law 3).
 *
 * <p>Granted where the lease is FREE, or where the last lease's journal is {@code journalId}: the same journal is the same history,
 * and takes its lease again at once. Otherwise, where the lease is DIRTY, {@code acceptOlder} must be the image's
 * {@link ImageInfo#lastApplied()}: the operator has read what is given up. A lease that is HELD by another is never moved.
 *
 * <p>A lease that was given while the answer was lost is followed by another when the host asks again. So that the host can tell its own from
 * another's in between, it names the lease it saw last: where that is not the last any more the answer is UNAVAILABLE, and the host looks
 * again.
 *
 * @param journalId the journal's random identity, durable on the host before this is sent
 * @param acceptOlder the time of the state that the operator accepts, to the second; null for none
 * @param seenEpoch the number of the image's last lease as the host saw it, 0 where there was none; {@link #ANY} for whichever it is
 */
public record AttachRequest(HostIdentity host, UUID journalId, Instant acceptOlder, long seenEpoch) {
    /** In place of an epoch: whichever lease is the last. */
    public static final long ANY = -1;

    /** Asks whichever lease is the last. */
    public AttachRequest(HostIdentity host, UUID journalId, Instant acceptOlder) {
        this(host, journalId, acceptOlder, ANY);
    }

    /** Whether the lease that was seen is not the last any more. */
    public boolean isOutdated(long lastEpoch) {
        return seenEpoch != ANY && seenEpoch != lastEpoch;
    }
}

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
 * @param journalId the journal's random identity, durable on the host before this is sent
 * @param acceptOlder the time of the state that the operator accepts, to the second; null for none
 */
public record AttachRequest(HostIdentity host, UUID journalId, Instant acceptOlder) {}

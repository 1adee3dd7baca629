package io.spindrift.image;

import java.util.UUID;

/**
 * The right to write an image, as it was given.
 *
 * @param epoch rises with each lease of the image
 * @param leaseId random
 * @param previousJournalId the journal of the lease before, {@link HistoryPoint#NO_LEASE} where there was none. A host's journal with
 *     another identity than this, and with records above {@code applied}, is not this image's history: it is set aside
 * @param previousClean whether the lease before was given back with everything in the image
 * @param applied what the image holds at this moment; its epoch and lease id are those of the lease before
 */
public record Lease(long epoch, UUID leaseId, UUID previousJournalId, boolean previousClean, HistoryPoint applied) {}

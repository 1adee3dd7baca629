package io.spindrift.engine;

import java.time.Duration;

/**
 * How an engine behaves.
 *
 * @param leaseTime a holder that is silent for longer counts as gone, with what it had not brought yet
 * @param putsInFlight segments of one image that are put at the same time, 1 to 64
 * @param readsInFlight reads of the store that run at the same time, all images together, 1 to 1024
 * @param indexCacheBytes memory for the headers of segments, at least 1 MiB
 * @param checkpointEvery log entries after which a checkpoint is due at the earliest, at least 2
 * @param compactBelow share of live blocks (0 to 0.95) under which segments are compacted; 0 for never
 * @param quietAfter how long nothing was written to an image when what is dead in it is given back without waiting for more; at least 100 ms
 * @param deletionHorizon how long the mark of a deleted image is kept, so that whoever missed the deletion still meets it
 */
public record EngineSettings(
        Duration leaseTime, int putsInFlight, int readsInFlight, long indexCacheBytes, int checkpointEvery, double compactBelow,
        Duration quietAfter, Duration deletionHorizon) {
    public EngineSettings {
        require(leaseTime.toMillis() >= 1000, "a lease time is at least 1 s, not " + leaseTime);
        require(putsInFlight >= 1 && putsInFlight <= 64, "puts in flight are 1 to 64, not " + putsInFlight);
        require(readsInFlight >= 1 && readsInFlight <= 1024, "reads in flight are 1 to 1024, not " + readsInFlight);
        require(indexCacheBytes >= 1 << 20, "the cache of indexes has at least 1 MiB, not " + indexCacheBytes + " bytes");
        require(checkpointEvery >= 2, "a checkpoint comes after 2 or more log entries, not " + checkpointEvery);
        require(compactBelow >= 0 && compactBelow <= 0.95, "a live share is 0 to 0.95, not " + compactBelow);
        require(quietAfter.toMillis() >= 100, "quiet is after at least 100 ms, not " + quietAfter);
        require(!deletionHorizon.isNegative(), "a horizon is not negative: " + deletionHorizon);
    }

    public static EngineSettings defaults() {
        return new EngineSettings(Duration.ofSeconds(30), 4, 8, 64L << 20, 256, 0.5, Duration.ofSeconds(10), Duration.ofDays(7));
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}

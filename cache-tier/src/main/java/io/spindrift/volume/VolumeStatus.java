package io.spindrift.volume;

import io.spindrift.blockcache.CacheStats;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ReadPriority;
import io.spindrift.volume.outage.LinkState;
import io.spindrift.volume.outage.RecoveryPoint;

/**
 * A volume at one moment, for people and for metrics. Counters count since the attach.
 *
 * @param reads null while the volume does not serve, and so are the parts that follow it
 */
public record VolumeStatus(ImageAddress address, VolumeState state, String reason, long sizeBytes, Reads reads, Dirt dirt, Remote remote, Ahead ahead) {
    /**
     * @param hits read requests that did not need the image
     * @param waiting that wait for it now
     * @param cache null while there is no cache
     */
    public record Reads(long hits, long misses, int waiting, CacheStats cache) {
        /** 0 to 1; 1 where nothing was read. */
        public double hitRatio() {
            return hits + misses == 0 ? 1 : (double) hits / (hits + misses);
        }
    }

    /**
     * @param bytes acknowledged and not in the image
     * @param oldestAgeMillis how long the oldest of them is waiting
     * @param heldWrites that wait for their turn, or for room in the journal
     * @param writeBytesPerSecond what writes are slowed to; 0 where they aren't
     * @param journalFailure why the journal takes nothing more, or has no room on its disk; empty otherwise
     * @param recovery whether the recovery point is kept
     */
    public record Dirt(
            long bytes, long oldestAgeMillis, long journalUsedBytes, long journalCapacityBytes, int heldWrites, long writeBytesPerSecond,
            String journalFailure, Recovery recovery) {}

    /**
     * @param missedMillis how long it has been missed; 0 where it is kept, or there is none
     * @param timesMissed since the attach
     */
    public record Recovery(RecoveryPoint goal, long missedMillis, long timesMissed) {}

    /**
     * @param link how the image stands, and why, and for how long
     * @param destage RUNNING, RETRYING, ALARM or STOPPED, and why
     * @param fetchedDemandBytes data that came because a guest waited, without zeros
     */
    public record Remote(
            LinkState link, String linkReason, long linkMillis, HistoryPoint applied, long destagedBytes, String destage, String destageReason, long fetchedDemandBytes,
            long fetchedPrefetchBytes, long fetchedBulkBytes) {}

    /**
     * @param hydratedPercent of the allocated blocks that were visited; -1 where hydration is off
     * @param bootProfile what the boot profile does: off, recording, replaying, done
     */
    public record Ahead(int streams, int hydratedPercent, String bootProfile) {}

    static VolumeStatus of(ImageAddress address, VolumeState state, String reason, long sizeBytes, DataPath path) {
        if (path == null) {
            return new VolumeStatus(address, state, reason, sizeBytes, null, null, null, null);
        }
        Reads reads = new Reads(path.reads.hits(), path.reads.misses(), path.reads.waiting(), path.view.cache().stats());
        Dirt dirt = new Dirt(path.dirty.dirtyBytes(), path.destager.oldestAgeNanos() / 1_000_000, path.journal.usedBytes(),
                path.journal.capacityBytes(), path.writes.held(), path.writes.limitBytesPerSecond(), path.writes.journalTrouble(),
                new Recovery(path.recovery.goal(), path.recovery.missedNanos() / 1_000_000, path.recovery.timesMissed()));
        Remote remote = new Remote(path.link.state(), path.link.reason(), path.link.ageNanos() / 1_000_000, path.view.cache().applied(), path.destager.destagedBytes(),
                path.destager.state().name(), path.destager.reason(), path.view.fetches().fetchedBytes(ReadPriority.DEMAND),
                path.view.fetches().fetchedBytes(ReadPriority.PREFETCH), path.view.fetches().fetchedBytes(ReadPriority.BULK));
        Ahead ahead = new Ahead(path.prefetch.streams(), path.prefetch.hydratedPercent(), path.prefetch.bootProfile());
        return new VolumeStatus(address, state, reason, sizeBytes, reads, dirt, remote, ahead);
    }
}

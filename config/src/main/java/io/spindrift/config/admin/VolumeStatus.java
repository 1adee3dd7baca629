package io.spindrift.config.admin;

import java.util.List;

/**
 * A volume at a moment.
 *
 * @param url {@code iscsi://host:port/iqn/lun}
 * @param state opening, standby, refused, ready, fenced, closing or closed
 * @param reason one line; empty where there is nothing to say
 * @param link to the image: up, down, full (its store has no room), alarm, fenced, or none where the volume doesn't serve
 * @param journalsAside folders of journals that were not of the image's history, kept for inspection: writes that never reached the image
 */
public record VolumeStatus(
        String name, String type, long sizeBytes, String url, String state, String reason, String link, Reads reads, Dirt dirt, Cache cache, Recovery recovery, int sessions,
        List<String> journalsAside, Scrub scrub) {
    /**
     * Since the volume was attached.
     *
     * @param hits read requests that did not need the image
     * @param hitRatio 0 to 1; 1 where nothing was read
     * @param fetchedBytes that came because a guest waited; ahead of one, and to fill the cache, are apart
     */
    public record Reads(long hits, long misses, double hitRatio, long fetchedBytes, long prefetchedBytes, long hydratedBytes) {}

    /**
     * What is not yet in the image.
     *
     * @param heldWrites that wait for their turn, or for room in the journal
     * @param writeLimitBytes what writes are slowed to, a second; 0 where they aren't
     * @param trouble one line: why it doesn't get there; empty where it does
     */
    public record Dirt(
            long dirtyBytes, long oldestDirtyMs, long journalUsedBytes, long journalCapacityBytes, long destagedBytes, int heldWrites,
            long writeLimitBytes, String trouble) {}

    /**
     * What the loss of this host would cost, and what it may.
     *
     * @param state off, kept or missed
     * @param goalMs for the age of the oldest write that is not in the image; 0 for none
     * @param goalBytes for all that is not; 0 for none
     * @param missedMs since when it is missed; 0 where it isn't
     */
    public record Recovery(String state, long goalMs, long goalBytes, long missedMs, long timesMissed) {}


    /**
     * Clean blocks on this host.
     *
     * @param corruptBlocks that failed their check and were forgotten
     * @param hydratedPercent of the image; -1 where hydration is off
     * @param bootProfile off, recording, replaying or done
     */
    public record Cache(long usedBytes, long capacityBytes, long corruptBlocks, int hydratedPercent, String bootProfile) {}

    /**
     * Since the volume was attached: what was compared with its checksum before anybody needed it.
     *
     * @param lastPassAgeMs how long ago the last pass over everything ended; -1 for never
     */
    public record Scrub(boolean running, long bytes, long damagedBlocks, long repairedBlocks, long passes, long lastPassAgeMs) {
        public static final Scrub NONE = new Scrub(false, 0, 0, 0, 0, -1);
    }
}

package io.spindrift.config.admin;

/**
 * A volume at a moment.
 *
 * @param url {@code iscsi://host:port/iqn/lun}
 * @param state ready, opening, standby, unavailable or fenced
 * @param reason one line; empty where there is nothing to say
 * @param link to the image: up, down or none
 * @param oldestDirtyMs age of the oldest write that is not in the image; 0 where all is
 */
public record VolumeStatus(
        String name, String type, long sizeBytes, String url, String state, String reason, String link, Reads reads, Dirt dirt, Cache cache, int sessions) {
    /**
     * Since the volume was opened.
     *
     * @param hitRatio 0 to 1; 0 before the first read
     */
    public record Reads(long hitBlocks, long missBlocks, double hitRatio, long fetchedBytes) {}

    /** What is not yet in the image. */
    public record Dirt(long dirtyBytes, long oldestDirtyMs, long journalUsedBytes, long journalCapacityBytes, long destagedBytes) {}

    /** Clean blocks on this host. */
    public record Cache(long usedBytes, long capacityBytes) {}
}

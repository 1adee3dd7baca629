package io.spindrift.engine.format;

import java.util.UUID;

/**
 * The header of an entry of an image's log.
 *
 * @param allocatedBlocks of the image when this was written, without what was under way: for listings that don't read the map
 * @param sizeBlocks of the image; for RESIZE the new size
 * @param lease null unless the kind is LEASE
 * @param content null unless the kind is SEGMENT or COMPACT
 */
public record LogEntry(
        EntryKind kind, UUID imageId, long number, long epoch, UUID leaseId, long timeMs, long allocatedBlocks, long sizeBlocks,
        LeaseFacts lease, EntryContent content) {

    /** Who holds the lease that an entry gives. */
    public record LeaseFacts(UUID hostId, String hostName, UUID journalId) {}

    public int slotCount() {
        return content == null ? 0 : content.slotCount();
    }

    public LogEntry withNumber(long newNumber) {
        return new LogEntry(kind, imageId, newNumber, epoch, leaseId, timeMs, allocatedBlocks, sizeBlocks, lease, content);
    }
}

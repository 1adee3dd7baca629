package io.spindrift.engine.format;

/**
 * The tables of a SEGMENT or COMPACT entry. The arrays belong to this object. The blocks of the extents that are not unmapped lie in
 * the body, in the order of the extents, a slot each.
 *
 * @param cutFrom where each cut begins; a COMPACT entry has no cuts
 * @param cutTo where it ends
 * @param cutExtents how many of the extents it has
 * @param firstBlocks of each extent
 * @param blockCounts of each extent, with {@link #UNMAPPED} for one that unmaps
 * @param oldPlaces of each slot of a COMPACT entry; null in a SEGMENT
 * @param checksums CRC32C of each slot
 */
public record EntryContent(
        long[] cutFrom, long[] cutTo, int[] cutExtents, long[] firstBlocks, long[] blockCounts, long[] oldPlaces, int[] checksums) {
    public static final long UNMAPPED = Long.MIN_VALUE;

    public int slotCount() {
        return checksums.length;
    }

    public boolean unmapped(int extent) {
        return blockCounts[extent] < 0;
    }

    public long blockCount(int extent) {
        return blockCounts[extent] & ~UNMAPPED;
    }

    public long fromSequence() {
        return cutFrom[0];
    }

    public long toSequence() {
        return cutTo[cutTo.length - 1];
    }
}

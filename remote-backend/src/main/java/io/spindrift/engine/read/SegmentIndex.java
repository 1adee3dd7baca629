package io.spindrift.engine.read;

import io.spindrift.engine.format.EntryFormat;
import io.spindrift.engine.format.LogEntry;

/** What reading from a segment needs of its header. @param checksums CRC32C of each slot */
public record SegmentIndex(int bodyOffset, int[] checksums) {
    private static final int OVERHEAD_BYTES = 120;

    public static SegmentIndex of(LogEntry entry) {
        return new SegmentIndex(EntryFormat.bodyOffset(entry), entry.content() == null ? new int[0] : entry.content().checksums());
    }

    /** Where a slot's bytes begin in the object. */
    public long offset(int slot) {
        return bodyOffset + (long) slot * EntryFormat.PAGE;
    }

    int memoryBytes() {
        return OVERHEAD_BYTES + Integer.BYTES * checksums.length;
    }
}

package io.spindrift.journal;

/** Sees the records of a journal in order. */
@FunctionalInterface
public interface JournalVisitor {
    /**
     * @param lba first 512-byte sector
     * @param sectorCount 1 or more
     * @param dataPosition where a write's data begins; for an unmap its order among the writes
     * @param unmap whether the record is an unmap
     * @return whether to go on
     */
    boolean record(long sequence, long lba, long sectorCount, long dataPosition, boolean unmap);
}

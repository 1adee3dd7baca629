package io.spindrift.config.admin;

/**
 * Where a logical block's bytes lie in the store.
 *
 * @param object null where the block is not allocated and reads as zeros
 * @param offsetBytes of the 4 KiB block that holds the logical block
 * @param lengthBytes that the 4 KiB block takes there
 * @param offsetInBlockBytes of the logical block in that 4 KiB block
 */
public record BlockLocation(long lba, String object, long offsetBytes, int lengthBytes, int offsetInBlockBytes) {}

package io.spindrift.blockcache;

/**
 * A cache's figures since it was opened.
 *
 * @param blocks kept now
 * @param capacityBlocks that it may keep
 * @param corrupt blocks that failed their check and were forgotten
 */
public record CacheStats(long blocks, long capacityBlocks, long puts, long evictions, long corrupt) {}

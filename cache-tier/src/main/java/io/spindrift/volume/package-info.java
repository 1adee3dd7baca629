/**
 * {@code CachedVolume}: a {@link io.spindrift.block.BlockDevice} out of journal, dirty map, block cache and image. The only
 * package that knows the order of the four.
 *
 * <p>Everything of a volume runs on its target's home loop; nothing is locked. Blocking work (opening the cache, syncs) has executors of its
 * own and posts back.
 */
package io.spindrift.volume;

/**
 * An image's log: what it says ({@link io.spindrift.engine.log.ImageChain}), how it is read back
 * ({@link io.spindrift.engine.log.ImageLoader}), added to ({@link io.spindrift.engine.log.LogTail}) and checkpointed.
 *
 * <p>Everything with state belongs to the engine's loop; loader and encoding run on the blocking executor over objects that nobody
 * else holds.
 */
package io.spindrift.engine.log;

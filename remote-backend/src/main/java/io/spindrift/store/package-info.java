/**
 * Where segments lie: {@link io.spindrift.store.SegmentStore} and its implementations, a directory and memory.
 *
 * <p>A store is called from any thread of its bounded executor and blocks; it is safe for concurrent use.
 */
package io.spindrift.store;

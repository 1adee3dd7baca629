/**
 * A load that stamps every block and remembers what was acknowledged, so that afterwards nothing can be lost, torn, stale or misplaced
 * without being seen: {@link io.spindrift.harness.stamp.StampedLoad}. One thread, nothing but the JDK.
 */
package io.spindrift.harness.stamp;

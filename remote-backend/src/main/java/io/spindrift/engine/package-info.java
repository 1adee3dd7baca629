/**
 * The segment engine: images as logs of immutable objects in a {@link io.spindrift.store.SegmentStore}. Entry point:
 * {@link io.spindrift.engine.ImageEngine}. Formats and the reasoning are in the module's README.
 *
 * <p>All state of all images lives on the engine's loop; what blocks runs on an executor that was handed in, and posts back.
 */
package io.spindrift.engine;

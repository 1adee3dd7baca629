/**
 * The way of dirty data into the image: a {@link io.spindrift.volume.destage.BatchBuilder} walks the journal and cuts a batch at one sequence, the
 * {@link io.spindrift.volume.destage.Destager} has the image apply batches in order, and lets go of what is there. Everything lives on the home loop.
 */
package io.spindrift.volume.destage;

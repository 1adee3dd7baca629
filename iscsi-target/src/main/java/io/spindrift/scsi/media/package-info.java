/**
 * The commands that reach the medium (SBC-4 clause 5): a class of handlers for each kind, {@link io.spindrift.scsi.media.MediaFamily} with
 * their rows, and {@link io.spindrift.scsi.media.MediaTask}, a command that is using the device.
 */
package io.spindrift.scsi.media;

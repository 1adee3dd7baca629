/**
 * The medium as one thing: starting, stopping, ejecting and loading it, keeping it in, its defects, and
 * {@link io.spindrift.scsi.medium.Sanitize}, which makes all of it unreadable.
 */
package io.spindrift.scsi.medium;

/**
 * Third-party copy: EXTENDED COPY (LID1), RECEIVE COPY RESULTS and the Third-party Copy page (SPC-4 6.4, 6.20, 7.8.18). The initiator names
 * blocks of one unit and a place in another, and the data moves inside of this process.
 *
 * <p>{@link io.spindrift.scsi.copy.CopyManager} is one unit's copy manager; {@link io.spindrift.scsi.copy.CopyRegistry} finds the units that may take part;
 * {@link io.spindrift.scsi.copy.CopyUnit} is what a copy needs of one. Nothing here knows the unit's other commands.
 */
package io.spindrift.scsi.copy;

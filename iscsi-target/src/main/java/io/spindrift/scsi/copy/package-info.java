/**
 * Third-party copy: EXTENDED COPY (LID1), RECEIVE COPY RESULTS and the Third-party Copy page (SPC-4 6.4, 6.20, 7.8.18). The initiator names
 * blocks of one unit and a place in another, and the data moves inside of this process.
 *
 * <p>{@link io.spindrift.scsi.copy.CopyFamily} adds the commands to a target; {@link io.spindrift.scsi.copy.CopyRegistry} finds the units that may take part.
 * A copy asks them with commands of their own, as the initiator could, so it can do nothing that the initiator may not.
 */
package io.spindrift.scsi.copy;

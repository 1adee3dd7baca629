/**
 * The logical unit: {@link io.spindrift.scsi.unit.LogicalUnit} decides what may run, {@link io.spindrift.scsi.unit.OpcodeTable} lists every
 * command, as the {@link io.spindrift.scsi.unit.CommandFamily} of each package of handlers adds them; the general ones are here. All of it
 * lives on the target's home loop.
 */
package io.spindrift.scsi.unit;

/**
 * The logical unit: {@link io.spindrift.scsi.unit.LogicalUnitTarget} holds units over block devices, {@link io.spindrift.scsi.unit.OpcodeTable}
 * lists every command, a class of handlers stands for each family of them. All of it lives on the target's home loop.
 */
package io.spindrift.scsi.unit;

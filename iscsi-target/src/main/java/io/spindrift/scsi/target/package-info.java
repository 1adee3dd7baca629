/**
 * The SCSI target device: {@link io.spindrift.scsi.target.LogicalUnitTarget} holds units over block devices, found by LUN, and lists the
 * families of commands that they are made of. All of it lives on the target's home loop.
 */
package io.spindrift.scsi.target;

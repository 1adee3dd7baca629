/**
 * The SCSI direct-access unit (SAM-6, SPC-5, SBC-4) over a {@link io.spindrift.block.BlockDevice}. Knows nothing of iSCSI:
 * a transport hands a {@link io.spindrift.scsi.ScsiCommand} to a {@link io.spindrift.scsi.ScsiTarget} twice (after the header,
 * to learn where the data goes; after the payload, to act) and is told once through {@link io.spindrift.scsi.ScsiResponder}.
 *
 * <p>All of it lives on the target's home event loop; nothing here is locked.
 */
package io.spindrift.scsi;

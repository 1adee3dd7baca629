/**
 * Sessions in their full feature phase (RFC 7143 4.2 to 4.6): the command window, data transfer, task management, text, pings
 * and logout. A session with all it has lives on the home loop of its target (a discovery session on that of its connection);
 * nothing is locked.
 *
 * <p><b>Buffers.</b> A command's Data-Out lands in one buffer, which is a slice of the receive buffer where all of it came with
 * the command, and which the session releases when the command ends. Data-In is written as the buffer that the SCSI layer
 * made.
 */
package io.spindrift.iscsi.session;

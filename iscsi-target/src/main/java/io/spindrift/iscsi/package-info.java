/**
 * The iSCSI server: portals, the login phase and the way to a target's home loop. What a session does is in
 * {@link io.spindrift.iscsi.session}, text negotiation in {@link io.spindrift.iscsi.negotiation}, PDUs in
 * {@link io.spindrift.iscsi.pdu}.
 *
 * <p><b>Threads.</b> A connection logs in on a login loop. With the last login request, reading off and nothing in flight, it
 * moves to the home loop of its target and stays there. Discovery sessions stay on their login loop.
 */
package io.spindrift.iscsi;

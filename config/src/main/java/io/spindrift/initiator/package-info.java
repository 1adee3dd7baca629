/**
 * A small iSCSI initiator (RFC 7143): one connection a session, commands pipelined, nothing hidden, so that load programs and tests see what a
 * target really did. It depends on the JDK alone and is written apart from the target's codec on purpose: a mistake made in one is not
 * repeated in the other, and what it measures is the target. The build holds both (no arrow leads out of this package).
 *
 * <p>A session belongs to one thread, which submits and polls; nothing here makes threads or asks for the time: a clock is given. Left out, because no
 * load needs them: digests, more than one connection, recovery levels above 0, text longer than one PDU.
 */
package io.spindrift.initiator;

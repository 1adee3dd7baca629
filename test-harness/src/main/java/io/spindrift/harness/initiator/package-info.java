/**
 * A small iSCSI initiator (RFC 7143) of the harness: one connection a session, commands pipelined, nothing hidden, so that tests and
 * load programs see what a target really did. It depends on the JDK alone and is written apart from the target's codec on purpose: a
 * mistake made in one is not repeated in the other.
 *
 * <p>A session belongs to one thread, which submits and polls; nothing here makes threads.
 */
package io.spindrift.harness.initiator;

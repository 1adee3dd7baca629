/**
 * What an initiator of this project could reach at most on a machine: a responder with the LUN in memory and as little between socket and memory as an
 * initiator accepts. It shares nothing with the target. It is no target: no digests, no CHAP, no checks, transfers of at most 256 KiB that fit one PDU.
 */
package io.spindrift.harness.ceiling;

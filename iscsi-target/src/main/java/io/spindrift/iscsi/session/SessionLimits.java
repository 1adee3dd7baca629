package io.spindrift.iscsi.session;

/**
 * Limits of one session.
 *
 * @param queueDepth commands in flight: the command window
 * @param solicitedBytes bytes of write buffers that may wait for solicited data
 * @param pingIntervalMs quiet time after which the initiator is pinged
 * @param pingTimeoutMs time that it has to answer
 */
public record SessionLimits(int queueDepth, int solicitedBytes, int pingIntervalMs, int pingTimeoutMs) {}

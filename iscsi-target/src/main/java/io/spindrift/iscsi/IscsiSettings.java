package io.spindrift.iscsi;

/**
 * What an {@link IscsiServer} is told.
 *
 * @param queueDepth commands of one session that may be in flight, 1 to 4096: the command window
 * @param maxRecvDataSegmentLength bytes in the longest data segment that is taken, 8192 to 16777212
 * @param maxBurstLength bytes in a solicited burst, and in a sequence of Data-In, 512 to 16777215
 * @param firstBurstLength bytes that may come unsolicited, 512 to {@code maxBurstLength}
 * @param maxOutstandingR2t R2Ts that one command may have outstanding, 1 to 64
 * @param initialR2t whether even the first burst is solicited
 * @param immediateData whether data may come with its command
 * @param solicitedBytes bytes of write buffers that one session may have waiting for solicited data, 1 MiB or more
 * @param unsolicitedBytes bytes that all sessions together may hold for data that nobody asked for, 1 MiB or more
 * @param loginTimeoutMs time that a connection has to reach the full feature phase, 1 or more
 * @param pingIntervalMs quiet time after which the initiator is pinged, 1 or more
 * @param pingTimeoutMs time that it has to answer, 1 or more
 * @param logoutWaitMs time that initiators have to leave when the server stops, 0 or more
 * @param maxConnections connections in total, 1 or more
 * @param maxConnectionsPerAddress connections of one address, 1 or more
 */
public record IscsiSettings(int queueDepth, int maxRecvDataSegmentLength, int maxBurstLength, int firstBurstLength,
        int maxOutstandingR2t, boolean initialR2t, boolean immediateData, int solicitedBytes,
        int unsolicitedBytes, int loginTimeoutMs, int pingIntervalMs, int pingTimeoutMs, int logoutWaitMs, int maxConnections, int maxConnectionsPerAddress) {
    private static final int LONGEST_SEGMENT = (1 << 24) - 1;

    public IscsiSettings {
        within("queue depth", queueDepth, 1, 4096);
        within("max-recv-data-segment-length", maxRecvDataSegmentLength, 8192, LONGEST_SEGMENT & ~3);
        within("max-burst-length", maxBurstLength, 512, LONGEST_SEGMENT);
        within("first-burst-length", firstBurstLength, 512, maxBurstLength);
        within("max-outstanding-r2t", maxOutstandingR2t, 1, 64);
        within("solicited bytes", solicitedBytes, 1 << 20, Integer.MAX_VALUE);
        within("unsolicited bytes", unsolicitedBytes, 1 << 20, Integer.MAX_VALUE);
        within("login timeout (ms)", loginTimeoutMs, 1, Integer.MAX_VALUE);
        within("ping interval (ms)", pingIntervalMs, 1, Integer.MAX_VALUE);
        within("ping timeout (ms)", pingTimeoutMs, 1, Integer.MAX_VALUE);
        within("logout wait (ms)", logoutWaitMs, 0, Integer.MAX_VALUE);
        within("connections", maxConnections, 1, Integer.MAX_VALUE);
        within("connections of one address", maxConnectionsPerAddress, 1, Integer.MAX_VALUE);
    }

    /** What suits a host-local target. */
    public static IscsiSettings defaults() {
        return new IscsiSettings(128, 262144, 1 << 20, 262144, 8, false, true, 64 << 20, 128 << 20, 15_000,
            10_000, 15_000, 3_000, 1024, 256);
    }

    public IscsiSettings withBuffers(int newSolicitedBytes, int newUnsolicitedBytes) {
        return new IscsiSettings(queueDepth, maxRecvDataSegmentLength, maxBurstLength, firstBurstLength, maxOutstandingR2t, initialR2t,
            immediateData, newSolicitedBytes, newUnsolicitedBytes, loginTimeoutMs, pingIntervalMs, pingTimeoutMs, logoutWaitMs,
            maxConnections, maxConnectionsPerAddress);
    }

    public IscsiSettings withTimes(int newLoginTimeoutMs, int newPingIntervalMs, int newPingTimeoutMs, int newLogoutWaitMs) {
        return new IscsiSettings(queueDepth, maxRecvDataSegmentLength, maxBurstLength, firstBurstLength, maxOutstandingR2t, initialR2t,
            immediateData, solicitedBytes, unsolicitedBytes, newLoginTimeoutMs, newPingIntervalMs, newPingTimeoutMs, newLogoutWaitMs,
            maxConnections, maxConnectionsPerAddress);
    }

    public IscsiSettings withConnections(int newMaxConnections, int newMaxConnectionsPerAddress) {
        return new IscsiSettings(queueDepth, maxRecvDataSegmentLength, maxBurstLength, firstBurstLength, maxOutstandingR2t, initialR2t,
            immediateData, solicitedBytes, unsolicitedBytes, loginTimeoutMs, pingIntervalMs, pingTimeoutMs, logoutWaitMs,
            newMaxConnections, newMaxConnectionsPerAddress);
    }

    private static void within(String what, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(what + " is " + min + " to " + max + ", not " + value);
        }
    }
}

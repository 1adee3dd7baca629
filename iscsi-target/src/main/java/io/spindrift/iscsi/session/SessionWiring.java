package io.spindrift.iscsi.session;

import io.spindrift.iscsi.negotiation.Negotiation;
import io.spindrift.iscsi.negotiation.SessionParameters;
import io.spindrift.iscsi.negotiation.TargetDirectory;
import io.spindrift.iscsi.pdu.DataBudget;
import io.spindrift.iscsi.pdu.PduReader;
import io.spindrift.iscsi.pdu.PduWriter;
import io.spindrift.iscsi.pdu.PeerLog;

/** What a session is built over: its connection's two ends, what was agreed, its limits, and what it shares with others. */
public record SessionWiring(PduReader reader, PduWriter out, Negotiation negotiation, SessionParameters parameters, Limits limits,
        Shared shared) {
    /** What all sessions of a server share; any thread. @param unsolicited bytes that nobody asked for */
    public record Shared(TargetDirectory directory, PeerLog log, DataBudget unsolicited) {}

    /**
     * Limits of one session.
     *
     * @param queueDepth commands in flight: the command window
     * @param solicitedBytes bytes of write buffers that may wait for solicited data
     * @param pingIntervalMs quiet time after which the initiator is pinged
     * @param pingTimeoutMs time that it has to answer
     */
    public record Limits(int queueDepth, int solicitedBytes, int pingIntervalMs, int pingTimeoutMs) {}
}

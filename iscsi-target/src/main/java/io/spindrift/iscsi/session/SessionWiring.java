package io.spindrift.iscsi.session;

import io.spindrift.iscsi.negotiation.Negotiation;
import io.spindrift.iscsi.negotiation.SessionParameters;
import io.spindrift.iscsi.pdu.PduReader;
import io.spindrift.iscsi.pdu.PduWriter;

/** What a session is built over: its connection's two ends, what was agreed, its limits, and what it asks. */
public record SessionWiring(PduReader reader, PduWriter out, Negotiation negotiation, SessionParameters parameters,
        SessionLimits limits, SessionServices services) {
    TargetDirectory directory() {
        return services.directory();
    }

    PeerLog log() {
        return services.log();
    }
}

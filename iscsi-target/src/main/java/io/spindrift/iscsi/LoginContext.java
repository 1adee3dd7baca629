package io.spindrift.iscsi;

import static org.jscsi.parser.datasegment.OperationalTextKey.*;

import io.spindrift.iscsi.pdu.PeerLog;
import io.spindrift.iscsi.session.SessionWiring;
import io.spindrift.iscsi.session.WriteBudget;
import java.util.HashMap;
import java.util.Map;

/** What every login of a server shares; any thread. */
record LoginContext(IscsiSettings settings, TargetRegistry registry, PeerLog log, WriteBudget unsolicited, Map<String, String> wishes) {
    LoginContext(IscsiSettings settings, TargetRegistry registry, PeerLog log) {
        this(settings, registry, log, new WriteBudget(settings.unsolicitedBytes()), wishes(settings));
    }

    SessionWiring.Limits limits() {
        return new SessionWiring.Limits(settings.queueDepth(), settings.solicitedBytes(), settings.pingIntervalMs(), settings.pingTimeoutMs());
    }

    SessionWiring.Shared shared() {
        return new SessionWiring.Shared(registry, log, unsolicited);
    }

    /** What this target answers with, by key; a key that is not here takes the initiator's value. */
    private static Map<String, String> wishes(IscsiSettings settings) {
        Map<String, String> wishes = new HashMap<>();
        wishes.put(AUTH_METHOD.value(), "None");
        wishes.put(MAX_CONNECTIONS.value(), "1");
        wishes.put(INITIAL_R2T.value(), settings.initialR2t() ? "Yes" : "No");
        wishes.put(IMMEDIATE_DATA.value(), settings.immediateData() ? "Yes" : "No");
        wishes.put(MAX_BURST_LENGTH.value(), Integer.toString(settings.maxBurstLength()));
        wishes.put(FIRST_BURST_LENGTH.value(), Integer.toString(settings.firstBurstLength()));
        wishes.put(MAX_OUTSTANDING_R2T.value(), Integer.toString(settings.maxOutstandingR2t()));
        wishes.put(DEFAULT_TIME_2_WAIT.value(), "0");
        wishes.put(DEFAULT_TIME_2_RETAIN.value(), "0");
        wishes.put(ERROR_RECOVERY_LEVEL.value(), "0");
        wishes.put(DATA_PDU_IN_ORDER.value(), "Yes");
        wishes.put(DATA_SEQUENCE_IN_ORDER.value(), "Yes");
        wishes.put("iSCSIProtocolLevel", "1");
        return Map.copyOf(wishes);
    }
}

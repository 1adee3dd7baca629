package io.spindrift.iscsi;

import static org.jscsi.parser.datasegment.OperationalTextKey.*;

import io.spindrift.iscsi.auth.TargetAccess;
import io.spindrift.iscsi.pdu.DataBudget;
import io.spindrift.iscsi.pdu.PeerLog;
import io.spindrift.iscsi.session.SessionWiring;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What every login of a server shares; any thread.
 *
 * @param unsolicited what all sessions together may hold of what nobody asked for
 * @param discovery who may ask which targets there are
 * @param random makes challenges
 */
record LoginContext(IscsiSettings settings, TargetRegistry registry, PeerLog log, DataBudget unsolicited, Map<String, String> wishes,
        TargetAccess discovery, RandomGenerator random) {
    LoginContext(IscsiSettings settings, TargetRegistry registry, PeerLog log, TargetAccess discovery, RandomGenerator random) {
        this(settings, registry, log, new DataBudget(settings.unsolicitedBytes()), wishes(settings), discovery, random);
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
        wishes.put("iSCSIProtocolLevel", "2");
        return Map.copyOf(wishes);
    }
}

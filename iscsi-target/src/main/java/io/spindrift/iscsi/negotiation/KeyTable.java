package io.spindrift.iscsi.negotiation;

import static org.jscsi.parser.datasegment.OperationalTextKey.*;

import io.spindrift.iscsi.negotiation.TextKey.Kind;
import io.spindrift.iscsi.negotiation.TextKey.Stage;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Every key that this target knows: all of RFC 7143 13, and those of RFC 4850 and RFC 7144. To add a key, add a row. */
public final class KeyTable {
    static final String TASK_REPORTING = "TaskReporting";
    static final String PROTOCOL_LEVEL = "iSCSIProtocolLevel";
    static final String NODE_ARCHITECTURE = "X#NodeArchitecture";

    /** What a session without SCSI has no use for (the clauses of RFC 7143 13 that say "Irrelevant when: SessionType=Discovery"). */
    private static final Set<String> NOT_IN_DISCOVERY = Set.of(MAX_CONNECTIONS.value(), INITIAL_R2T.value(), IMMEDIATE_DATA.value(),
        MAX_BURST_LENGTH.value(), FIRST_BURST_LENGTH.value(), MAX_OUTSTANDING_R2T.value(), DATA_PDU_IN_ORDER.value(),
        DATA_SEQUENCE_IN_ORDER.value(), TASK_REPORTING, PROTOCOL_LEVEL);
    private static final long LONGEST_SEGMENT = (1 << 24) - 1;
    private static final Map<String, TextKey> ROWS = new LinkedHashMap<>();

    static {
        for (String key : List.of(AUTH_METHOD.value(), "CHAP_A", "CHAP_I", "CHAP_C", "CHAP_N", "CHAP_R")) {
            row(TextKey.of(key, Kind.AUTHENTICATION, TextKey.SECURITY));
        }
        row(TextKey.list(HEADER_DIGEST.value(), TextKey.OPERATIONAL, "None", "CRC32C", "None"));
        row(TextKey.list(DATA_DIGEST.value(), TextKey.OPERATIONAL, "None", "CRC32C", "None"));
        row(TextKey.list(TASK_REPORTING, TextKey.OPERATIONAL, "RFC3720", "FastAbort", "ResponseFence", "RFC3720"));
        row(TextKey.number(MAX_CONNECTIONS.value(), Kind.MINIMUM, 1, 65535, 1));
        row(TextKey.number(MAX_BURST_LENGTH.value(), Kind.MINIMUM, 512, LONGEST_SEGMENT, 262144));
        row(TextKey.number(FIRST_BURST_LENGTH.value(), Kind.MINIMUM, 512, LONGEST_SEGMENT, 65536));
        row(TextKey.number(MAX_OUTSTANDING_R2T.value(), Kind.MINIMUM, 1, 65535, 1));
        row(TextKey.number(DEFAULT_TIME_2_WAIT.value(), Kind.MAXIMUM, 0, 3600, 2));
        row(TextKey.number(DEFAULT_TIME_2_RETAIN.value(), Kind.MINIMUM, 0, 3600, 20));
        row(TextKey.number(ERROR_RECOVERY_LEVEL.value(), Kind.MINIMUM, 0, 2, 0));
        row(TextKey.number(PROTOCOL_LEVEL, Kind.MINIMUM, 0, 31, 1));
        row(TextKey.bool(INITIAL_R2T.value(), Kind.OR, true));
        row(TextKey.bool(IMMEDIATE_DATA.value(), Kind.AND, true));
        row(TextKey.bool(DATA_PDU_IN_ORDER.value(), Kind.OR, true));
        row(TextKey.bool(DATA_SEQUENCE_IN_ORDER.value(), Kind.OR, true));
        row(new TextKey(MAX_RECV_DATA_SEGMENT_LENGTH.value(), Kind.DECLARED_NUMBER,
            EnumSet.of(Stage.OPERATIONAL, Stage.FULL_FEATURE), 512, LONGEST_SEGMENT, "8192", List.of()));
        row(TextKey.of(INITIATOR_NAME.value(), Kind.DECLARED_TEXT, TextKey.LOGIN));
        row(TextKey.of(INITIATOR_ALIAS.value(), Kind.DECLARED_TEXT, TextKey.ANY));
        row(TextKey.of(TARGET_NAME.value(), Kind.DECLARED_TEXT, TextKey.LOGIN));
        row(new TextKey(SESSION_TYPE.value(), Kind.DECLARED_TEXT, TextKey.LOGIN, 0, 0, "Normal",
            List.of("Normal", "Discovery")));
        row(TextKey.of(NODE_ARCHITECTURE, Kind.DECLARED_TEXT, TextKey.ANY));
        row(TextKey.of(SEND_TARGETS.value(), Kind.DECLARED_TEXT, TextKey.FULL_FEATURE));
        row(TextKey.of(TARGET_ALIAS.value(), Kind.TARGET_ONLY, TextKey.ANY));
        row(TextKey.of(TARGET_ADDRESS.value(), Kind.TARGET_ONLY, TextKey.ANY));
        row(TextKey.of(TARGET_PORTAL_GROUP_TAG.value(), Kind.TARGET_ONLY, TextKey.ANY));
        row(TextKey.of(IF_MARKER.value(), Kind.OBSOLETE, TextKey.ANY));
        row(TextKey.of(OF_MARKER.value(), Kind.OBSOLETE, TextKey.ANY));
        row(TextKey.of(IF_MARK_INT.value(), Kind.OBSOLETE, TextKey.ANY));
        row(TextKey.of(OF_MARK_INT.value(), Kind.OBSOLETE, TextKey.ANY));
    }

    private KeyTable() {}

    /** The row of {@code name}; null where no such key is known. */
    public static TextKey find(String name) {
        return ROWS.get(name);
    }

    static boolean irrelevantInDiscovery(String name) {
        return NOT_IN_DISCOVERY.contains(name);
    }

    /** All rows. */
    public static Iterable<TextKey> rows() {
        return ROWS.values();
    }

    private static void row(TextKey key) {
        ROWS.put(key.name(), key);
    }
}

package io.spindrift.iscsi.pdu;

import org.jscsi.parser.OperationCode;
import org.jscsi.parser.login.LoginStage;
import org.jscsi.parser.logout.LogoutRequestParser.LogoutReasonCode;

/**
 * The words of the protocol, as jSCSI names them, by the number that is on the wire. Its own look-up is a boxed map; these are
 * arrays, and null means that the number has no meaning.
 */
public final class Vocabulary {
    private static final OperationCode[] OPERATIONS = new OperationCode[64];
    private static final LoginStage[] STAGES = new LoginStage[4];
    private static final LogoutReasonCode[] LOGOUTS = new LogoutReasonCode[128];

    static {
        for (OperationCode code : OperationCode.values()) {
            OPERATIONS[code.value()] = code;
        }
        for (LoginStage stage : LoginStage.values()) {
            STAGES[stage.value()] = stage;
        }
        for (LogoutReasonCode code : LogoutReasonCode.values()) {
            LOGOUTS[code.value()] = code;
        }
    }

    private Vocabulary() {}

    public static OperationCode operation(int opcode) {
        return OPERATIONS[opcode & 0x3f];
    }

    public static LoginStage stage(int code) {
        return STAGES[code & 3];
    }

    public static LogoutReasonCode logoutReason(int code) {
        return LOGOUTS[code & 0x7f];
    }
}

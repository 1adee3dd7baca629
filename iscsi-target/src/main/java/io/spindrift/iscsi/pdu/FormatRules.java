package io.spindrift.iscsi.pdu;

import org.jscsi.parser.OperationCode;

/**
 * What a header may not say, whatever the state of the session (RFC 7143 11): format errors, which end the connection
 * (RFC 7143 7.7). Bits that are reserved are not looked at, as the standard wants. Pure code; any thread.
 */
public final class FormatRules {
    private static final int SCSI_COMMAND = OperationCode.SCSI_COMMAND.value();
    private static final int SCSI_DATA_OUT = OperationCode.SCSI_DATA_OUT.value();
    private static final int NOP_OUT = OperationCode.NOP_OUT.value();
    private static final int TASK_MANAGEMENT = OperationCode.SCSI_TM_REQUEST.value();
    private static final int TEXT = OperationCode.TEXT_REQUEST.value();
    private static final int LOGOUT = OperationCode.LOGOUT_REQUEST.value();
    private static final int MOST_ATTRIBUTES = 4;
    private static final int EXTENDED_CDB = 1;
    private static final int BIDIRECTIONAL_LENGTH = 2;
    private static final int SEGMENT_HEADER = 4;

    private FormatRules() {}

    /** What is wrong with a header that came in the full feature phase; null for nothing. */
    public static String violation(Bhs bhs) {
        int opcode = bhs.opcode();
        if (opcode == SCSI_COMMAND) {
            return command(bhs);
        }
        if (bhs.ahsLength() > 0) {
            return "additional header segments where none belong";
        }
        if (opcode == SCSI_DATA_OUT) {
            return bhs.initiatorTaskTag() == Bhs.NO_TAG ? "data of no task" : null;
        }
        if (opcode == TEXT) {
            return text(bhs);
        }
        if (opcode == NOP_OUT || opcode == TASK_MANAGEMENT || opcode == LOGOUT) {
            return single(bhs, opcode);
        }
        return null;
    }

    private static String command(Bhs bhs) {
        if (bhs.initiatorTaskTag() == Bhs.NO_TAG) {
            return "a command without a task tag";
        }
        if ((bhs.flags() & 7) > MOST_ATTRIBUTES) {
            return "a command with task attribute " + (bhs.flags() & 7);
        }
        return bhs.ahsLength() == 0 ? null : segments(bhs);
    }

    /** RFC 7143 11.2.2: each segment's length, type and content, padded to four bytes, fill the whole exactly. */
    private static String segments(Bhs bhs) {
        int at = Bhs.LENGTH;
        int end = Bhs.LENGTH + bhs.ahsLength();
        while (at < end) {
            int length = bhs.shortAt(at);
            int type = bhs.byteAt(at + 2) & 0x3f;
            if (type != EXTENDED_CDB && type != BIDIRECTIONAL_LENGTH) {
                return "an additional header segment of type " + type;
            }
            if (length < 1 || type == BIDIRECTIONAL_LENGTH && length != 5) {
                return "an additional header segment of length " + length;
            }
            at += SEGMENT_HEADER + (length - 1 + 3 & ~3);
        }
        return at == end ? null : "additional header segments that end past their whole";
    }

    private static String text(Bhs bhs) {
        if (bhs.initiatorTaskTag() == Bhs.NO_TAG) {
            return "text without a task tag";
        }
        return bhs.isFinal() && (bhs.flags() & Bhs.CONTINUE) != 0 ? "text that is both final and to be continued" : null;
    }

    /** Requests that are one PDU: F is 1 in each. */
    private static String single(Bhs bhs, int opcode) {
        if (!bhs.isFinal()) {
            return "a request of one PDU that is not final";
        }
        boolean tagged = bhs.initiatorTaskTag() != Bhs.NO_TAG;
        if (opcode == NOP_OUT) {
            return tagged || bhs.immediate() ? null : "a NOP-Out that asks for nothing and is not immediate";
        }
        if (!tagged) {
            return "a request without a task tag";
        }
        return bhs.dataLength() > 0 ? "a request with data that has none" : null;
    }
}

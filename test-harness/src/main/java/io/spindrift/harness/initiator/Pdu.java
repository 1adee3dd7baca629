package io.spindrift.harness.initiator;

/** Numbers of RFC 7143 clause 11 that both halves of the initiator use. */
final class Pdu {
    static final int HEADER_BYTES = 48;
    static final int OPCODE_MASK = 0x3f;
    static final int IMMEDIATE = 0x40;
    static final int FINAL = 0x80;
    static final int NO_TAG = 0xffffffff;

    static final int NOP_OUT = 0x00;
    static final int SCSI_COMMAND = 0x01;
    static final int LOGIN_REQUEST = 0x03;
    static final int DATA_OUT = 0x05;
    static final int LOGOUT_REQUEST = 0x06;

    static final int NOP_IN = 0x20;
    static final int SCSI_RESPONSE = 0x21;
    static final int LOGIN_RESPONSE = 0x23;
    static final int DATA_IN = 0x25;
    static final int LOGOUT_RESPONSE = 0x26;
    static final int R2T = 0x31;
    static final int ASYNC_MESSAGE = 0x32;
    static final int REJECT = 0x3f;

    private Pdu() {
    }

    static int padded(int length) {
        return (length + 3) & ~3;
    }
}

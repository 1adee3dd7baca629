package io.spindrift.initiator.login;

import java.nio.ByteBuffer;

/** Numbers of RFC 7143 clause 11 that both halves of the initiator use. */
public final class Pdu {
    public static final int HEADER_BYTES = 48;
    public static final int OPCODE_MASK = 0x3f;
    public static final int IMMEDIATE = 0x40;
    public static final int FINAL = 0x80;
    public static final int NO_TAG = 0xffffffff;

    /** Bytes of data that this side takes in one PDU. */
    public static final int RECEIVE_SEGMENT = 262_144;

    public static final int NOP_OUT = 0x00;
    public static final int SCSI_COMMAND = 0x01;
    static final int LOGIN_REQUEST = 0x03;
    public static final int DATA_OUT = 0x05;
    public static final int LOGOUT_REQUEST = 0x06;

    public static final int NOP_IN = 0x20;
    public static final int SCSI_RESPONSE = 0x21;
    static final int LOGIN_RESPONSE = 0x23;
    public static final int DATA_IN = 0x25;
    public static final int LOGOUT_RESPONSE = 0x26;
    public static final int R2T = 0x31;
    public static final int ASYNC_MESSAGE = 0x32;
    public static final int REJECT = 0x3f;

    private Pdu() {
    }

    public static int padded(int length) {
        return (length + 3) & ~3;
    }

    /** Bytes of data that follow a header: its DataSegmentLength. */
    public static int dataLength(ByteBuffer header, int at) {
        return header.getInt(at + 4) & 0xffffff;
    }
}

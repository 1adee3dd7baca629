package io.spindrift.iscsi.pdu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The header of the PDU that is being received: the basic header segment (RFC 7143 11.2.1) and what additional header
 * segments follow it. One for each connection, overwritten by the next PDU: copy what must stay. Numbers are big-endian;
 * offsets are those of the RFC's drawings.
 */
public final class Bhs {
    /** Bytes in a basic header segment. */
    public static final int LENGTH = 48;
    /** The task tag that means none (RFC 7143 11.7.4 and elsewhere). */
    public static final int NO_TAG = -1;
    public static final int FINAL = 0x80;
    public static final int CONTINUE = 0x40;

    private static final int LONGEST = LENGTH + 255 * 4 + 4;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

    final byte[] bytes;

    /** An empty header with room for the longest one. */
    public Bhs() {
        this(new byte[LONGEST]);
    }

    private Bhs(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A copy that stays. */
    public Bhs copy() {
        return new Bhs(Arrays.copyOf(bytes, LENGTH + ahsLength()));
    }

    public int opcode() {
        return bytes[0] & 0x3f;
    }

    public boolean immediate() {
        return (bytes[0] & 0x40) != 0;
    }

    public int flags() {
        return bytes[1] & 0xff;
    }

    public boolean isFinal() {
        return bytes[1] < 0;
    }

    /** Bytes of additional header segments, 0 to 1020. */
    public int ahsLength() {
        return (bytes[4] & 0xff) << 2;
    }

    /** DataSegmentLength: bytes without padding, 0 to 2^24-1. */
    public int dataLength() {
        return intAt(4) & 0xffffff;
    }

    public long lun() {
        return (long) LONG.get(bytes, 8);
    }

    public int initiatorTaskTag() {
        return intAt(16);
    }

    /** Target transfer tag, or what the opcode has in its place (expected transfer length, referenced task tag). */
    public int targetTransferTag() {
        return intAt(20);
    }

    public int cmdSn() {
        return intAt(24);
    }

    public int byteAt(int offset) {
        return bytes[offset] & 0xff;
    }

    public int shortAt(int offset) {
        return (short) SHORT.get(bytes, offset) & 0xffff;
    }

    public int intAt(int offset) {
        return (int) INT.get(bytes, offset);
    }

    /** Copies {@code length} bytes from {@code offset} on. */
    public void copy(int offset, byte[] dst, int dstIndex, int length) {
        System.arraycopy(bytes, offset, dst, dstIndex, length);
    }
}

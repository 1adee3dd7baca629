package io.spindrift.scsi.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Builds parameter data, the big-endian fields that a command returns, growing as needed. Not for the data path. */
public final class ParameterData {
    private byte[] bytes = new byte[64];
    private int length;

    public ParameterData u8(int value) {
        reserve(1);
        bytes[length++] = (byte) value;
        return this;
    }

    public ParameterData u16(int value) {
        return u8(value >>> 8).u8(value);
    }

    public ParameterData u32(long value) {
        return u16((int) (value >>> 16)).u16((int) value);
    }

    public ParameterData u64(long value) {
        return u32(value >>> 32).u32(value);
    }

    public ParameterData bytes(byte[] value) {
        reserve(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
        return this;
    }

    public ParameterData zeros(int count) {
        reserve(count);
        length += count;
        return this;
    }

    /** ASCII, left-aligned, padded with blanks to {@code width}. */
    public ParameterData padded(String text, int width) {
        bytes(text.getBytes(StandardCharsets.US_ASCII));
        for (int i = text.length(); i < width; i++) {
            u8(' ');
        }
        return this;
    }

    public int length() {
        return length;
    }

    /** Writes a 16-bit field that was left open. */
    public ParameterData put16(int at, int value) {
        bytes[at] = (byte) (value >>> 8);
        bytes[at + 1] = (byte) value;
        return this;
    }

    /** Writes a 32-bit field that was left open. */
    public ParameterData put32(int at, long value) {
        return put16(at, (int) (value >>> 16)).put16(at + 2, (int) value);
    }

    /** Writes an 8-bit field that was left open. */
    ParameterData put8(int at, int value) {
        bytes[at] = (byte) value;
        return this;
    }

    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    private void reserve(int count) {
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
        }
    }
}

package io.spindrift.scsi;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Builds parameter data, the big-endian fields that a command returns, growing as needed. Not for the data path. */
final class ParameterData {
    private byte[] bytes = new byte[64];
    private int length;

    ParameterData u8(int value) {
        reserve(1);
        bytes[length++] = (byte) value;
        return this;
    }

    ParameterData u16(int value) {
        return u8(value >>> 8).u8(value);
    }

    ParameterData u32(long value) {
        return u16((int) (value >>> 16)).u16((int) value);
    }

    ParameterData u64(long value) {
        return u32(value >>> 32).u32(value);
    }

    ParameterData bytes(byte[] value) {
        reserve(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
        return this;
    }

    ParameterData zeros(int count) {
        reserve(count);
        length += count;
        return this;
    }

    /** ASCII, left-aligned, padded with blanks to {@code width}. */
    ParameterData padded(String text, int width) {
        bytes(text.getBytes(StandardCharsets.US_ASCII));
        for (int i = text.length(); i < width; i++) {
            u8(' ');
        }
        return this;
    }

    int length() {
        return length;
    }

    /** Writes a 16-bit field that was left open. */
    ParameterData put16(int at, int value) {
        bytes[at] = (byte) (value >>> 8);
        bytes[at + 1] = (byte) value;
        return this;
    }

    /** Writes an 8-bit field that was left open. */
    ParameterData put8(int at, int value) {
        bytes[at] = (byte) value;
        return this;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    private void reserve(int count) {
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
        }
    }
}

package io.spindrift.engine.format;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC32C (Castagnoli), as the processor computes it. */
public final class Checksums {
    private Checksums() {}

    /** Of {@code length} bytes from the absolute index {@code at}; the buffer's position stays. */
    public static int of(ByteBuffer bytes, int at, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(at, length));
        return (int) crc.getValue();
    }

    /** Of a whole header from 0 to {@code length}, its own checksum field at {@code field} taken as 0. */
    public static int ofHeader(ByteBuffer bytes, int length, int field) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(0, field));
        crc.update(new byte[Integer.BYTES]);
        crc.update(bytes.slice(field + Integer.BYTES, length - field - Integer.BYTES));
        return (int) crc.getValue();
    }
}

package io.spindrift.iscsi.pdu;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A header or data digest in the making: CRC32C (RFC 7143 13.1), over bytes where they lie. One for each direction of a
 * connection, on its event loop; untouched where no digest was agreed.
 */
final class Digest {
    static final int LENGTH = 4;

    private final CRC32C crc = new CRC32C();

    void reset() {
        crc.reset();
    }

    void update(byte[] bytes, int from, int length) {
        crc.update(bytes, from, length);
    }

    /** {@code length} bytes from the absolute {@code index} on; no index of {@code buffer} is moved. */
    void update(ByteBuf buffer, int index, int length) {
        if (length == 0) {
            return;
        }
        if (buffer.nioBufferCount() == 1) {
            // The buffer's own view: nothing is allocated.
            crc.update(buffer.internalNioBuffer(index, length));
        } else {
            for (ByteBuffer part : buffer.nioBuffers(index, length)) {
                crc.update(part);
            }
        }
    }

    /** Zeros that fill a segment up to a multiple of four. */
    void pad(int count) {
        for (int i = 0; i < count; i++) {
            crc.update(0);
        }
    }

    /** As it goes over the wire: the least significant byte first. */
    int value() {
        return (int) crc.getValue();
    }
}

package io.spindrift.wire;

import io.netty.buffer.ByteBuf;
import io.spindrift.image.Image;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The layout of a frame, and the limits. All numbers are big-endian.
 *
 * <pre>
 *  0  u32  payload bytes L, at most {@link #MAX_PAYLOAD}
 *  4  u8   type ({@link FrameType})
 *  5  u8   flags: none yet, zero
 *  6  u16  zero
 *  8  u64  request id: chosen by the client, repeated in the answer; 0 where nothing is asked
 * 16  u32  image: the server's number for an attached image on this connection; 0 for none
 * 20  u32  bytes of the whole body
 * 24  u32  offset of this frame's payload in the body
 * 28  u32  CRC32C of the payload
 * 32  u32  CRC32C of bytes 0 to 31
 * 36  L bytes of payload
 * </pre>
 *
 * <p>A body that is larger than one frame comes as several, in order, with frames of other messages between them. The header's checksum
 * covers the payload's, so a length is believed only when its header is whole, and data is handed on only when its frame is. Blocks carry
 * their own checksums inside the bodies: the frame's covers this hop, the block's the whole way.
 */
public final class WireFormat {
    /** The first bytes of a connection, in both directions: "SPINDRFT". */
    public static final long MAGIC = 0x5350494E44524654L;

    /** Magic, lowest version u16, highest version u16, chosen version u16 (0 from the client, or where there is none), zero u16. */
    public static final int PREAMBLE_BYTES = 16;

    public static final int MIN_VERSION = 2;
    public static final int MAX_VERSION = 2;

    public static final int HEADER_BYTES = 36;

    /** Most bytes that a frame's payload may have. */
    public static final int MAX_PAYLOAD = 1 << 20;

    /** How many bytes of a large body this side puts into a frame: what a more urgent message may have to wait for. */
    public static final int PIECE_BYTES = 128 << 10;

    /** Fewest bytes in a frame that is not the last of its body, so that many tiny ones cannot pin many receive buffers. */
    public static final int MIN_PIECE_BYTES = 64 << 10;

    /** Most bodies that one peer may have begun and not finished. */
    public static final int MAX_OPEN_BODIES = 8;

    static final int SMALL_BODY = 4096;
    static final int MAX_ANSWER = Image.MAX_READ_BLOCKS * (Image.BLOCK_BYTES + Integer.BYTES) + (64 << 10);

    private WireFormat() {}

    /** The CRC32C of {@code length} bytes of {@code bytes} from {@code index} on; indices do not move. */
    static int crc32c(CRC32C crc, ByteBuf bytes, int index, int length) {
        crc.reset();
        if (bytes.nioBufferCount() == 1) {
            crc.update(bytes.nioBuffer(index, length));
        } else {
            for (ByteBuffer part : bytes.nioBuffers(index, length)) {
                crc.update(part);
            }
        }
        return (int) crc.getValue();
    }
}

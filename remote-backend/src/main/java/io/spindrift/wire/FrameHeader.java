package io.spindrift.wire;

import io.netty.buffer.ByteBuf;
import java.util.zip.CRC32C;

/** The header of the frame under way. One for each direction of a connection, overwritten by each frame. */
final class FrameHeader {
    int payloadBytes;
    FrameType type;
    long requestId;
    int image;
    int bodyBytes;
    int offset;
    int payloadCrc;

    private final CRC32C crc = new CRC32C();

    boolean last() {
        return offset + payloadBytes == bodyBytes;
    }

    void write(ByteBuf to) {
        int start = to.writerIndex();
        to.writeInt(payloadBytes).writeByte(type.code()).writeByte(0).writeShort(0).writeLong(requestId);
        to.writeInt(image).writeInt(bodyBytes).writeInt(offset).writeInt(payloadCrc);
        to.writeInt(WireFormat.crc32c(crc, to, start, WireFormat.HEADER_BYTES - Integer.BYTES));
    }

    /** Reads and checks the header at the reader index, which it moves past. */
    void read(ByteBuf from) throws WireException {
        int computed = WireFormat.crc32c(crc, from, from.readerIndex(), WireFormat.HEADER_BYTES - Integer.BYTES);
        payloadBytes = from.readInt();
        int code = from.readUnsignedByte();
        int reserved = from.readUnsignedByte() | from.readUnsignedShort();
        requestId = from.readLong();
        image = from.readInt();
        bodyBytes = from.readInt();
        offset = from.readInt();
        payloadCrc = from.readInt();
        if (from.readInt() != computed) {
            throw new WireException("a frame's header fails its checksum");
        }
        type = FrameType.ofCode(code);
        if (type == null) {
            throw new WireException("unknown frame type " + code);
        }
        if (reserved != 0) {
            throw new WireException("reserved bits are set in a frame of type " + type);
        }
        checkLengths();
    }

    private void checkLengths() throws WireException {
        if (payloadBytes < 0 || payloadBytes > WireFormat.MAX_PAYLOAD) {
            throw new WireException("a frame of " + Integer.toUnsignedString(payloadBytes) + " bytes, more than " + WireFormat.MAX_PAYLOAD);
        }
        if (bodyBytes < 0 || bodyBytes > type.maxBodyBytes()) {
            throw new WireException(type + " of " + Integer.toUnsignedString(bodyBytes) + " bytes, more than " + type.maxBodyBytes());
        }
        if (offset < 0 || offset > bodyBytes - payloadBytes) {
            throw new WireException("a frame's payload lies outside its body of type " + type);
        }
        if (!last() && payloadBytes < WireFormat.MIN_PIECE_BYTES) {
            throw new WireException("a frame in the middle of a body has " + payloadBytes + " bytes, less than " + WireFormat.MIN_PIECE_BYTES);
        }
    }
}

package io.spindrift.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Bytes in, whole messages out. Made by its {@link WireConnection}, on whose loop it lives and which closes it. A payload that lies in
 * one receive buffer is a slice of it; one that does not is gathered in a buffer of its announced (and checked) length.
 */
final class MessageReader {
    /** Where messages go. */
    interface Sink {
        /** Asked at the first frame of a body: false leaves the frame unread until {@link MessageReader#resume}. */
        boolean admit(FrameType type, int bodyBytes);

        /** The receiver owns the body. */
        void message(FrameType type, long requestId, int image, ByteBuf body) throws WireException;
    }

    /** A body of which some frames have come. */
    private static final class OpenBody {
        final FrameType type;
        final long requestId;
        final CompositeByteBuf bytes;

        OpenBody(FrameType type, long requestId, CompositeByteBuf bytes) {
            this.type = type;
            this.requestId = requestId;
            this.bytes = bytes;
        }
    }

    private enum Expecting {
        HEADER,
        ADMISSION,
        PAYLOAD,
        NOTHING
    }

    private final ByteBufAllocator allocator;
    private final Sink sink;
    private final CRC32C crc = new CRC32C();
    private final FrameHeader header = new FrameHeader();
    private final ByteBuf headerBytes;
    private final List<OpenBody> open = new ArrayList<>(WireFormat.MAX_OPEN_BODIES);
    private Expecting expecting = Expecting.HEADER;
    private boolean handshake = true;
    private ByteBuf payload;
    private ByteBuf unread;

    MessageReader(ByteBufAllocator allocator, Sink sink) {
        this.allocator = allocator;
        this.sink = sink;
        this.headerBytes = allocator.directBuffer(WireFormat.HEADER_BYTES, WireFormat.HEADER_BYTES);
    }

    /** From here on all types may come. */
    void peerIsKnown() {
        handshake = false;
    }

    /** Whether a frame waits for {@link Sink#admit}. */
    boolean waiting() {
        return expecting == Expecting.ADMISSION;
    }

    /** Takes {@code in}, whole. Bytes behind a frame that is not admitted are kept; the connection reads no further meanwhile. */
    void read(ByteBuf in) throws WireException {
        ByteBuf bytes = in;
        if (unread != null) {
            bytes = allocator.compositeBuffer(16).addComponent(true, unread).addComponent(true, in);
            unread = null;
        }
        try {
            while (step(bytes)) {
                // each step consumes a header or a payload
            }
            if (waiting() && bytes.isReadable()) {
                unread = bytes.readRetainedSlice(bytes.readableBytes());
            }
        } finally {
            bytes.release();
        }
    }

    /** Asks again for the frame that was not admitted. */
    void resume() throws WireException {
        if (waiting()) {
            ByteBuf bytes = unread == null ? allocator.buffer(0) : unread;
            unread = null;
            read(bytes);
        }
    }

    private boolean step(ByteBuf bytes) throws WireException {
        switch (expecting) {
            case HEADER:
                return readHeader(bytes);
            case ADMISSION:
                if (!sink.admit(header.type, header.bodyBytes)) {
                    return false;
                }
                expecting = Expecting.PAYLOAD;
                return true;
            case PAYLOAD:
                return readPayload(bytes);
            default:
                return false;
        }
    }

    private boolean readHeader(ByteBuf bytes) throws WireException {
        if (headerBytes.writerIndex() == 0 && bytes.readableBytes() >= WireFormat.HEADER_BYTES) {
            header.read(bytes);
        } else {
            bytes.readBytes(headerBytes, Math.min(bytes.readableBytes(), headerBytes.writableBytes()));
            if (headerBytes.isWritable()) {
                return false;
            }
            header.read(headerBytes);
            headerBytes.clear();
        }
        if (handshake && !header.type.isHandshake()) {
            throw new WireException(header.type + " before the handshake is done");
        }
        expecting = header.offset == 0 ? Expecting.ADMISSION : Expecting.PAYLOAD;
        return true;
    }

    private boolean readPayload(ByteBuf bytes) throws WireException {
        if (payload == null && bytes.readableBytes() >= header.payloadBytes) {
            payload = bytes.readRetainedSlice(header.payloadBytes);
        } else {
            if (payload == null) {
                payload = allocator.directBuffer(header.payloadBytes, header.payloadBytes);
            }
            payload.writeBytes(bytes, Math.min(bytes.readableBytes(), payload.writableBytes()));
            if (payload.writerIndex() < header.payloadBytes) {
                return false;
            }
        }
        if (WireFormat.crc32c(crc, payload, payload.readerIndex(), header.payloadBytes) != header.payloadCrc) {
            throw new WireException("a frame of type " + header.type + " fails its checksum");
        }
        ByteBuf whole = payload;
        payload = null;
        expecting = Expecting.HEADER;
        deliver(whole);
        return true;
    }

    private void deliver(ByteBuf piece) throws WireException {
        ByteBuf body = header.offset == 0 && header.last() ? piece : assemble(piece);
        if (body != null) {
            sink.message(header.type, header.requestId, header.image, body);
        }
    }

    /** @return the body where this was its last piece, else null */
    private ByteBuf assemble(ByteBuf piece) throws WireException {
        OpenBody body = header.offset == 0 ? begin(piece) : find(header.requestId);
        if (body == null || body.type != header.type || body.bytes.readableBytes() != header.offset) {
            piece.release();
            throw new WireException("a frame of type " + header.type + " does not continue a body that was begun");
        }
        body.bytes.addComponent(true, piece);
        if (!header.last()) {
            return null;
        }
        open.remove(body);
        return body.bytes;
    }

    private OpenBody begin(ByteBuf piece) throws WireException {
        if (open.size() == WireFormat.MAX_OPEN_BODIES || find(header.requestId) != null) {
            piece.release();
            throw new WireException("more bodies begun at once than " + WireFormat.MAX_OPEN_BODIES + ", or one begun twice");
        }
        int pieces = header.bodyBytes / WireFormat.MIN_PIECE_BYTES + 1;
        OpenBody body = new OpenBody(header.type, header.requestId, allocator.compositeBuffer(Math.max(16, pieces)));
        open.add(body);
        return body;
    }

    private OpenBody find(long requestId) {
        for (int i = 0; i < open.size(); i++) {
            if (open.get(i).requestId == requestId) {
                return open.get(i);
            }
        }
        return null;
    }

    /** Releases what was begun; nothing is delivered from here on. */
    void close() {
        expecting = Expecting.NOTHING;
        if (headerBytes.refCnt() > 0) {
            headerBytes.release();
        }
        if (payload != null) {
            payload.release();
            payload = null;
        }
        if (unread != null) {
            unread.release();
            unread = null;
        }
        open.forEach(body -> body.bytes.release());
        open.clear();
    }
}

package io.spindrift.iscsi.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds PDUs in what a connection receives. Made by the server for each accepted connection, it lives in that connection's
 * pipeline and on its event loop, and ends with it.
 *
 * <p>Nothing is accumulated: a header goes into the connection's one {@link Bhs}; data goes straight to where the sink wants
 * it, piece by piece as it arrives, or is handed on as a slice of the receive buffer where it lies there in one piece. The rest of long
 * data is read into its place by the transport itself ({@link ReceiveBuffers}). All
 * lengths are checked before anything is allocated.
 */
public final class PduReader extends ChannelInboundHandlerAdapter {
    private enum State { HEADER, DATA, TRAILER, ENDED }

    private enum Placement { DROP, COLLECT, PLACE }

    private static final Logger LOG = LoggerFactory.getLogger(PduReader.class);
    /** What may wait while the reader is paused; a peer has nothing to say then. */
    private static final int MOST_HELD = 64 * 1024;
    /** Data of this length or more is read straight into its place, where a copy costs more than another call of the system. */
    static final int LONG_DATA = 16 * 1024;

    private final Bhs bhs = new Bhs();
    private final Digest digest = new Digest();
    private final byte[] trailer = new byte[3 + Digest.LENGTH];
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>(2);
    private int heldBytes;
    private PduSink sink;
    private ChannelHandlerContext ctx;
    private State state = State.HEADER;
    private boolean paused;
    private boolean headerDigest;
    private boolean dataDigest;

    private int headerHave;
    private int headerNeed = Bhs.LENGTH;
    private Placement placement = Placement.DROP;
    private ByteBuf destination;
    private int destinationIndex;
    private int destinationLimit;
    /** The part of {@link #destination} that the transport is reading into; null where it reads into a buffer of its own. */
    private ByteBuf landing;
    private int dataLength;
    private int dataHave;
    private int trailerHave;
    private int trailerNeed;
    private long bytesReceived;

    public PduReader(PduSink sink) {
        this.sink = sink;
    }

    /** Hands what comes from now on to another sink. */
    public void sink(PduSink next) {
        sink = next;
    }

    /** Digests as they were negotiated, from the next PDU on. */
    public void digests(boolean header, boolean data) {
        headerDigest = header;
        dataDigest = data;
    }

    /** Within {@link PduSink#header}: gather this PDU's data and hand it to {@link PduSink#payload}. */
    public void collect() {
        placement = Placement.COLLECT;
    }

    /**
     * Within {@link PduSink#header}: write this PDU's data into {@code dst} from the absolute {@code index} on. The reader keeps
     * a reference of its own until the PDU is complete; the indices of {@code dst} are not moved. Bytes past {@code limit} (an
     * absolute index) are dropped.
     */
    public void placeAt(ByteBuf dst, int index, int limit) {
        placement = Placement.PLACE;
        destination = dst.retain();
        destinationIndex = index;
        destinationLimit = limit;
    }

    /** Hands nothing on until {@link #resume}; what arrives meanwhile is held. */
    public void pause() {
        paused = true;
    }

    /** Goes on, with what was held first. On the connection's event loop. */
    public void resume() {
        paused = false;
        while (!paused && !held.isEmpty()) {
            ByteBuf in = held.poll();
            heldBytes -= in.readableBytes();
            take(in);
        }
        sink.readComplete();
    }

    /** Reads nothing more of this connection. */
    public void end() {
        state = State.ENDED;
        releaseDestination();
        dropHeld();
    }

    /**
     * Asked by the transport's allocator right before each read: where the rest of a long data segment is to lie.
     *
     * @return its place with nothing written yet, the caller's; null where a receive buffer is to be used
     */
    ByteBuf landing() {
        landing = null;
        int rest = dataLength - dataHave;
        if (state != State.DATA || paused || placement == Placement.DROP || rest < LONG_DATA) {
            return null;
        }
        if (destination == null) {
            collectInOne();
        }
        int index = destinationIndex + dataHave;
        if (index + rest <= destinationLimit) {
            landing = destination.retainedSlice(index, rest).clear();
        }
        return landing;
    }

    /** Whether the last PDU had long data, so that the next is likely to. */
    boolean longData() {
        return dataLength >= LONG_DATA;
    }

    public long bytesReceived() {
        return bytesReceived;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        bytesReceived += in.readableBytes();
        if (paused) {
            hold(in);
        } else {
            take(in);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (!paused) {
            sink.readComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        sink.writabilityChanged(context.channel().isWritable());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end();
        sink.closed();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("{}: {}", context.channel().remoteAddress(), cause.toString());
        } else {
            LOG.warn("{}: connection closed after an unexpected failure", context.channel().remoteAddress(), cause);
        }
        context.close();
    }

    private void take(ByteBuf in) {
        try {
            boolean more = true;
            while (more && !paused) {
                more = step(in);
            }
            if (paused && in.isReadable()) {
                hold(in.retain());
            }
        } finally {
            if (in == landing) {
                landing = null;
            }
            in.release();
        }
    }

    /** @return whether the next step can be tried: false where {@code in} is used up. */
    private boolean step(ByteBuf in) {
        switch (state) {
            case HEADER:
                return readHeader(in);
            case DATA:
                return readData(in);
            case TRAILER:
                return readTrailer(in);
            default:
                in.skipBytes(in.readableBytes());
                return false;
        }
    }

    private boolean readHeader(ByteBuf in) {
        int count = Math.min(headerNeed - headerHave, in.readableBytes());
        in.readBytes(bhs.bytes, headerHave, count);
        headerHave += count;
        if (headerHave < headerNeed) {
            return false;
        }
        int whole = Bhs.LENGTH + bhs.ahsLength() + (headerDigest ? Digest.LENGTH : 0);
        if (headerHave < whole) {
            headerNeed = whole;
            return true;
        }
        headerComplete();
        return true;
    }

    private void headerComplete() {
        if (headerDigest && !headerDigestIsRight()) {
            refuse(PduSink.Malformation.HEADER_DIGEST);
            return;
        }
        dataLength = bhs.dataLength();
        if (dataLength > sink.longestData()) {
            refuse(PduSink.Malformation.TOO_LONG);
            return;
        }
        placement = Placement.DROP;
        dataHave = 0;
        sink.header(bhs, this);
        if (state == State.ENDED) {
            releaseDestination();
        } else if (dataLength == 0) {
            pduComplete();
        } else {
            state = State.DATA;
            digest.reset();
        }
    }

    private boolean readData(ByteBuf in) {
        int count = Math.min(dataLength - dataHave, in.readableBytes());
        if (dataDigest) {
            digest.update(in, in.readerIndex(), count);
        }
        if (in == landing) {
            in.skipBytes(count);
        } else if (placement == Placement.COLLECT && dataHave == 0 && count == dataLength) {
            destination = in.readRetainedSlice(count);
        } else {
            copy(in, count);
        }
        dataHave += count;
        if (dataHave < dataLength) {
            return false;
        }
        trailerHave = 0;
        trailerNeed = (-dataLength & 3) + (dataDigest ? Digest.LENGTH : 0);
        state = State.TRAILER;
        return true;
    }

    private void copy(ByteBuf in, int count) {
        if (placement == Placement.COLLECT && destination == null && count > 0) {
            collectInOne();
        }
        if (destination != null) {
            int index = destinationIndex + dataHave;
            int fitting = Math.min(count, destinationLimit - index);
            if (fitting > 0) {
                destination.setBytes(index, in, in.readerIndex(), fitting);
            }
        }
        in.skipBytes(count);
    }

    private void collectInOne() {
        destination = ctx.alloc().directBuffer(dataLength, dataLength).writerIndex(dataLength);
        destinationIndex = 0;
        destinationLimit = dataLength;
    }

    private boolean readTrailer(ByteBuf in) {
        int count = Math.min(trailerNeed - trailerHave, in.readableBytes());
        in.readBytes(trailer, trailerHave, count);
        trailerHave += count;
        if (trailerHave < trailerNeed) {
            return false;
        }
        if (dataDigest && !dataDigestIsRight()) {
            refuse(PduSink.Malformation.DATA_DIGEST);
        } else {
            pduComplete();
        }
        return true;
    }

    private void pduComplete() {
        state = State.HEADER;
        headerHave = 0;
        headerNeed = Bhs.LENGTH;
        ByteBuf data = null;
        if (placement == Placement.COLLECT) {
            data = destination;
            destination = null;
        } else {
            releaseDestination();
        }
        sink.payload(bhs, data);
    }

    private void refuse(PduSink.Malformation why) {
        end();
        sink.malformed(bhs, why);
    }

    private boolean headerDigestIsRight() {
        int length = Bhs.LENGTH + bhs.ahsLength();
        digest.reset();
        digest.update(bhs.bytes, 0, length);
        return digest.value() == Integer.reverseBytes(bhs.intAt(length));
    }

    private boolean dataDigestIsRight() {
        int padding = trailerNeed - Digest.LENGTH;
        digest.update(trailer, 0, padding);
        int seen = (trailer[padding] & 0xff) | (trailer[padding + 1] & 0xff) << 8 | (trailer[padding + 2] & 0xff) << 16
            | trailer[padding + 3] << 24;
        return digest.value() == seen;
    }

    private void hold(ByteBuf in) {
        heldBytes += in.readableBytes();
        held.add(in);
        if (heldBytes > MOST_HELD) {
            LOG.info("{}: closed: {} bytes came while an answer was outstanding", ctx.channel().remoteAddress(), heldBytes);
            dropHeld();
            ctx.close();
        }
    }

    private void dropHeld() {
        held.forEach(ByteBuf::release);
        held.clear();
        heldBytes = 0;
    }

    private void releaseDestination() {
        if (destination != null) {
            destination.release();
            destination = null;
        }
    }
}

package io.spindrift.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.util.ArrayDeque;
import java.util.zip.CRC32C;
import org.agrona.collections.IntArrayQueue;

/**
 * Whole messages in, frames out, the most urgent lane first. Only about {@link #HANDED_BYTES} are handed to the channel ahead of what the
 * peer's window takes, so that is the most that a demand read waits for; the rest is kept here, where it can be overtaken. Made by
 * its {@link WireConnection}, on whose loop it lives and which closes it. How much may be queued is bounded by the callers: the client by
 * its queue of requests, the server by what it has promised to answer.
 */
public final class MessageWriter {
    /** Bytes given to the channel and not yet to the socket. */
    static final int HANDED_BYTES = 256 << 10;

    /** A body of up to so many bytes is copied behind its header: dearer than one more buffer only when it is larger. */
    private static final int COPIED_BYTES = 512;

    private static final class Outgoing {
        final FrameType type;
        final long requestId;
        final int image;
        final ByteBuf body;

        Outgoing(FrameType type, long requestId, int image, ByteBuf body) {
            this.type = type;
            this.requestId = requestId;
            this.image = image;
            this.body = body;
        }
    }

    private final Channel channel;
    private final CRC32C crc = new CRC32C();
    private final FrameHeader header = new FrameHeader();
    private final ArrayDeque<Outgoing>[] lanes;
    private final int[] sentOfHead = new int[Lane.values().length];
    private final IntArrayQueue handedSizes = new IntArrayQueue(16, -1);
    private final Runnable pump = this::pump;
    private final ChannelFutureListener taken = future -> taken();
    private Runnable drained = () -> {};
    private int handed;
    private long queuedBytes;
    private boolean scheduled;
    private boolean closed;

    @SuppressWarnings({"unchecked", "rawtypes"})
    MessageWriter(Channel channel) {
        this.channel = channel;
        this.lanes = new ArrayDeque[Lane.values().length];
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = new ArrayDeque<>();
        }
    }

    /** Queues a message; the body is this writer's from here on. Frames leave at the end of the loop's turn, together. */
    public void write(Lane lane, FrameType type, long requestId, int image, ByteBuf body) {
        if (closed) {
            body.release();
            return;
        }
        lanes[lane.ordinal()].add(new Outgoing(type, requestId, image, body));
        queuedBytes += body.readableBytes();
        schedule();
    }

    /** Names who is told, on the loop, when bytes have left. */
    public void onDrained(Runnable listener) {
        drained = listener;
    }

    /** Body bytes that wait here. */
    public long queuedBytes() {
        return queuedBytes;
    }

    private void schedule() {
        if (!scheduled && handed < HANDED_BYTES) {
            scheduled = true;
            channel.eventLoop().execute(pump);
        }
    }

    private void pump() {
        scheduled = false;
        if (closed) {
            return;
        }
        boolean written = false;
        for (int lane = next(); lane >= 0 && handed < HANDED_BYTES; lane = next()) {
            writePiece(lane);
            written = true;
        }
        if (written) {
            channel.flush();
        }
    }

    private int next() {
        for (int i = 0; i < lanes.length; i++) {
            if (!lanes[i].isEmpty()) {
                return i;
            }
        }
        return -1;
    }

    private void writePiece(int lane) {
        Outgoing message = lanes[lane].peek();
        int total = message.body.readableBytes();
        int offset = sentOfHead[lane];
        int length = Math.min(total - offset, WireFormat.PIECE_BYTES);
        // A remainder that is no piece of its own goes with this one.
        if (total - offset - length < WireFormat.MIN_PIECE_BYTES) {
            length = total - offset;
        }
        int index = message.body.readerIndex() + offset;
        describe(message, total, offset, length, index);
        boolean last = offset + length == total;
        if (last) {
            lanes[lane].poll();
        }
        sentOfHead[lane] = last ? 0 : offset + length;
        queuedBytes -= length;
        handedSizes.addInt(length + WireFormat.HEADER_BYTES);
        handed += length + WireFormat.HEADER_BYTES;
        hand(message.body, index, length, last);
    }

    private void describe(Outgoing message, int total, int offset, int length, int index) {
        header.type = message.type;
        header.requestId = message.requestId;
        header.image = message.image;
        header.bodyBytes = total;
        header.offset = offset;
        header.payloadBytes = length;
        header.payloadCrc = WireFormat.crc32c(crc, message.body, index, length);
    }

    private void hand(ByteBuf body, int index, int length, boolean last) {
        if (length <= COPIED_BYTES) {
            ByteBuf frame = channel.alloc().directBuffer(WireFormat.HEADER_BYTES + length);
            header.write(frame);
            frame.writeBytes(body, index, length);
            if (last) {
                body.release();
            }
            channel.write(frame).addListener(taken);
            return;
        }
        ByteBuf head = channel.alloc().directBuffer(WireFormat.HEADER_BYTES);
        header.write(head);
        channel.write(head, channel.voidPromise());
        ByteBuf piece = body.retainedSlice(index, length);
        if (last) {
            body.release();
        }
        channel.write(piece).addListener(taken);
    }

    private void taken() {
        handed -= handedSizes.pollInt();
        if (closed) {
            return;
        }
        drained.run();
        if (next() >= 0) {
            schedule();
        }
    }

    /** Releases what was not sent. */
    void close() {
        closed = true;
        for (ArrayDeque<Outgoing> lane : lanes) {
            lane.forEach(message -> message.body.release());
            lane.clear();
        }
        queuedBytes = 0;
    }
}

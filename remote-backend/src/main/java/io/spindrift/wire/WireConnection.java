package io.spindrift.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * One end of one connection: preamble, frames, keep-alive, and the one way to close it. It is the last handler of the channel's pipeline,
 * and the only one today: what encrypts goes before it. Lives on the channel's loop, from its registration to {@link #closed}.
 */
public abstract class WireConnection extends ChannelInboundHandlerAdapter implements MessageReader.Sink {
    private static final long NOT_SENT_LOW_WATER = 128 << 10;

    private final long keepAliveMs;
    private final long handshakeTimeoutMs;
    private Channel channel;
    private MessageReader reader;
    private MessageWriter writer;
    private ByteBuf preamble;
    private long lastHeardNanos;
    private ScheduledFuture<?> timer;
    private String closeReason;

    /**
     * @param keepAliveMs silence after which this side pings; three times that ends the connection
     * @param handshakeTimeoutMs from the connection to {@link #peerIsKnown()}
     */
    protected WireConnection(long keepAliveMs, long handshakeTimeoutMs) {
        this.keepAliveMs = keepAliveMs;
        this.handshakeTimeoutMs = handshakeTimeoutMs;
    }

    /** The channel is open. */
    protected abstract void opened();

    /** The peer's first bytes. */
    protected abstract void preamble(Preamble peer) throws WireException;

    /** The peer's first bytes are those of another protocol; the connection ends for it. */
    protected void foreign() {}

    /** A message other than keep-alive. The receiver owns the body. */
    protected abstract void received(FrameType type, long requestId, int image, ByteBuf body) throws WireException;

    /** The end, once. Nothing is received or sent any more. */
    protected abstract void closed(String reason);

    protected final Channel channel() {
        return channel;
    }

    protected final MessageWriter writer() {
        return writer;
    }

    /** The handshake is done: all messages may come, and silence is watched. */
    protected final void peerIsKnown() {
        reader.peerIsKnown();
        timer.cancel(false);
        watchSilence();
    }

    /** Sends this side's preamble. */
    protected final void sendPreamble(Preamble ours) {
        ByteBuf bytes = channel.alloc().directBuffer(WireFormat.PREAMBLE_BYTES);
        ours.write(bytes);
        channel.writeAndFlush(bytes);
    }

    /** Closes the connection for {@code reason}, at once. On the channel's loop. */
    public final void close(String reason) {
        if (closeReason == null) {
            closeReason = reason;
            channel.close();
        }
    }

    /** Closes when what was written so far has gone out, or after a second. Nothing is received any more. */
    protected final void closeAfterSending(String reason) {
        if (closeReason == null) {
            closeReason = reason;
            // The writer hands its frames over in a task of the loop that stands before this one.
            channel.eventLoop().execute(() -> channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE));
            channel.eventLoop().schedule(() -> channel.close(), 1, TimeUnit.SECONDS);
        }
    }

    /** The peer's address as the log names it. */
    protected final String peerName() {
        return String.valueOf(channel.remoteAddress());
    }

    @Override
    public final void handlerAdded(ChannelHandlerContext context) {
        channel = context.channel();
        reader = new MessageReader(channel.alloc(), this);
        writer = new MessageWriter(channel);
        preamble = channel.alloc().directBuffer(WireFormat.PREAMBLE_BYTES, WireFormat.PREAMBLE_BYTES);
        if (channel.isActive()) {
            channelActive(context);
        }
    }

    @Override
    public final void channelActive(ChannelHandlerContext context) {
        if (timer != null) {
            return;
        }
        lastHeardNanos = nanoTime();
        timer = channel.eventLoop().schedule(
                () -> close("no handshake within " + handshakeTimeoutMs + " ms"), handshakeTimeoutMs, TimeUnit.MILLISECONDS);
        opened();
    }

    @Override
    public final void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        lastHeardNanos = nanoTime();
        if (closeReason != null) {
            bytes.release();
            return;
        }
        try {
            read(bytes);
        } catch (WireException broken) {
            close(broken.getMessage());
        }
    }

    private void read(ByteBuf bytes) throws WireException {
        if (preamble != null) {
            try {
                preamble.writeBytes(bytes, Math.min(bytes.readableBytes(), preamble.writableBytes()));
                if (preamble.isWritable()) {
                    bytes.release();
                    return;
                }
                Preamble peer = readPreamble();
                preamble.release();
                preamble = null;
                preamble(peer);
            } catch (WireException foreign) {
                bytes.release();
                throw foreign;
            }
        }
        reader.read(bytes);
        setReading();
    }

    private Preamble readPreamble() throws WireException {
        try {
            return Preamble.read(preamble);
        } catch (WireException other) {
            foreign();
            throw other;
        }
    }

    /** Asks again for the frame that {@link #admit} refused, and reads on where it is taken now. */
    protected final void admitAgain() {
        if (closeReason != null) {
            return;
        }
        try {
            reader.resume();
            setReading();
        } catch (WireException broken) {
            close(broken.getMessage());
        }
    }

    /** Whether a frame waits to be admitted; nothing is read from the peer meanwhile. */
    protected final boolean waiting() {
        return reader.waiting();
    }

    private void setReading() {
        if (closeReason == null) {
            channel.config().setAutoRead(!reader.waiting());
        }
    }

    @Override
    public final void message(FrameType type, long requestId, int image, ByteBuf body) throws WireException {
        if (closeReason != null) {
            body.release();
        } else if (type == FrameType.PING) {
            body.release();
            writer.write(Lane.URGENT, FrameType.PONG, requestId, 0, Unpooled.EMPTY_BUFFER);
        } else if (type == FrameType.PONG) {
            body.release();
        } else {
            received(type, requestId, image, body);
        }
    }

    private void watchSilence() {
        if (reader.waiting()) {
            lastHeardNanos = nanoTime();
        }
        long silentMs = TimeUnit.NANOSECONDS.toMillis(nanoTime() - lastHeardNanos);
        if (silentMs >= 3 * keepAliveMs) {
            close("nothing heard for " + silentMs + " ms");
            return;
        }
        // The peer also watches: it hears of this side at least once in each interval.
        writer.write(Lane.URGENT, FrameType.PING, 0, 0, Unpooled.EMPTY_BUFFER);
        timer = channel.eventLoop().schedule(this::watchSilence, keepAliveMs, TimeUnit.MILLISECONDS);
    }

    private long nanoTime() {
        return channel.eventLoop().ticker().nanoTime();
    }

    @Override
    public final void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (closeReason == null) {
            closeReason = cause instanceof java.io.IOException ? "the connection broke: " + cause.getMessage() : "a defect: " + cause;
        }
        channel.close();
    }

    @Override
    public final void handlerRemoved(ChannelHandlerContext context) {
        if (timer != null) {
            timer.cancel(false);
        }
        reader.close();
        writer.close();
        if (preamble != null) {
            preamble.release();
            preamble = null;
        }
        if (closeReason == null) {
            closeReason = "the peer closed the connection";
        }
        closed(closeReason);
    }

    /**
     * The socket's options, for both ends: no delay, and little in the kernel that was not sent yet, so that what is queued can still be
     * overtaken here. Buffers are left to the kernel's tuning. A transport that lacks an option does without.
     */
    public static void tune(Channel channel) {
        channel.config().setOption(ChannelOption.TCP_NODELAY, true);
        channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, NOT_SENT_LOW_WATER);
        channel.config().setOption(IoUringChannelOption.TCP_NOTSENT_LOWAT, NOT_SENT_LOW_WATER);
    }
}

package io.spindrift.iscsi.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Lays out the PDUs that a connection sends. Made with the connection, on its event loop; {@link #close} gives its memory
 * back.
 *
 * <p>Headers, padding and short data follow each other in one arena, so that many answers without data are one buffer for the
 * transport; longer data is written as the buffer it came in. Nothing reaches the socket before {@link #flush}.
 *
 * <p>A PDU is {@link #begin}, any number of {@code put} and {@code data} calls, then {@link #end}.
 */
public final class PduWriter {
    private static final int ARENA_BYTES = 16 * 1024;
    /** Up to here data is copied behind its header; beyond, it goes out as it is. */
    private static final int SHORT_DATA = 256;
    /** A header with its digest, short data, and a trailer. */
    private static final int ROOM = Bhs.LENGTH + 4 + SHORT_DATA + 8;

    private final ChannelHandlerContext ctx;
    private final Digest digest = new Digest();
    private ByteBuf arena;
    private int unsent;
    private int base;
    private boolean headerDigest;
    private boolean dataDigest;
    private boolean dirty;
    private boolean closed;

    public PduWriter(ChannelHandlerContext ctx) {
        this.ctx = ctx;
    }

    public void digests(boolean header, boolean data) {
        headerDigest = header;
        dataDigest = data;
    }

    public Channel channel() {
        return ctx.channel();
    }

    /** Starts a PDU with all other fields zero. */
    public PduWriter begin(int opcode, int flags) {
        if (arena == null || arena.writableBytes() < ROOM) {
            nextArena();
        }
        base = arena.writerIndex();
        arena.writeZero(Bhs.LENGTH);
        arena.setByte(base, opcode);
        arena.setByte(base + 1, flags);
        return this;
    }

    public PduWriter putByte(int offset, int value) {
        arena.setByte(base + offset, value);
        return this;
    }

    public PduWriter putShort(int offset, int value) {
        arena.setShort(base + offset, value);
        return this;
    }

    public PduWriter putInt(int offset, int value) {
        arena.setInt(base + offset, value);
        return this;
    }

    public PduWriter putLong(int offset, long value) {
        arena.setLong(base + offset, value);
        return this;
    }

    /** Ends a PDU without data. */
    public void end() {
        sealHeader(0);
        dirty = true;
    }

    /** Ends a PDU with all readable bytes of {@code data}, which the writer takes over. */
    public void end(ByteBuf data) {
        int length = data.readableBytes();
        sealHeader(length);
        if (length > 0 && dataDigest) {
            digest.reset();
            digest.update(data, data.readerIndex(), length);
        }
        if (length <= SHORT_DATA) {
            arena.writeBytes(data);
            data.release();
        } else {
            push();
            ctx.write(data, ctx.voidPromise());
        }
        sealData(length);
        dirty = true;
    }

    /** Ends a PDU with the bytes of {@code data}, at most 65535. */
    public void end(byte[] data) {
        end(ctx.alloc().directBuffer(data.length).writeBytes(data));
    }

    /** Whether something waits for {@link #flush}. */
    public boolean dirty() {
        return dirty;
    }

    /** Hands all to the socket. */
    public void flush() {
        if (dirty && !closed) {
            dirty = false;
            push();
            ctx.flush();
        }
    }

    /** Hands all to the socket and closes the connection when the peer has taken it, or after {@code patienceMs}. */
    public void closeWhenSent(int patienceMs) {
        flush();
        Channel channel = ctx.channel();
        Future<?> patience = channel.eventLoop().schedule(() -> channel.close(), patienceMs, TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(gone -> patience.cancel(false));
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    public void close() {
        closed = true;
        if (arena != null) {
            arena.release();
            arena = null;
        }
    }

    private void sealHeader(int dataLength) {
        arena.setMedium(base + 5, dataLength);
        if (headerDigest) {
            digest.reset();
            digest.update(arena, base, Bhs.LENGTH);
            arena.writeIntLE(digest.value());
        }
    }

    private void sealData(int length) {
        int padding = -length & 3;
        arena.writeZero(padding);
        if (length > 0 && dataDigest) {
            digest.pad(padding);
            arena.writeIntLE(digest.value());
        }
    }

    /** What the arena holds becomes one buffer for the transport. */
    private void push() {
        int length = arena.writerIndex() - unsent;
        if (length > 0) {
            ctx.write(arena.retainedSlice(unsent, length), ctx.voidPromise());
            unsent = arena.writerIndex();
        }
    }

    private void nextArena() {
        if (arena != null) {
            push();
            arena.release();
        }
        arena = ctx.alloc().directBuffer(ARENA_BYTES, ARENA_BYTES);
        unsent = 0;
    }
}

package io.spindrift.simulation;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.spindrift.initiator.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;

/** An initiator's connection over a {@link SimulatedLink}. Waiting on it lets the world turn. Made, used and closed by a {@link SimulatedGuest}. */
final class SimulatedWire extends Wire {
    private final SimulatedWorld world;
    private final ArrayDeque<ByteBuf> arrived = new ArrayDeque<>();
    private Channel channel;
    private boolean ended;

    private SimulatedWire(SimulatedWorld world, int timeoutMs) {
        super(timeoutMs);
        this.world = world;
    }

    static SimulatedWire connect(SimulatedWorld world, SimulatedProcess from, SimulatedLink link, int timeoutMs) throws IOException {
        SimulatedWire wire = new SimulatedWire(world, timeoutMs);
        wire.channel = new Bootstrap().group(from.loop()).channelFactory(from.connecting()).handler(wire.new Receiver()).connect(link.address()).channel();
        world.runUntil("an answer to a connection request", Duration.ofSeconds(5), () -> wire.channel.isActive() || !wire.channel.isOpen());
        if (!wire.channel.isActive()) {
            throw new ConnectException("connection refused");
        }
        return wire;
    }

    private final class Receiver extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            arrived.add((ByteBuf) message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            ended = true;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            ended = true;
        }
    }

    @Override
    protected void write(ByteBuffer bytes) throws IOException {
        if (ended) {
            throw new EOFException("the connection has ended");
        }
        ByteBuf copy = Unpooled.copiedBuffer(bytes);
        bytes.position(bytes.limit());
        channel.writeAndFlush(copy);
    }

    @Override
    protected int read(ByteBuffer into) {
        int total = 0;
        while (!arrived.isEmpty() && into.hasRemaining()) {
            ByteBuf first = arrived.peek();
            int count = Math.min(first.readableBytes(), into.remaining());
            first.readBytes(into.slice(into.position(), count));
            into.position(into.position() + count);
            total += count;
            if (!first.isReadable()) {
                arrived.remove().release();
            }
        }
        return total == 0 && ended ? -1 : total;
    }

    @Override
    protected void await(long waitMs, boolean toSend) {
        long end = world.nanos() + Duration.ofMillis(waitMs).toNanos();
        while (arrived.isEmpty() && !ended && world.nanos() - end < 0) {
            world.step();
        }
    }

    @Override
    protected long nanos() {
        return world.nanos();
    }

    @Override
    public void close() {
        ended = true;
        channel.close();
        arrived.forEach(ByteBuf::release);
        arrived.clear();
    }
}

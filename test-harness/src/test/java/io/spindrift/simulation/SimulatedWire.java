package io.spindrift.simulation;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.local.LocalChannel;
import io.spindrift.harness.initiator.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/** The initiator's connection through the simulated network. Whoever waits on it turns the world. */
final class SimulatedWire extends Wire {
    private final SimulatedWorld world;
    private final Channel channel;
    private final ArrayDeque<ByteBuf> received = new ArrayDeque<>();

    private SimulatedWire(SimulatedWorld world, SimulatedProcess process, SimulatedLink link) {
        super((int) Duration.ofMinutes(2).toMillis());
        this.world = world;
        channel = new Bootstrap().group(process.loop()).channel(LocalChannel.class).handler(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                received.add((ByteBuf) message);
            }
        }).connect(link.address()).channel();
    }

    /** @return null where nobody listens */
    static SimulatedWire connect(SimulatedWorld world, SimulatedProcess process, SimulatedLink link) {
        SimulatedWire wire = new SimulatedWire(world, process, link);
        world.runUntil("an answer to a connect", Duration.ofSeconds(5), () -> wire.channel.isActive() || !wire.channel.isOpen());
        return wire.channel.isActive() ? wire : null;
    }

    @Override
    protected void write(ByteBuffer bytes) throws IOException {
        if (!channel.isActive()) {
            throw new IOException("the connection is gone");
        }
        channel.writeAndFlush(Unpooled.copiedBuffer(bytes));
        bytes.position(bytes.limit());
    }

    @Override
    protected int read(ByteBuffer into) {
        int count = 0;
        while (!received.isEmpty() && into.hasRemaining()) {
            ByteBuf first = received.peek();
            int part = Math.min(first.readableBytes(), into.remaining());
            first.readBytes(into.slice(into.position(), part));
            into.position(into.position() + part);
            count += part;
            if (!first.isReadable()) {
                received.remove().release();
            }
        }
        return count == 0 && !channel.isOpen() ? -1 : count;
    }

    @Override
    protected void await(long waitMs, boolean toSend) {
        long end = world.nanos() + TimeUnit.MILLISECONDS.toNanos(waitMs);
        while (received.isEmpty() && channel.isOpen() && world.nanos() - end < 0) {
            world.step();
        }
    }

    @Override
    protected long nanos() {
        return world.nanos();
    }

    @Override
    public void close() {
        channel.close();
        received.forEach(ByteBuf::release);
        received.clear();
    }
}

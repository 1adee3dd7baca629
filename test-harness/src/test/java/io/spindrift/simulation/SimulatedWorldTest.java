package io.spindrift.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The world with two small processes: one that sends bytes, one that sends them back. */
class SimulatedWorldTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    private final List<Byte> received = new ArrayList<>();
    private SimulatedWorld world;
    private SimulatedProcess client;
    private SimulatedProcess server;
    private SimulatedLink link;

    private Channel build(long seed) {
        received.clear();
        world = new SimulatedWorld(seed);
        client = world.start("client");
        server = world.start("server");
        link = world.link("wire");
        link.usedBy(client);
        link.leadsTo(server, listen(server));
        Channel channel = new Bootstrap().group(client.loop()).channel(LocalChannel.class).handler(new Collector()).connect(link.address()).channel();
        world.runUntil("connect", LONG, channel::isActive);
        return channel;
    }

    private LocalAddress listen(SimulatedProcess process) {
        LocalAddress address = new LocalAddress("echo" + System.identityHashCode(process));
        ChannelFuture bound = new ServerBootstrap().group(process.loop()).channel(LocalServerChannel.class).childHandler(new ChannelInitializer<LocalChannel>() {
            @Override
            protected void initChannel(LocalChannel channel) {
                channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext context, Object message) {
                        context.writeAndFlush(message);
                    }
                });
            }
        }).bind(address);
        world.runUntil("the server listens", LONG, bound::isSuccess);
        return address;
    }

    private final class Collector extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            while (bytes.isReadable()) {
                received.add(bytes.readByte());
            }
            bytes.release();
        }
    }

    private static ByteBuf bytes(int count) {
        ByteBuf bytes = Unpooled.buffer(count);
        for (int i = 0; i < count; i++) {
            bytes.writeByte(i);
        }
        return bytes;
    }

    private void expect(int count) {
        world.runUntil(count + " bytes", LONG, () -> received.size() == count);
        for (int i = 0; i < count; i++) {
            assertEquals((byte) i, received.get(i));
        }
    }

    @Test
    void bytesArriveInOrderAndLater() {
        Channel channel = build(1);
        long before = world.nanos();
        channel.writeAndFlush(bytes(5000));
        expect(5000);
        assertTrue(world.nanos() > before);
    }

    @Test
    void theSameSeedTakesTheSameTurns() {
        long[] turns = new long[3];
        long[] clocks = new long[3];
        for (int run = 0; run < 3; run++) {
            Channel channel = build(run < 2 ? 42 : 43);
            channel.writeAndFlush(bytes(5000));
            expect(5000);
            turns[run] = world.steps();
            clocks[run] = world.nanos() - world.ticker().initialNanoTime();
        }
        assertEquals(turns[0], turns[1]);
        assertEquals(clocks[0], clocks[1]);
        assertNotEquals(clocks[0], clocks[2]);
    }

    @Test
    void aCutLinkCarriesNothingUntilItIsMended() {
        Channel channel = build(2);
        link.cut();
        channel.writeAndFlush(bytes(100));
        world.runFor(Duration.ofSeconds(60));
        assertEquals(0, received.size());
        assertTrue(channel.isActive(), "a cut must not be told");
        link.mend();
        expect(100);
    }

    @Test
    void aKilledProcessNeverRunsAgainAndItsPeersAreTold() {
        Channel channel = build(3);
        boolean[] ran = new boolean[1];
        server.loop().schedule(() -> ran[0] = true, 1, TimeUnit.SECONDS);
        world.kill(server);
        world.runUntil("the end of the connection", LONG, () -> !channel.isActive());
        world.runFor(Duration.ofSeconds(2));
        assertFalse(ran[0]);
        server = world.start("server again");
        link.leadsTo(server, listen(server));
        Channel again = new Bootstrap().group(client.loop()).channel(LocalChannel.class).handler(new Collector()).connect(link.address()).channel();
        world.runUntil("connect again", LONG, again::isActive);
        again.writeAndFlush(bytes(10));
        expect(10);
    }

    @Test
    void whatDoesNotHappenFailsWithTheSeed() {
        build(4);
        SimulationFailure failure = assertThrows(SimulationFailure.class, () -> world.runUntil("nothing", Duration.ofSeconds(1), () -> false));
        assertTrue(failure.getMessage().contains("seed 4"), failure.getMessage());
    }
}

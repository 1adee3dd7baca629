package io.spindrift.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;

/**
 * A TCP relay in front of a server that can stop taking the server's bytes, as a slow peer does, and counts them. Its buffers are small, so that what
 * the server may send ahead is its own affair. For one connection; made by a test, its state lives on its loop.
 */
final class MeteredRelay {
    private static final int BUFFER_BYTES = 64 << 10;

    private final EventLoop loop;
    private final ChannelFactory<? extends Channel> channels;
    private final SocketAddress far;
    private final Channel listening;
    private Channel farChannel;
    private boolean taking = true;
    private volatile long taken;

    MeteredRelay(EventLoop loop, ChannelFactory<? extends ServerChannel> servers, ChannelFactory<? extends Channel> channels, SocketAddress far)
            throws InterruptedException {
        this.loop = loop;
        this.channels = channels;
        this.far = far;
        listening = new ServerBootstrap().group(loop).channelFactory(servers)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel near) {
                        accepted(near);
                    }
                }).bind(new InetSocketAddress("127.0.0.1", 0)).sync().channel();
    }

    SocketAddress address() {
        return listening.localAddress();
    }

    /** Bytes of the server that were passed on. */
    long taken() {
        return taken;
    }

    /** From when it is done nothing more is taken from the server, or everything again. */
    CompletableFuture<Void> take(boolean on) {
        return CompletableFuture.runAsync(() -> {
            taking = on;
            farChannel.config().setAutoRead(on);
        }, loop);
    }

    void close() throws InterruptedException {
        listening.close().sync();
        if (farChannel != null) {
            farChannel.close().sync();
        }
    }

    private void accepted(Channel near) {
        new Bootstrap().group(loop).channelFactory(channels)
                .option(ChannelOption.SO_RCVBUF, BUFFER_BYTES)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(BUFFER_BYTES).maxMessagesPerRead(1))
                .option(ChannelOption.AUTO_READ, taking)
                .handler(new Pass(near, true))
                .connect(far).addListener((ChannelFuture connected) -> {
                    farChannel = connected.channel();
                    near.pipeline().addLast(new Pass(farChannel, false));
                    near.config().setAutoRead(true);
                });
    }

    private final class Pass extends ChannelInboundHandlerAdapter {
        private final Channel to;
        private final boolean counted;

        Pass(Channel to, boolean counted) {
            this.to = to;
            this.counted = counted;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (counted) {
                taken += ((io.netty.buffer.ByteBuf) message).readableBytes();
            }
            to.writeAndFlush(message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            to.close();
        }
    }
}

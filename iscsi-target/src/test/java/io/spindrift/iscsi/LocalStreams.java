package io.spindrift.iscsi;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.local.LocalChannel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A connection inside of the process, as streams. */
final class LocalStreams extends ChannelInboundHandlerAdapter {
    private static final byte[] END = {};
    private final LinkedBlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
    private Channel channel;

    static RawInitiator connect(EventLoopGroup loops, SocketAddress address) throws Exception {
        LocalStreams streams = new LocalStreams();
        streams.channel = new Bootstrap().group(loops).channel(LocalChannel.class).handler(streams).connect(address).sync().channel();
        return new RawInitiator(streams.input(), streams.output(), () -> streams.channel.close().sync());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        received.add(ByteBufUtil.getBytes(bytes));
        bytes.release();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        received.add(END);
    }

    private OutputStream output() {
        return new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                write(new byte[] {(byte) value}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) {
                channel.writeAndFlush(Unpooled.copiedBuffer(bytes, from, length));
            }
        };
    }

    private InputStream input() {
        return new InputStream() {
            private byte[] current = {};
            private int position;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] dst, int from, int length) throws IOException {
                while (position == current.length) {
                    current = next();
                    position = 0;
                    if (current == END) {
                        return -1;
                    }
                }
                int count = Math.min(length, current.length - position);
                System.arraycopy(current, position, dst, from, count);
                position += count;
                return count;
            }

            private byte[] next() throws IOException {
                try {
                    byte[] next = received.poll(20, TimeUnit.SECONDS);
                    if (next == null) {
                        throw new IOException("nothing came for 20 s");
                    }
                    return next;
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        };
    }
}

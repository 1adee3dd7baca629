package io.spindrift.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Stands between a client and a server and passes bytes on: all of them, none (the peers hear nothing, as on a line that is cut), or so many and
 * then the connection breaks. Counts go over all connections, one after the other. Made by a test, lives on its loop.
 */
final class FaultyLink {
    /** One direction. */
    final class Way {
        private long passed;
        private long breakAt = Long.MAX_VALUE;
        private boolean held;

        /** Bytes that arrived. */
        long passed() {
            return passed;
        }

        /** The connection breaks when {@code bytes} more have arrived, and never again after. */
        void breakAfter(long bytes) {
            breakAt = passed + bytes;
        }

        /** Nothing arrives, nobody is told, and that a peer closed is not heard either. */
        void hold() {
            held = true;
        }

        void carryOn() {
            held = false;
            List.copyOf(connections).forEach(Connection::move);
        }
    }

    private final EventLoop loop;
    private final LocalAddress near = new LocalAddress("link-" + System.identityHashCode(this));
    private final LocalAddress far;
    private final List<Connection> connections = new ArrayList<>();
    private final ChannelFuture listening;
    private int breaks;
    final Way toServer = new Way();
    final Way toClient = new Way();

    FaultyLink(EventLoop loop, LocalAddress far) {
        this.loop = loop;
        this.far = far;
        listening = new ServerBootstrap().group(loop).channel(LocalServerChannel.class).childHandler(new ChannelInitializer<LocalChannel>() {
            @Override
            protected void initChannel(LocalChannel channel) {
                connections.add(new Connection(channel));
            }
        }).bind(near);
    }

    LocalAddress address() {
        return near;
    }

    /** As a line that is cut: in both directions nothing arrives. */
    void hold() {
        toServer.hold();
        toClient.hold();
    }

    void carryOn() {
        toServer.carryOn();
        toClient.carryOn();
    }

    /** Every connection ends, with what was on its way. */
    void reset() {
        List.copyOf(connections).forEach(Connection::end);
    }

    /** How often a connection ended by {@link Way#breakAfter}. */
    int breaks() {
        return breaks;
    }

    void close() {
        listening.channel().close();
        reset();
    }

    private final class Connection {
        private final Channel nearChannel;
        private final ArrayDeque<ByteBuf> there = new ArrayDeque<>();
        private final ArrayDeque<ByteBuf> back = new ArrayDeque<>();
        private Channel farChannel;
        private boolean connecting;
        private boolean ending;
        private boolean ended;

        Connection(Channel nearChannel) {
            this.nearChannel = nearChannel;
            nearChannel.pipeline().addLast(new Taker(this, there, toServer));
            if (!toServer.held) {
                connect();
            }
        }

        /** A connection that is begun while nothing arrives reaches the server afterwards. */
        private void connect() {
            connecting = true;
            new Bootstrap().group(loop).channel(LocalChannel.class).handler(new Taker(this, back, toClient)).connect(far).addListener((ChannelFuture connected) -> {
                farChannel = connected.channel();
                if (!connected.isSuccess() || ended) {
                    end();
                    farChannel.close();
                } else {
                    move();
                }
            });
        }

        void move() {
            if (!connecting && !ending && !toServer.held) {
                connect();
            }
            if (farChannel != null) {
                pass(there, toServer, farChannel);
                pass(back, toClient, nearChannel);
            }
            if (ending && !toServer.held && !toClient.held) {
                end();
            }
        }

        private void pass(ArrayDeque<ByteBuf> from, Way way, Channel to) {
            while (!ended && !way.held && !from.isEmpty()) {
                ByteBuf bytes = from.poll();
                int count = (int) Math.min(bytes.readableBytes(), way.breakAt - way.passed);
                way.passed += count;
                // A peer may answer, or close, inside of the write.
                to.writeAndFlush(bytes.readRetainedSlice(count));
                bytes.release();
                if (way.passed == way.breakAt) {
                    way.breakAt = Long.MAX_VALUE;
                    breaks++;
                    end();
                }
            }
        }

        void end() {
            if (ended) {
                return;
            }
            ended = true;
            connections.remove(this);
            there.forEach(ByteBuf::release);
            there.clear();
            back.forEach(ByteBuf::release);
            back.clear();
            nearChannel.close();
            if (farChannel != null) {
                farChannel.close();
            }
        }
    }

    private static final class Taker extends ChannelInboundHandlerAdapter {
        private final Connection connection;
        private final ArrayDeque<ByteBuf> into;
        private final Way way;

        Taker(Connection connection, ArrayDeque<ByteBuf> into, Way way) {
            this.connection = connection;
            this.into = into;
            this.way = way;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (connection.ended) {
                ((ByteBuf) message).release();
                return;
            }
            into.add((ByteBuf) message);
            connection.move();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (way.held) {
                connection.ending = true;
            } else {
                connection.end();
            }
        }
    }
}

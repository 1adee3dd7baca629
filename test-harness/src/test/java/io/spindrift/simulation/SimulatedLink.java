package io.spindrift.simulation;

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
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * The network between two processes: what is sent arrives whole and in order on each connection, later, in pieces of any size; connections
 * overtake each other. It can be cut (nothing arrives, nobody is told), mended, reset and closed to new connections. Made by the world, lives on
 * the network's loop, which no kill ends.
 */
final class SimulatedLink {
    private static final long LONGEST_DELAY_MICROS = 2_000;
    private static final long LONGEST_HALF_DELAY_MICROS = 500_000;
    private static final long LONGEST_HALF_MICROS = 20_000_000;

    private final String name;
    private final LocalAddress near;
    private final SimulatedProcess network;
    private final EventLoop loop;
    private final RandomGenerator random;
    private final List<Connection> connections = new ArrayList<>();
    private final ChannelFuture listening;
    private LocalAddress far;
    private SimulatedProcess nearProcess;
    private SimulatedProcess farProcess;
    private boolean cut;
    private long resets;

    SimulatedLink(String name, SimulatedProcess network, RandomGenerator random) {
        this.network = network;
        this.name = name;
        loop = network.loop();
        this.random = random;
        near = SimulatedProcess.newAddress();
        listening = new ServerBootstrap().group(loop).channelFactory(network.listening()).childHandler(new ChannelInitializer<LocalChannel>() {
            @Override
            protected void initChannel(LocalChannel channel) {
                accepted(channel);
            }
        }).bind(near);
    }

    boolean listens() {
        return listening.isSuccess();
    }

    /** The world ends. */
    void vanish() {
        ((SimulatedListener) listening.channel()).vanish();
    }

    @Override
    public String toString() {
        return name;
    }

    /** Where the near process connects. */
    LocalAddress address() {
        return near;
    }

    /** Names the process that connects here, so that its death ends its connections. */
    void usedBy(SimulatedProcess process) {
        nearProcess = process;
    }

    /** Where connections go on to from now on: a process that started anew listens elsewhere. */
    void leadsTo(SimulatedProcess process, LocalAddress address) {
        farProcess = process;
        far = address;
    }

    void cut() {
        cut = true;
    }

    void mend() {
        cut = false;
        connections.forEach(Connection::carryOn);
    }

    /** Every connection ends, with what was on its way. */
    void reset() {
        resets++;
        List.copyOf(connections).forEach(Connection::end);
    }

    /** The near ends are told that their connections have ended, the far ones are not: what was on its way there still arrives, after what comes over new connections. */
    void halfReset() {
        resets++;
        List.copyOf(connections).forEach(Connection::abandon);
    }

    boolean isCut() {
        return cut;
    }

    long resets() {
        return resets;
    }

    void died(SimulatedProcess process) {
        if (process == nearProcess || process == farProcess) {
            List.copyOf(connections).forEach(Connection::end);
        }
        if (process == farProcess) {
            far = null;
        }
    }

    private void accepted(LocalChannel channel) {
        if (far == null) {
            channel.close();
            return;
        }
        Connection connection = new Connection(channel);
        connections.add(connection);
        new Bootstrap().group(loop).channelFactory(network.connecting()).handler(new Forward(connection.back)).connect(far).addListener(connected -> {
            if (connected.isSuccess()) {
                connection.farChannel(((ChannelFuture) connected).channel());
            } else {
                connection.end();
            }
        });
        channel.pipeline().addLast(new Forward(connection.there));
    }

    /** Two channels that belong together. */
    private final class Connection {
        private final Channel nearChannel;
        private final Way there = new Way(this);
        private final Way back = new Way(this);
        private boolean ended;
        private boolean half;

        Connection(Channel nearChannel) {
            this.nearChannel = nearChannel;
            back.to = nearChannel;
        }

        void farChannel(Channel channel) {
            if (ended) {
                channel.close();
                return;
            }
            there.to = channel;
            there.carryOn();
        }

        void carryOn() {
            there.carryOn();
            back.carryOn();
        }

        void abandon() {
            if (!half && !ended && there.to != null) {
                half = true;
                back.forget();
                nearChannel.close();
                loop.schedule(this::end, 1 + random.nextLong(LONGEST_HALF_MICROS), TimeUnit.MICROSECONDS);
            }
        }

        void end() {
            if (!ended) {
                ended = true;
                connections.remove(this);
                there.forget();
                back.forget();
                nearChannel.close();
                if (there.to != null) {
                    there.to.close();
                }
            }
        }
    }

    /** One direction: what is on its way, in order, and whether a timer for its first piece runs. */
    private final class Way {
        private final Connection connection;
        private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>();
        private Channel to;
        private boolean moving;
        private boolean closing;

        Way(Connection connection) {
            this.connection = connection;
        }

        void add(ByteBuf bytes) {
            if (connection.ended || connection.half && this == connection.back) {
                bytes.release();
                return;
            }
            while (bytes.readableBytes() > 1 && random.nextInt(4) == 0) {
                pieces.add(bytes.readRetainedSlice(1 + random.nextInt(bytes.readableBytes() - 1)));
            }
            pieces.add(bytes);
            carryOn();
        }

        void close() {
            if (connection.half && this == connection.there) {
                return;
            }
            closing = true;
            carryOn();
        }

        void carryOn() {
            if (moving || cut || to == null || connection.ended || pieces.isEmpty() && !closing) {
                return;
            }
            moving = true;
            long longest = connection.half ? LONGEST_HALF_DELAY_MICROS : LONGEST_DELAY_MICROS;
            loop.schedule(this::arrive, 1 + random.nextLong(longest), TimeUnit.MICROSECONDS);
        }

        private void arrive() {
            moving = false;
            if (cut || connection.ended) {
                return;
            }
            int together = random.nextInt(1, 8);
            while (!pieces.isEmpty() && together-- > 0) {
                to.write(pieces.remove());
            }
            to.flush();
            if (pieces.isEmpty() && closing) {
                connection.end();
            } else {
                carryOn();
            }
        }

        void forget() {
            pieces.forEach(ReferenceCountUtil::release);
            pieces.clear();
        }
    }

    /** Takes what one channel receives onto its way. */
    private static final class Forward extends ChannelInboundHandlerAdapter {
        private final Way way;

        Forward(Way way) {
            this.way = way;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            way.add((ByteBuf) message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            way.close();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            way.connection.end();
        }
    }
}

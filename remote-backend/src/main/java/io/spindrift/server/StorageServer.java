package io.spindrift.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.spindrift.image.ImageCatalog;
import io.spindrift.wire.WireConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts hosts and serves each the catalog of its user. Made by the assembly, which starts and stops it, from any thread; its connections
 * live on the group's loops.
 */
public final class StorageServer {
    private static final Logger LOG = LoggerFactory.getLogger(StorageServer.class);

    private final ServerContext context;
    private final EventLoopGroup loops;
    private final ChannelFactory<? extends ServerChannel> channels;
    private final ChannelGroup connections;
    private final Map<Object, Integer> connectionsOf = new HashMap<>();
    private int connectionCount;
    private volatile Channel listening;

    /**
     * @param catalogOfUser asked once for each connection, on its loop; the catalogs are the assembly's, which closes them
     * @param random of the nonces: in production one that nobody can foretell. Used under a lock of this server's own
     */
    public StorageServer(
            ServerSettings settings,
            Function<String, ImageCatalog> catalogOfUser,
            EventLoopGroup loops,
            ChannelFactory<? extends ServerChannel> channels,
            RandomGenerator random) {
        BatchBudget budget = new BatchBudget(settings.limits().batchBytesTotal());
        this.context = new ServerContext(settings, new ServerUsers(settings.users(), random), catalogOfUser, budget, new PeerLog(LOG));
        this.loops = loops;
        this.channels = channels;
        this.connections = new DefaultChannelGroup("storage connections", loops.next(), true);
    }

    /** @return the address that it listens on, with the port that was taken where {@code address} had none */
    public CompletableFuture<SocketAddress> start(SocketAddress address) {
        CompletableFuture<SocketAddress> started = new CompletableFuture<>();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channelFactory(channels)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(512, 16 << 10, 256 << 10))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accepted(channel);
                    }
                });
        if (address instanceof InetSocketAddress) {
            bootstrap.option(ChannelOption.SO_REUSEADDR, true).option(ChannelOption.SO_BACKLOG, 1024);
        }
        bootstrap.bind(address).addListener((ChannelFuture bound) -> {
            if (bound.isSuccess()) {
                listening = bound.channel();
                LOG.info("storage server listens on {}", listening.localAddress());
                started.complete(listening.localAddress());
            } else {
                started.completeExceptionally(bound.cause());
            }
        });
        return started;
    }

    /** The pipeline of a connection: {@link ServerConnection}, and before it what encrypts, when there is such. */
    private void accepted(Channel channel) {
        Object peer = peer(channel);
        if (!count(peer)) {
            context.log().line(channel.eventLoop().ticker(), String.valueOf(channel.remoteAddress()), "turned away: too many connections");
            channel.close();
            return;
        }
        channel.closeFuture().addListener(gone -> uncount(peer));
        connections.add(channel);
        if (peer instanceof InetAddress) {
            WireConnection.tune(channel);
        }
        channel.pipeline().addLast(new ServerConnection(context));
    }

    private static Object peer(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress remote ? remote.getAddress() : channel.parent();
    }

    private synchronized boolean count(Object peer) {
        ServerLimits limits = context.settings().limits();
        int ofPeer = connectionsOf.getOrDefault(peer, 0);
        if (connectionCount >= limits.maxConnections() || ofPeer >= limits.maxConnectionsPerAddress()) {
            return false;
        }
        connectionCount++;
        connectionsOf.put(peer, ofPeer + 1);
        return true;
    }

    private synchronized void uncount(Object peer) {
        connectionCount--;
        connectionsOf.merge(peer, -1, (before, one) -> before + one == 0 ? null : before + one);
    }

    /** Stops listening and closes every connection: its leases stay. Done when all are closed. */
    public CompletableFuture<Void> stop() {
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        Channel server = listening;
        if (server == null) {
            stopped.complete(null);
            return stopped;
        }
        server.close().addListener(unbound -> connections.close().addListener(done -> stopped.complete(null)));
        return stopped;
    }
}

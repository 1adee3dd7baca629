package io.spindrift.client;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.image.CatalogUnderTest;
import io.spindrift.image.MemorySetup;
import io.spindrift.server.ServerSettings;
import io.spindrift.server.StorageServer;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** A storage server over images in the heap, and clients of it, over one of the transports. */
public final class RemoteSetup implements CatalogUnderTest {
    /** What carries the bytes. */
    public enum Transport {
        LOCAL,
        NIO,
        EPOLL
    }

    static final List<ServerSettings.User> USERS =
            List.of(new ServerSettings.User("alice", "open sesame"), new ServerSettings.User("bob", "hunter2"));
    static final RemoteTiming TIMING = new RemoteTiming(
            Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofMillis(5), Duration.ofMillis(50));

    final MemorySetup memory = new MemorySetup();
    final MultiThreadIoEventLoopGroup serverLoops;
    final MultiThreadIoEventLoopGroup clientLoops;
    final ChannelFactory<? extends ServerChannel> serverChannels;
    final ChannelFactory<? extends Channel> clientChannels;
    StorageServer server;
    SocketAddress address;
    private final List<RemoteCatalog> catalogs = new ArrayList<>();
    private final RemoteCatalog[] ofUser = new RemoteCatalog[2];

    RemoteSetup(Transport transport) throws Exception {
        this(transport, ServerSettings.of(USERS));
    }

    RemoteSetup(Transport transport, ServerSettings settings) throws Exception {
        var handlers = switch (transport) {
            case LOCAL -> LocalIoHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
            case EPOLL -> EpollIoHandler.newFactory();
        };
        serverLoops = new MultiThreadIoEventLoopGroup(2, handlers);
        clientLoops = new MultiThreadIoEventLoopGroup(1, handlers);
        serverChannels = switch (transport) {
            case LOCAL -> LocalServerChannel::new;
            case NIO -> NioServerSocketChannel::new;
            case EPOLL -> EpollServerSocketChannel::new;
        };
        clientChannels = switch (transport) {
            case LOCAL -> LocalChannel::new;
            case NIO -> NioSocketChannel::new;
            case EPOLL -> EpollSocketChannel::new;
        };
        address = transport == Transport.LOCAL ? new LocalAddress("storage-" + System.identityHashCode(this)) : new InetSocketAddress("127.0.0.1", 0);
        startServer(settings);
    }

    void startServer(ServerSettings settings) throws Exception {
        server = new StorageServer(settings, memory::catalog, serverLoops, serverChannels, new Random(3));
        address = server.start(address).get(10, TimeUnit.SECONDS);
    }

    void stopServer() throws Exception {
        server.stop().get(10, TimeUnit.SECONDS);
    }

    @Override
    public RemoteCatalog catalog(String user) {
        int index = user.equals("alice") ? 0 : 1;
        if (ofUser[index] == null) {
            ofUser[index] = client(address, user, USERS.get(index).secret(), TIMING);
        }
        return ofUser[index];
    }

    RemoteCatalog client(SocketAddress to, String user, String secret, RemoteTiming timing) {
        RemoteCatalog catalog =
                new RemoteCatalog(new RemoteSettings(List.of(to), user, secret, timing), loop(), clientChannels, new Random(4));
        catalogs.add(catalog);
        return catalog;
    }

    EventLoop loop() {
        return clientLoops.next();
    }

    @Override
    public EventExecutor home() {
        return loop();
    }

    @Override
    public void passLeaseTime() {
        memory.passLeaseTime();
    }

    @Override
    public void close() throws Exception {
        for (RemoteCatalog catalog : catalogs) {
            catalog.close().get(10, TimeUnit.SECONDS);
        }
        stopServer();
        clientLoops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        serverLoops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        memory.close();
    }
}

package io.spindrift.iscsi;

import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.spindrift.iscsi.auth.TargetAccess;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** A server with one target in memory, on two loops, for a test. */
final class ServerFixture implements AutoCloseable {
    static final String TARGET = "iqn.2026-11.io.spindrift:memory";

    final MultiThreadIoEventLoopGroup login;
    final MultiThreadIoEventLoopGroup homes;
    final EventLoop home;
    final MemoryScsiTarget disk = new MemoryScsiTarget(1 << 20);
    final IscsiServer server;
    final SocketAddress address;

    ServerFixture() throws Exception {
        this(IscsiSettings.defaults());
    }

    ServerFixture(IscsiSettings settings) throws Exception {
        this(settings, NioIoHandler.newFactory(), NioServerSocketChannel::new, new InetSocketAddress("127.0.0.1", 0));
    }

    /** A server with who may log in to its target, and to discovery. */
    ServerFixture(TargetAccess access, TargetAccess discovery) throws Exception {
        this(IscsiSettings.defaults(), NioIoHandler.newFactory(), NioServerSocketChannel::new, new InetSocketAddress("127.0.0.1", 0),
            access, discovery);
    }

    ServerFixture(IscsiSettings settings, IoHandlerFactory io, ChannelFactory<? extends ServerChannel> transport,
            SocketAddress portal) throws Exception {
        this(settings, io, transport, portal, TargetAccess.OPEN, TargetAccess.OPEN);
    }

    private ServerFixture(IscsiSettings settings, IoHandlerFactory io, ChannelFactory<? extends ServerChannel> transport,
            SocketAddress portal, TargetAccess access, TargetAccess discovery) throws Exception {
        login = new MultiThreadIoEventLoopGroup(1, io);
        homes = new MultiThreadIoEventLoopGroup(1, io);
        home = homes.next();
        server = new IscsiServer(settings, login, transport, new SplittableRandom(1), discovery);
        server.addTarget(new IscsiTarget(TARGET, "memory", disk, home, access));
        address = server.start(List.of(portal)).get(20, TimeUnit.SECONDS).get(0);
    }

    RawInitiator connect() throws Exception {
        return RawInitiator.connect(address);
    }

    RawInitiator session() throws Exception {
        RawInitiator initiator = connect();
        RawInitiator.Pdu answer = initiator.loginTo(TARGET, "");
        if (answer.header().getShort(36) != 0) {
            throw new AssertionError("login refused: " + Integer.toHexString(answer.header().getShort(36)));
        }
        return initiator;
    }

    <T> T atHome(Callable<T> what) throws Exception {
        return home.submit(what).get(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws Exception {
        server.stop().get(20, TimeUnit.SECONDS);
        login.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        homes.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }
}

package io.spindrift.config.process;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** How sockets are driven: the one place where that is chosen. */
public enum Transport {
    EPOLL("epoll", Epoll::isAvailable, EpollIoHandler::newFactory, () -> EpollServerSocketChannel.class, () -> EpollSocketChannel.class),
    IO_URING("io_uring", IoUring::isAvailable, IoUringIoHandler::newFactory, () -> IoUringServerSocketChannel.class, () -> IoUringSocketChannel.class),
    NIO("nio", () -> true, NioIoHandler::newFactory, () -> NioServerSocketChannel.class, () -> NioSocketChannel.class);

    private final String word;
    private final BooleanSupplier available;
    private final Supplier<IoHandlerFactory> handlers;
    private final Supplier<Class<? extends ServerChannel>> server;
    private final Supplier<Class<? extends Channel>> client;

    Transport(
            String word,
            BooleanSupplier available,
            Supplier<IoHandlerFactory> handlers,
            Supplier<Class<? extends ServerChannel>> server,
            Supplier<Class<? extends Channel>> client) {
        this.word = word;
        this.available = available;
        this.handlers = handlers;
        this.server = server;
        this.client = client;
    }

    /** @param setting auto, epoll, io_uring or nio; auto is the first of epoll and nio that this host has */
    public static Transport choose(String setting) throws StartException {
        if (setting.equals("auto")) {
            return EPOLL.available.getAsBoolean() ? EPOLL : NIO;
        }
        for (Transport transport : values()) {
            if (transport.word.equals(setting)) {
                if (!transport.available.getAsBoolean()) {
                    throw new StartException("transport: this host has no " + setting + "; use auto", null);
                }
                return transport;
            }
        }
        throw new IllegalArgumentException("no transport: " + setting);
    }

    EventLoopGroup loops(int count, String name) {
        return new MultiThreadIoEventLoopGroup(count, Threads.named(name), handlers.get());
    }

    public ChannelFactory<? extends ServerChannel> servers() {
        return new ReflectiveChannelFactory<>(server.get());
    }

    public ChannelFactory<? extends Channel> clients() {
        return new ReflectiveChannelFactory<>(client.get());
    }

    public String word() {
        return word;
    }
}

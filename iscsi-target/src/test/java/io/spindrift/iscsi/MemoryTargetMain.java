package io.spindrift.iscsi;

import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.spindrift.block.BlockGeometry;
import io.spindrift.block.MemoryDevice;
import io.spindrift.scsi.unit.LogicalUnitSettings;
import io.spindrift.scsi.target.LogicalUnitTarget;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;

/** Serves a disk in memory to real initiators: {@code PORT MIB [nio|epoll|io_uring]}. For looking and measuring by hand. */
public final class MemoryTargetMain {
    private MemoryTargetMain() {}

    public static void main(String[] args) throws Exception {
        String transport = args.length > 2 ? args[2] : "epoll";
        IoHandlerFactory handler;
        Class<? extends ServerChannel> channel;
        switch (transport) {
            case "io_uring":
                handler = IoUringIoHandler.newFactory();
                channel = IoUringServerSocketChannel.class;
                break;
            case "nio":
                handler = NioIoHandler.newFactory();
                channel = NioServerSocketChannel.class;
                break;
            default:
                handler = EpollIoHandler.newFactory();
                channel = EpollServerSocketChannel.class;
                break;
        }
        MultiThreadIoEventLoopGroup login = new MultiThreadIoEventLoopGroup(1, handler);
        MultiThreadIoEventLoopGroup home = new MultiThreadIoEventLoopGroup(1, handler);
        IscsiServer server = new IscsiServer(IscsiSettings.defaults(), login,
            new ReflectiveChannelFactory<>(channel), new SplittableRandom(1));
        EventLoop loop = home.next();
        LogicalUnitTarget disk = new LogicalUnitTarget(loop);
        UUID identity = new UUID(1, 2);
        BlockGeometry geometry = new BlockGeometry(Long.parseLong(args[1]) << 11, 512, 4096);
        disk.addUnit(0, LogicalUnitSettings.defaults(identity), new MemoryDevice(geometry, geometry.capacityBytes())).get();
        server.addTarget(new IscsiTarget("iqn.2026-11.io.spindrift:memory", "memory", disk, loop));
        System.out.println("READY " + server.start(List.of(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])))).get());
        CountDownLatch forever = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(stop(server));
        forever.await();
    }

    private static Thread stop(IscsiServer server) {
        return new DefaultThreadFactory("stop").newThread(() -> server.stop().join());
    }
}

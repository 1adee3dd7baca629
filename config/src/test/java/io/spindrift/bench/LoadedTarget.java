package io.spindrift.bench;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.spindrift.block.BlockDevice;
import io.spindrift.iscsi.IscsiRedirect;
import io.spindrift.iscsi.IscsiServer;
import io.spindrift.iscsi.IscsiSettings;
import io.spindrift.iscsi.IscsiTarget;
import io.spindrift.iscsi.auth.TargetAccess;
import io.spindrift.scsi.target.LogicalUnitTarget;
import io.spindrift.scsi.unit.LogicalUnitSettings;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** The real server in this process, to be loaded over loopback. */
public final class LoadedTarget implements AutoCloseable {
    public static final String NAME = "iqn.2026-11.io.spindrift:memory";
    private static final long PATIENCE_SECONDS = 20;

    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final IscsiServer server;
    private final int port;

    public LoadedTarget(BlockDevice device, TargetAccess access) throws Exception {
        EventLoop home = loops.next();
        LogicalUnitTarget units = new LogicalUnitTarget(home);
        units.addUnit(0, LogicalUnitSettings.defaults(new UUID(1, 2)), device).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        server = new IscsiServer(IscsiSettings.defaults(), loops, NioServerSocketChannel::new, new SplittableRandom(1));
        server.addTarget(new IscsiTarget(NAME, "memory", units, home, access));
        InetSocketAddress portal =
                (InetSocketAddress) server.start(List.of(new InetSocketAddress("127.0.0.1", 0))).get(PATIENCE_SECONDS, TimeUnit.SECONDS).get(0);
        port = portal.getPort();
    }

    public String url() {
        return "iscsi://127.0.0.1:" + port + "/" + NAME + "/0";
    }

    int sessions() {
        return server.sessions().size();
    }

    /** Sends who asks for a name that is not here to another server. */
    void redirect(String name, LoadedTarget elsewhere) throws Exception {
        server.redirect(name, new IscsiRedirect("127.0.0.1:" + elsewhere.port, false)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws Exception {
        server.stop().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }
}

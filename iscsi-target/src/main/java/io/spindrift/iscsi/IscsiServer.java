package io.spindrift.iscsi;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.spindrift.iscsi.auth.TargetAccess;
import io.spindrift.iscsi.pdu.PduWriter;
import io.spindrift.iscsi.session.IscsiSession;
import io.spindrift.iscsi.pdu.PeerLog;
import io.spindrift.iscsi.pdu.ReceiveBuffers;
import io.spindrift.iscsi.session.TargetNode;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The iSCSI server: portals that are listened on, and targets that are presented there. Made by the assembly, with the loops
 * that connections log in on and the transport; its methods may be called from any thread. {@link #stop} closes it; the loops
 * stay the assembly's.
 */
public final class IscsiServer {
    private static final Logger LOG = LoggerFactory.getLogger(IscsiServer.class);
    /** An initiator that leaves more than this unread is not read from. */
    private static final WriteBufferWaterMark UNREAD_ANSWERS = new WriteBufferWaterMark(8 << 20, 32 << 20);

    private final IscsiSettings settings;
    private final EventLoopGroup loginLoops;
    private final ChannelFactory<? extends ServerChannel> transport;
    private final TargetRegistry registry;
    private final ConnectionLimits limits;
    private final LoginContext context;
    private final List<Channel> listeners = new ArrayList<>();
    private final Set<Channel> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;
    private volatile boolean heldBack;

    /** A server where everybody may ask which targets there are. */
    public IscsiServer(IscsiSettings settings, EventLoopGroup loginLoops, ChannelFactory<? extends ServerChannel> transport,
            RandomGenerator random) {
        this(settings, loginLoops, transport, random, TargetAccess.OPEN);
    }

    /**
     * @param random chooses session handles and CHAP's challenges, on any thread; where a target asks for CHAP, nobody must be able to
     *     tell what comes next
     * @param discovery who may ask which targets there are; each is shown to whom its own access list allows
     */
    public IscsiServer(IscsiSettings settings, EventLoopGroup loginLoops, ChannelFactory<? extends ServerChannel> transport,
            RandomGenerator random, TargetAccess discovery) {
        this.settings = settings;
        this.loginLoops = loginLoops;
        this.transport = transport;
        this.registry = new TargetRegistry(random);
        this.limits = new ConnectionLimits(settings.maxConnections(), settings.maxConnectionsPerAddress());
        this.context = new LoginContext(settings, registry, new PeerLog(loginLoops.next().ticker()), discovery, random);
    }

    /** Listens on all of {@code addresses}, in one portal group, or on none. @return the addresses as they were bound */
    public CompletableFuture<List<SocketAddress>> start(List<SocketAddress> addresses) {
        return startPortals(addresses.stream().map(address -> new IscsiPortal(address, IscsiPortal.FIRST_GROUP)).toList());
    }

    /** Listens on all of {@code portals}, or on none. @return the addresses as they were bound, in the same order */
    public CompletableFuture<List<SocketAddress>> startPortals(List<IscsiPortal> portals) {
        List<CompletableFuture<Channel>> binds = new ArrayList<>();
        for (IscsiPortal portal : portals) {
            binds.add(bind(portal));
        }
        CompletableFuture<List<SocketAddress>> started = new CompletableFuture<>();
        CompletableFuture.allOf(binds.toArray(new CompletableFuture<?>[0])).whenComplete((all, failure) -> {
            List<SocketAddress> bound = new ArrayList<>();
            for (CompletableFuture<Channel> bind : binds) {
                if (bind.isCompletedExceptionally()) {
                    continue;
                }
                Channel channel = bind.join();
                listeners.add(channel);
                bound.add(channel.localAddress());
            }
            if (failure == null) {
                List<IscsiPortal> open = new ArrayList<>();
                for (int i = 0; i < bound.size(); i++) {
                    open.add(new IscsiPortal(bound.get(i), portals.get(i).group()));
                }
                registry.portals(open);
                started.complete(bound);
            } else {
                listeners.forEach(Channel::close);
                started.completeExceptionally(failure.getCause() == null ? failure : failure.getCause());
            }
        });
        return started;
    }

    /**
     * Before the start: who connects waits, in the operating system's queue, until {@link #admit}. An initiator that comes back to a server which is not
     * ready yet waits a moment then, and is told neither that nobody listens nor that there is no such target.
     */
    public void holdBack() {
        heldBack = true;
    }

    /** Takes in who waits, and everybody from now on. */
    public void admit() {
        heldBack = false;
        listeners.forEach(listener -> listener.config().setAutoRead(true));
    }

    /** Presents a target from now on. @throws IllegalArgumentException where one of that name is here */
    public void addTarget(IscsiTarget target) {
        registry.add(new TargetNode(target.name(), target.alias(), target.scsi(), target.home(), target.access()));
    }

    /**
     * Presents the target no more, asks its initiators to log out, and ends the sessions of those that don't.
     *
     * @return done when no command of it is left; also where there is none
     */
    public CompletableFuture<Void> removeTarget(String name) {
        TargetNode node = registry.remove(name);
        return node == null ? CompletableFuture.completedFuture(null) : atHome(node, () -> node.remove(settings.logoutWaitMs(), "target removed"));
    }

    /**
     * Sends on who logs in to a target that is served elsewhere, whether or not it is presented here too, and asks those that are logged
     * in to log out. Discovery goes on showing it.
     *
     * @param elsewhere null to serve the target here again
     * @return done when no session of it is left
     */
    public CompletableFuture<Void> redirect(String name, IscsiRedirect elsewhere) {
        registry.redirect(name, elsewhere);
        TargetNode node = registry.find(name);
        return node == null || elsewhere == null ? CompletableFuture.completedFuture(null)
            : atHome(node, () -> node.askForLogout(settings.logoutWaitMs(), "redirected to " + elsewhere.address()));
    }

    /** Bytes that all sessions hold now for data that nobody asked for; 0 where there is no session. */
    public long unsolicitedBytes() {
        return context.unsolicited().used();
    }

    /** The sessions now. */
    public List<SessionInfo> sessions() {
        List<SessionInfo> infos = new ArrayList<>();
        for (IscsiSession session : registry.sessions()) {
            infos.add(info(session));
        }
        return infos;
    }

    /**
     * Listens no more, asks every initiator to log out, waits for them as long as the settings say, and ends what is left.
     *
     * @return done when no connection and no command is left
     */
    public CompletableFuture<Void> stop() {
        stopping = true;
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        listeners.forEach(listener -> ends.add(future(listener.close())));
        for (TargetNode node : registry.targets()) {
            ends.add(atHome(node, () -> node.remove(settings.logoutWaitMs(), "server stopped")));
        }
        for (IscsiSession session : registry.sessions()) {
            if (session.peer().target() == null) {
                ends.add(session.ended());
                session.channel().eventLoop().execute(() -> session.askForLogout(settings.logoutWaitMs(), "server stopped"));
            }
        }
        return CompletableFuture.allOf(ends.toArray(new CompletableFuture<?>[0])).thenCompose(ended -> {
            List<CompletableFuture<Void>> closes = new ArrayList<>();
            connections.forEach(connection -> closes.add(future(connection.close())));
            return CompletableFuture.allOf(closes.toArray(new CompletableFuture<?>[0]));
        });
    }

    private static CompletableFuture<Void> atHome(TargetNode node, Supplier<CompletableFuture<Void>> what) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        node.home().execute(() -> what.get().whenComplete((nothing, failure) -> done.complete(null)));
        return done;
    }

    private CompletableFuture<Channel> bind(IscsiPortal portal) {
        CompletableFuture<Channel> bound = new CompletableFuture<>();
        ServerBootstrap bootstrap = new ServerBootstrap().group(loginLoops).channelFactory(transport).option(ChannelOption.AUTO_READ, !heldBack)
            .handler(new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(Channel channel) {
                    if (channel instanceof ServerSocketChannel) {
                        ((ServerSocketChannel) channel).config().setReuseAddress(true);
                    }
                }
            })
            .childHandler(new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(Channel channel) {
                    channel.attr(IscsiPortal.GROUP).set(portal.group());
                    accepted(channel);
                }
            });
        ChannelFuture future = bootstrap.bind(portal.address());
        future.addListener(done -> {
            if (done.isSuccess()) {
                bound.complete(future.channel());
            } else {
                bound.completeExceptionally(done.cause());
            }
        });
        return bound;
    }

    private void accepted(Channel channel) {
        SocketAddress from = channel.remoteAddress();
        if (stopping || !limits.enter(from)) {
            context.log().say(from, "refused: too many connections");
            channel.close();
            return;
        }
        connections.add(channel);
        channel.closeFuture().addListener(closed -> {
            connections.remove(channel);
            limits.leave(from);
        });
        if (channel instanceof SocketChannel) {
            ((SocketChannel) channel).config().setTcpNoDelay(true).setKeepAlive(true);
        }
        channel.config().setWriteBufferWaterMark(UNREAD_ANSWERS);
        LoginPhase login = new LoginPhase(context);
        channel.config().setRecvByteBufAllocator(new ReceiveBuffers(login.reader()));
        channel.pipeline().addLast(login.reader());
        login.start(new PduWriter(channel.pipeline().context(login.reader())));
        LOG.debug("{}: connected", from);
    }

    private static SessionInfo info(IscsiSession session) {
        TargetNode target = session.peer().target();
        return new SessionInfo(session.peer().initiatorName(), String.valueOf(session.channel().remoteAddress()),
            target == null ? "" : target.name(), session.peer().tsih(), session.parameters(), session.inFlight(),
            session.commandsDone(), session.bytesRead(), session.bytesWritten());
    }

    private static CompletableFuture<Void> future(ChannelFuture channelFuture) {
        CompletableFuture<Void> future = new CompletableFuture<>();
        channelFuture.addListener(done -> future.complete(null));
        return future;
    }
}

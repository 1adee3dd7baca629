package io.spindrift.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.wire.FrameType;
import io.spindrift.wire.Lane;
import io.spindrift.wire.WireCodec;
import io.spindrift.wire.WireConnection;
import io.spindrift.wire.WireException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.agrona.collections.Int2ObjectHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to the storage servers: connects when something is asked, connects again when the way is lost, and then asks again what was not
 * answered. Made by its {@link RemoteCatalog}, on whose loop it lives; closed with it.
 */
final class RemoteLink implements ClientConnection.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteLink.class);

    private enum State {
        IDLE,
        CONNECTING,
        UP,
        WAITING,
        CLOSED
    }

    private final RemoteSettings settings;
    private final EventLoop loop;
    private final ChannelFactory<? extends Channel> channels;
    private final RandomGenerator random;
    private final DerivedKeys keys;
    private final RequestQueue requests = new RequestQueue();
    private final List<RemoteLease> images = new ArrayList<>();
    private final Int2ObjectHashMap<RemoteLease> imageOfNumber = new Int2ObjectHashMap<>();
    private State state = State.IDLE;
    private ClientConnection connection;
    private ScheduledFuture<?> retry;
    private int failures;
    private boolean outageTold;

    RemoteLink(RemoteSettings settings, EventLoop loop, ChannelFactory<? extends Channel> channels, RandomGenerator random) {
        this.settings = settings;
        this.loop = loop;
        this.channels = channels;
        this.random = random;
        this.keys = new DerivedKeys(settings.secret());
    }

    EventLoop loop() {
        return loop;
    }

    /** Asks now, or as soon as it can be asked. From any thread. */
    void ask(RemoteRequest<?> request) {
        if (loop.inEventLoop()) {
            take(request);
        } else {
            loop.execute(() -> take(request));
        }
    }

    /** Runs {@code task} on the loop: now where this is it. */
    void run(Runnable task) {
        complete(loop, task);
    }

    /** Runs {@code task} on {@code home}: now where this is it. */
    void complete(EventExecutor home, Runnable task) {
        if (home.inEventLoop()) {
            task.run();
        } else {
            home.execute(task);
        }
    }

    ByteBufAllocator allocator() {
        return ByteBufAllocator.DEFAULT;
    }

    /** For the body of a request. */
    ByteBuf buffer() {
        return allocator().directBuffer();
    }

    /** Whether the image's release may have reached the server before; it counts as done then, and is told so. */
    boolean wasReleased(RemoteLease image) {
        return requests.endRepeatedRelease(image);
    }

    private void take(RemoteRequest<?> request) {
        ImageException refusal = state == State.CLOSED ? new ImageException(ImageFailure.CLOSED, "the catalog is closed") : refusal(request);
        if (refusal == null && !requests.hasRoom(request)) {
            refusal = new ImageException(ImageFailure.FULL, "too much is asked at once of the storage server");
        }
        if (refusal != null) {
            request.body.release();
            request.fail(refusal);
            return;
        }
        requests.add(request);
        if (request.image == null && !request.thisConnectionOnly) {
            long timeoutMs = settings.timing().requestTimeout().toMillis();
            request.timeout = loop.schedule(() -> requests.abandon(request, timeoutMs), timeoutMs, TimeUnit.MILLISECONDS);
        }
        if (state == State.UP) {
            requests.send(request);
        } else if (state == State.IDLE) {
            connect();
        }
    }

    private static ImageException refusal(RemoteRequest<?> request) {
        return request.image == null ? null : request.image.refusal();
    }

    private void connect() {
        SocketAddress server = settings.servers().get(failures % settings.servers().size());
        state(State.CONNECTING, "to " + server);
        ClientConnection next = new ClientConnection(settings, keys, random, this);
        connection = next;
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channelFactory(channels)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(512, 16 << 10, 256 << 10))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) settings.timing().connectTimeout().toMillis())
                .handler(next);
        bootstrap.connect(server).addListener((ChannelFuture connected) -> {
            if (!connected.isSuccess()) {
                down(next, "no connection to " + server + ": " + connected.cause().getMessage(), false);
            } else if (server instanceof InetSocketAddress) {
                WireConnection.tune(connected.channel());
            }
        });
    }

    @Override
    public void up(ClientConnection which, long batchBytes) {
        failures = 0;
        state(State.UP, "connected");
        if (outageTold) {
            outageTold = false;
            LOG.info("the storage server is back");
        }
        requests.connected(which.frames(), batchBytes);
        List.copyOf(images).forEach(RemoteLease::resume);
        requests.sendCatalogRequests();
    }

    /** The image's lease was taken up again on this connection, or given: what waits for it goes out. */
    void ready(RemoteLease image) {
        imageOfNumber.put(image.number(), image);
        requests.sendRequestsOf(image);
    }

    void register(RemoteLease image) {
        images.add(image);
        imageOfNumber.put(image.number(), image);
    }

    boolean isUp() {
        return state == State.UP;
    }

    /** Closes the server's side of an image without waiting for the answer. */
    void closeOnServer(int number) {
        if (state == State.UP && number != 0) {
            connection.frames().write(Lane.URGENT, FrameType.CLOSE_IMAGE, requests.newId(), number, Unpooled.EMPTY_BUFFER);
        }
    }

    /** The image is no more: its requests fail. */
    void ended(RemoteLease image, ImageException reason) {
        if (reason.failure() == ImageFailure.CLOSED) {
            images.remove(image);
            imageOfNumber.remove(image.number());
        }
        requests.failRequestsOf(image, reason);
    }

    @Override
    public void message(FrameType type, long requestId, int image, ByteBuf body) throws WireException {
        try {
            switch (type) {
                case ANSWER, FAILURE -> requests.answered(type, requestId, body);
                case FENCED -> fenced(imageOfNumber.get(image), WireCodec.whole(body, WireCodec::string));
                case RESIZED -> resized(imageOfNumber.get(image), WireCodec.whole(body, ByteBuf::readLong));
                default -> throw new WireException(type + " is nothing to tell a client");
            }
        } finally {
            body.release();
        }
    }

    private static void fenced(RemoteLease image, String reason) {
        if (image != null) {
            image.fence(reason);
        }
    }

    private static void resized(RemoteLease image, long sizeBytes) {
        if (image != null) {
            image.resized(sizeBytes);
        }
    }

    @Override
    public void down(ClientConnection which, String reason, boolean refused) {
        if (which != connection || state == State.CLOSED) {
            return;
        }
        connection = null;
        imageOfNumber.clear();
        requests.disconnected();
        failures++;
        if (refused && failures >= settings.servers().size()) {
            requests.failCatalogRequests(new ImageException(ImageFailure.INVALID, reason));
        }
        requests.lastTrouble(reason);
        if (!outageTold) {
            LOG.warn("the storage server is out of reach: {}", reason);
        }
        outageTold = true;
        images.forEach(image -> image.linkDown(reason));
        if (requests.isEmpty() && images.isEmpty()) {
            state(State.IDLE, reason);
            return;
        }
        state(State.WAITING, reason);
        retry = loop.schedule(this::connect, backOffMs(), TimeUnit.MILLISECONDS);
    }

    /** The next server at once; after each round through all of them a pause, doubled each time, of which a random half may be cut. */
    private long backOffMs() {
        int servers = settings.servers().size();
        if (failures % servers != 0) {
            return 0;
        }
        int doublings = Math.min(failures / servers - 1, 20);
        long pauseMs = Math.min(settings.timing().firstBackOff().toMillis() << doublings, settings.timing().maxBackOff().toMillis());
        return pauseMs - random.nextLong(pauseMs / 2 + 1);
    }

    /** Ends everything; leases are not given back. */
    void close() {
        if (state == State.CLOSED) {
            return;
        }
        ImageException closed = new ImageException(ImageFailure.CLOSED, "the catalog is closed");
        List.copyOf(images).forEach(image -> image.end(closed));
        state(State.CLOSED, "closed by its owner");
        if (retry != null) {
            retry.cancel(false);
        }
        requests.failAll(closed);
        if (connection != null) {
            connection.close("closed by this side");
        }
    }

    private void state(State next, String reason) {
        LOG.debug("link of {}: {} -> {}, {}", settings.user(), state, next, reason);
        state = next;
    }
}

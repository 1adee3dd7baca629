package io.spindrift.harness.proxy;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Listens, connects on, and carries bytes as a long line would. {@link #run} is the link's thread, which whoever made the link hands in;
 * the other public methods may be called from anywhere and take effect there. Closed by whoever made it.
 */
public final class WanLink implements Runnable, Closeable {
    private static final long SPIN_NANOS = 100_000;

    private final InetSocketAddress upstream;
    private final ServerSocketChannel server;
    private final Selector selector;
    private final ConcurrentLinkedQueue<Runnable> orders = new ConcurrentLinkedQueue<>();
    private final List<Pair> pairs = new ArrayList<>();
    private final LinkClock there = new LinkClock();
    private final LinkClock back = new LinkClock();
    private final AtomicLong bytesThere = new AtomicLong();
    private final AtomicLong bytesBack = new AtomicLong();
    private final ReadCounter reads;
    private LinkSettings settings;
    private LinkState state = LinkState.UP;
    private volatile boolean closed;

    /** @param countReads look into what passes for iSCSI READ commands */
    public WanLink(InetSocketAddress listen, InetSocketAddress upstream, LinkSettings settings, boolean countReads) throws IOException {
        this.upstream = upstream;
        this.settings = settings;
        reads = countReads ? new ReadCounter() : null;
        selector = Selector.open();
        server = ServerSocketChannel.open();
        server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        server.bind(listen);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
    }

    /** Where it listens. */
    public InetSocketAddress address() throws IOException {
        return (InetSocketAddress) server.getLocalAddress();
    }

    public void change(LinkSettings newSettings) {
        order(() -> settings = newSettings);
    }

    /** Packets vanish from here on. */
    public void cut() {
        order(() -> state = LinkState.CUT);
    }

    /** Bytes go through again, also those that stood still. */
    public void mend() {
        order(() -> {
            state = LinkState.UP;
            long now = System.nanoTime();
            pairs.forEach(pair -> pair.mended(now));
        });
    }

    /** Every connection is reset; new ones are let in. */
    public void reset() {
        order(() -> List.copyOf(pairs).forEach(this::drop));
    }

    /** Every connection is reset and new ones are too, until {@link #mend}. */
    public void refuse() {
        order(() -> {
            state = LinkState.REFUSED;
            List.copyOf(pairs).forEach(this::drop);
        });
    }

    /** Begins the counts anew. */
    public void clear() {
        order(() -> {
            bytesThere.set(0);
            bytesBack.set(0);
            if (reads != null) {
                reads.clear();
            }
        });
    }

    /** Bytes from the side that connects. */
    public long bytesThere() {
        return bytesThere.get();
    }

    /** Bytes to the side that connects. */
    public long bytesBack() {
        return bytesBack.get();
    }

    /** Counts as one JSON object, as the link's thread sees them when it comes to it. */
    public void report(java.util.function.Consumer<String> to) {
        order(() -> to.accept(String.format("{\"state\":\"%s\",\"connections\":%d,\"bytes_there\":%d,\"bytes_back\":%d,\"reads\":%s}", state,
                pairs.size(), bytesThere.get(), bytesBack.get(), reads == null ? "null" : reads.json())));
    }

    private void order(Runnable order) {
        orders.add(order);
        selector.wakeup();
    }

    @Override
    public void run() {
        try {
            while (!closed) {
                turn();
            }
        } catch (IOException e) {
            System.err.println("the link ended: " + e.getMessage());
        } finally {
            List.copyOf(pairs).forEach(this::drop);
        }
    }

    private void turn() throws IOException {
        long now = System.nanoTime();
        long next = Long.MAX_VALUE;
        for (Pair pair : pairs) {
            pair.interests(now);
            next = Math.min(next, state == LinkState.CUT ? Long.MAX_VALUE : pair.nextNanos(now));
        }
        await(next, now);
        for (Runnable order = orders.poll(); order != null; order = orders.poll()) {
            order.run();
        }
        for (SelectionKey key : selector.selectedKeys()) {
            if (key.isValid() && key.isAcceptable()) {
                accept();
            }
        }
        selector.selectedKeys().clear();
        if (state == LinkState.UP) {
            for (Pair pair : List.copyOf(pairs)) {
                serve(pair);
            }
        }
    }

    /** The selector counts in milliseconds, a link in less: the last piece is slept precisely. */
    private void await(long next, long now) throws IOException {
        long wait = next == Long.MAX_VALUE ? Long.MAX_VALUE : next - now;
        if (wait == Long.MAX_VALUE) {
            selector.select();
        } else if (wait > 2_000_000) {
            selector.select(wait / 1_000_000 - 1);
        } else if (selector.selectNow() == 0 && wait > 0) {
            LockSupport.parkNanos(Math.min(wait, SPIN_NANOS));
        }
    }

    private void serve(Pair pair) {
        try {
            pair.move(System.nanoTime());
            if (pair.over()) {
                pairs.remove(pair);
                pair.close(false);
            }
        } catch (IOException e) {
            drop(pair);
        }
    }

    private void accept() throws IOException {
        SocketChannel client = server.accept();
        if (client == null) {
            return;
        }
        if (state == LinkState.REFUSED) {
            client.setOption(StandardSocketOptions.SO_LINGER, 0);
            client.close();
            return;
        }
        SocketChannel far = SocketChannel.open();
        try {
            far.connect(upstream);
            pairs.add(new Pair(client, far));
        } catch (IOException e) {
            client.setOption(StandardSocketOptions.SO_LINGER, 0);
            client.close();
            far.close();
        }
    }

    private void drop(Pair pair) {
        pairs.remove(pair);
        pair.close(true);
    }

    @Override
    public void close() throws IOException {
        closed = true;
        selector.wakeup();
        server.close();
    }

    /** A connection of the near side and its continuation on the far side. */
    private final class Pair {
        private final SocketChannel near;
        private final SocketChannel far;
        private final SelectionKey nearKey;
        private final SelectionKey farKey;
        private final OneWay thereWay;
        private final OneWay backWay;

        Pair(SocketChannel near, SocketChannel far) throws IOException {
            this.near = near;
            this.far = far;
            for (SocketChannel channel : List.of(near, far)) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.configureBlocking(false);
            }
            nearKey = near.register(selector, SelectionKey.OP_READ);
            farKey = far.register(selector, SelectionKey.OP_READ);
            ByteTap watch = reads == null ? bytes -> { } : reads.stream();
            thereWay = new OneWay(near, far, there, bytes -> {
                bytesThere.addAndGet(bytes.remaining());
                watch.passed(bytes);
            });
            backWay = new OneWay(far, near, back, bytes -> bytesBack.addAndGet(bytes.remaining()));
        }

        void interests(long now) {
            boolean up = state == LinkState.UP;
            int nearOps = interest(up && thereWay.wantsToRead(settings), up && backWay.wantsToWrite(now));
            int farOps = interest(up && backWay.wantsToRead(settings), up && thereWay.wantsToWrite(now));
            if (nearKey.isValid() && nearKey.interestOps() != nearOps) {
                nearKey.interestOps(nearOps);
            }
            if (farKey.isValid() && farKey.interestOps() != farOps) {
                farKey.interestOps(farOps);
            }
        }

        private static int interest(boolean read, boolean write) {
            return (read ? SelectionKey.OP_READ : 0) | (write ? SelectionKey.OP_WRITE : 0);
        }

        /** Until when the thread may sleep; chunks that have arrived at {@code now} and only wait for room in a socket are the selector's. */
        long nextNanos(long now) {
            long next = Long.MAX_VALUE;
            for (OneWay way : List.of(thereWay, backWay)) {
                if (!way.wantsToWrite(now)) {
                    next = Math.min(next, way.nextNanos());
                }
            }
            return next;
        }

        void move(long now) throws IOException {
            thereWay.read(settings, now);
            backWay.read(settings, now);
            thereWay.write(now);
            backWay.write(now);
        }

        void mended(long now) {
            thereWay.mended(now);
            backWay.mended(now);
        }

        boolean over() {
            return thereWay.over() && backWay.over();
        }

        /** @param reset forget what the sockets still hold and tell the peers so; otherwise they deliver it */
        void close(boolean reset) {
            for (SocketChannel channel : List.of(near, far)) {
                try {
                    if (reset) {
                        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                    }
                    channel.close();
                } catch (IOException e) {
                    System.err.println("closing a connection: " + e.getMessage());
                }
            }
        }
    }
}

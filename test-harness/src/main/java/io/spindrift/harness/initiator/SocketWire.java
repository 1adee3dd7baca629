package io.spindrift.harness.initiator;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** A wire over TCP and the real clock. */
final class SocketWire extends Wire {
    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;

    private SocketWire(SocketChannel channel, Selector selector, int timeoutMs) throws IOException {
        super(timeoutMs);
        this.channel = channel;
        this.selector = selector;
        key = channel.register(selector, SelectionKey.OP_READ);
    }

    static SocketWire connect(TargetUrl url, int timeoutMs) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.socket().connect(url.address(), timeoutMs);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            return new SocketWire(channel, Selector.open(), timeoutMs);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    protected void write(ByteBuffer bytes) throws IOException {
        channel.write(bytes);
    }

    @Override
    protected int read(ByteBuffer into) throws IOException {
        return channel.read(into);
    }

    @Override
    protected void await(long waitMs, boolean toSend) throws IOException {
        int wanted = toSend ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
        if (key.interestOps() != wanted) {
            key.interestOps(wanted);
        }
        if (waitMs <= 0) {
            selector.selectNow();
        } else {
            selector.select(waitMs);
        }
        selector.selectedKeys().clear();
    }

    @Override
    protected long nanos() {
        return System.nanoTime();
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }
}

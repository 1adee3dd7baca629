package io.spindrift.initiator;

import io.spindrift.initiator.login.TargetUrl;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** A wire over TCP. It reads only what its {@link SocketLoop} has said is there, so that no call finds nothing. */
final class SocketWire extends Wire {
    private final SocketChannel channel;
    private final SocketLoop loop;
    private final SelectionKey key;
    private boolean readable;

    private SocketWire(SocketChannel channel, SocketLoop loop, int timeoutMs) throws IOException {
        super(timeoutMs);
        this.channel = channel;
        this.loop = loop;
        key = channel.register(loop.selector(), SelectionKey.OP_READ, this);
    }

    static SocketWire connect(TargetUrl url, SocketLoop loop, int timeoutMs) throws IOException {
        InetSocketAddress address = url.address();
        if (address.isUnresolved()) {
            throw new UnknownHostException("no address is known of " + url.host());
        }
        SocketChannel channel = SocketChannel.open();
        try {
            channel.socket().connect(address, timeoutMs);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            return new SocketWire(channel, loop, timeoutMs);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    void ready(int operations) {
        readable |= (operations & SelectionKey.OP_READ) != 0;
    }

    @Override
    protected void write(ByteBuffer bytes) throws IOException {
        channel.write(bytes);
    }

    @Override
    protected void write(ByteBuffer[] buffers) throws IOException {
        channel.write(buffers);
    }

    @Override
    protected int read(ByteBuffer into) throws IOException {
        if (!readable) {
            return 0;
        }
        int room = into.remaining();
        int count = channel.read(into);
        readable = count == room;
        return count;
    }

    @Override
    protected int read(ByteBuffer first, ByteBuffer second) throws IOException {
        if (!readable) {
            return 0;
        }
        int room = first.remaining() + second.remaining();
        int count = (int) channel.read(new ByteBuffer[] {first, second});
        readable = count == room;
        return count;
    }

    @Override
    protected void await(long waitMs, boolean toSend) throws IOException {
        want(toSend);
        loop.await(waitMs);
    }

    /** Has the loop also wait for room in the socket, or no longer. */
    void want(boolean toSend) {
        int wanted = toSend ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
        if (key.interestOps() != wanted) {
            key.interestOps(wanted);
        }
    }

    @Override
    protected long nanos() {
        return loop.nanos();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

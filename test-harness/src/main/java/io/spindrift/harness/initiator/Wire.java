package io.spindrift.harness.initiator;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * The TCP connection of a session: PDUs gathered into one buffer and sent together, bytes that came handed out as whole PDUs.
 * Never blocks but in {@link #await}. One thread.
 */
final class Wire implements Closeable, LoginExchange.Carrier {
    /** A read that brought this much is worth another at once. */
    static final int MUCH_BYTES = 64 << 10;

    private static final int BUFFER_BYTES = 2 << 20;

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final int timeoutMs;
    private final ByteBuffer sending = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ByteBuffer received = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);

    private Wire(SocketChannel channel, Selector selector, int timeoutMs) throws IOException {
        this.channel = channel;
        this.selector = selector;
        this.timeoutMs = timeoutMs;
        key = channel.register(selector, SelectionKey.OP_READ);
    }

    static Wire connect(TargetUrl url, int timeoutMs) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.socket().connect(url.address(), timeoutMs);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            return new Wire(channel, Selector.open(), timeoutMs);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Room for a PDU with {@code dataBytes} of data; null where the socket has to take something first. */
    ByteBuffer room(int dataBytes) throws IOException {
        int needed = Pdu.HEADER_BYTES + Pdu.padded(dataBytes);
        if (sending.remaining() < needed) {
            flush();
        }
        return sending.remaining() < needed ? null : sending;
    }

    /** Hands to the socket what it takes. */
    void flush() throws IOException {
        if (sending.position() > 0) {
            sending.flip();
            channel.write(sending);
            sending.compact();
        }
        int wanted = sending.position() > 0 ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
        if (key.interestOps() != wanted) {
            key.interestOps(wanted);
        }
    }

    /** Waits until something can be read or sent, or the time is up. */
    void await(long waitMs) throws IOException {
        if (waitMs <= 0) {
            selector.selectNow();
        } else {
            selector.select(waitMs);
        }
        selector.selectedKeys().clear();
    }

    /** @return bytes that came, 0 where there are none now */
    int fill() throws IOException {
        if (received.position() == received.limit()) {
            received.clear();
        } else {
            received.compact();
        }
        try {
            int count = channel.read(received);
            if (count < 0) {
                throw new EOFException("the target closed the connection");
            }
            return count;
        } finally {
            received.flip();
        }
    }

    /** The next whole PDU, from the buffer's position to its limit, valid until the next call of this class; null where none is whole. */
    ByteBuffer next() throws ProtocolException {
        if (received.remaining() < Pdu.HEADER_BYTES) {
            return null;
        }
        int start = received.position();
        int length = received.getInt(start + 4) & 0xffffff;
        int additional = (received.get(start + 4) & 0xff) * 4;
        if (additional != 0 || length > LoginExchange.RECEIVE_SEGMENT) {
            throw new ProtocolException("a PDU with " + additional + " bytes of AHS and " + length + " of data");
        }
        int whole = Pdu.HEADER_BYTES + Pdu.padded(length);
        if (received.remaining() < whole) {
            return null;
        }
        received.position(start + whole);
        return received.duplicate().position(start).limit(start + Pdu.HEADER_BYTES + length).slice();
    }

    @Override
    public void send(ByteBuffer pdu) throws IOException {
        sending.put(pdu.duplicate().clear());
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        for (flush(); sending.position() > 0; flush()) {
            await(remainingMs(end));
        }
    }

    @Override
    public ByteBuffer receive() throws IOException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        for (ByteBuffer pdu = next();; pdu = next()) {
            if (pdu != null) {
                return pdu;
            }
            if (fill() == 0) {
                await(remainingMs(end));
            }
        }
    }

    private static long remainingMs(long end) throws SocketTimeoutException {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
            throw new SocketTimeoutException("the target did not answer in time");
        }
        return left;
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }
}

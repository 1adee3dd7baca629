package io.spindrift.harness.initiator;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * The connection of a session: PDUs gathered into one buffer and sent together, bytes that came handed out as whole PDUs. What carries them, and
 * whose clock counts, is the subclass's: a socket, or a simulated network. One thread; never blocks but in {@link #await}.
 */
public abstract class Wire implements Closeable, LoginExchange.Carrier {
    /** A read that brought this much is worth another at once. */
    static final int MUCH_BYTES = 64 << 10;

    private static final int BUFFER_BYTES = 2 << 20;

    private final int timeoutMs;
    private final ByteBuffer sending = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ByteBuffer received = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);

    protected Wire(int timeoutMs) {
        this.timeoutMs = timeoutMs;
    }

    /** Takes what it can of {@code bytes}. */
    protected abstract void write(ByteBuffer bytes) throws IOException;

    /** @return bytes put into {@code into}, 0 where there are none now, -1 at the end */
    protected abstract int read(ByteBuffer into) throws IOException;

    /** Waits until something can be read, or sent where {@code toSend} says that something waits for that, or the time is up. */
    protected abstract void await(long waitMs, boolean toSend) throws IOException;

    /** The clock that timeouts are counted by. */
    protected abstract long nanos();

    final void await(long waitMs) throws IOException {
        await(waitMs, sending.position() > 0);
    }

    /** Room for a PDU with {@code dataBytes} of data; null where the socket has to take something first. */
    final ByteBuffer room(int dataBytes) throws IOException {
        int needed = Pdu.HEADER_BYTES + Pdu.padded(dataBytes);
        if (sending.remaining() < needed) {
            flush();
        }
        return sending.remaining() < needed ? null : sending;
    }

    /** Hands to the socket what it takes. */
    final void flush() throws IOException {
        if (sending.position() > 0) {
            sending.flip();
            write(sending);
            sending.compact();
        }
    }

    /** @return bytes that came, 0 where there are none now */
    final int fill() throws IOException {
        if (received.position() == received.limit()) {
            received.clear();
        } else {
            received.compact();
        }
        try {
            int count = read(received);
            if (count < 0) {
                throw new EOFException("the target closed the connection");
            }
            return count;
        } finally {
            received.flip();
        }
    }

    /** The next whole PDU, from the buffer's position to its limit, valid until the next call of this class; null where none is whole. */
    final ByteBuffer next() throws ProtocolException {
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
    public final void send(ByteBuffer pdu) throws IOException {
        sending.put(pdu.duplicate().clear());
        long end = nanos() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        for (flush(); sending.position() > 0; flush()) {
            await(remainingMs(end));
        }
    }

    @Override
    public final ByteBuffer receive() throws IOException {
        long end = nanos() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        for (ByteBuffer pdu = next();; pdu = next()) {
            if (pdu != null) {
                return pdu;
            }
            if (fill() == 0) {
                await(remainingMs(end));
            }
        }
    }

    private long remainingMs(long end) throws SocketTimeoutException {
        long left = TimeUnit.NANOSECONDS.toMillis(end - nanos());
        if (left <= 0) {
            throw new SocketTimeoutException("the target did not answer in time");
        }
        return left;
    }
}

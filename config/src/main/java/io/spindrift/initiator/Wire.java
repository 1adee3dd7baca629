package io.spindrift.initiator;

import io.spindrift.initiator.login.LoginExchange;
import io.spindrift.initiator.login.Pdu;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * The connection of a session: PDUs gathered and sent together, bytes that came handed out as whole PDUs. Small data is copied through one buffer each
 * way, large data goes between the caller's buffer and the socket without a copy. What carries the bytes, and whose clock counts, is the subclass's: a
 * socket, or a simulated network. One thread; never blocks but in {@link #await}.
 */
public abstract class Wire implements Closeable, LoginExchange.Carrier {
    /** Data of a PDU from this size on is not copied. */
    static final int LARGE_BYTES = 16 << 10;

    private static final int SEND_BYTES = 512 << 10;
    private static final int RECEIVE_BYTES = Pdu.RECEIVE_SEGMENT + (32 << 10);
    /** What is read behind large data: headers, and no more of the next data than is cheap to copy. */
    private static final int BEHIND_LARGE_BYTES = 1 << 10;
    private static final int LARGE_ROW = 8;

    private final int timeoutMs;
    private final ByteBuffer sending = ByteBuffer.allocateDirect(SEND_BYTES);
    /** Slices of {@link #sending} and callers' buffers between them, in order; empty where everything to be sent lies in {@code sending}. */
    private final ArrayDeque<ByteBuffer> pieces = new ArrayDeque<>();
    private int pieced;
    private final ByteBuffer received = ByteBuffer.allocateDirect(RECEIVE_BYTES).limit(0);
    /** Where the rest of the data of the PDU under way goes; null where it goes through {@link #received}. */
    private ByteBuffer placing;
    private int placedPadding;
    private final ByteBuffer placedHeader = ByteBuffer.allocate(Pdu.HEADER_BYTES);
    /** PDUs for which large data is still expected: it comes in rows, with small PDUs between. */
    private int largeExpected;
    private boolean filled;

    protected Wire(int timeoutMs) {
        this.timeoutMs = timeoutMs;
    }

    /** Where the data of a PDU belongs that is too large to be copied. */
    interface Placement {
        /**
         * @param pdu its header, from index 0
         * @return a buffer whose remaining bytes take exactly the PDU's data; null: nowhere in particular
         */
        ByteBuffer of(ByteBuffer pdu) throws ProtocolException;
    }

    /** Takes what it can of {@code bytes}. */
    protected abstract void write(ByteBuffer bytes) throws IOException;

    /** Takes what it can of several buffers, in order. */
    protected void write(ByteBuffer[] buffers) throws IOException {
        for (ByteBuffer bytes : buffers) {
            write(bytes);
            if (bytes.hasRemaining()) {
                return;
            }
        }
    }

    /** @return bytes put into {@code into}, 0 where there are none now, -1 at the end */
    protected abstract int read(ByteBuffer into) throws IOException;

    /** Fills {@code first}, then {@code second}, as {@link #read(ByteBuffer)}. */
    protected int read(ByteBuffer first, ByteBuffer second) throws IOException {
        return read(first);
    }

    /** Waits until something can be read, or sent where {@code toSend} says that something waits for that, or the time is up. */
    protected abstract void await(long waitMs, boolean toSend) throws IOException;

    /** The clock that timeouts are counted by. */
    protected abstract long nanos();

    final void await(long waitMs) throws IOException {
        await(waitMs, unsent());
    }

    /** Whether something waits for the socket. */
    final boolean unsent() {
        return sending.position() > 0;
    }

    /** Room for a PDU with {@code dataBytes} of data; null where the socket has to take something first. */
    final ByteBuffer room(int dataBytes) throws IOException {
        int needed = Pdu.HEADER_BYTES + Pdu.padded(dataBytes);
        if (sending.remaining() < needed) {
            flush();
        }
        return sending.remaining() < needed ? null : sending;
    }

    /** Data behind the header that was put into {@link #room}, copied where it is small. Room for its padding must have been asked for. */
    final void put(ByteBuffer data, int offset, int length) {
        if (length >= LARGE_BYTES) {
            cutPiece();
            pieces.add(data.slice(offset, length));
        } else if (length > 0) {
            sending.put(sending.position(), data, offset, length).position(sending.position() + length);
        }
        for (int pad = Pdu.padded(length) - length; pad > 0; pad--) {
            sending.put((byte) 0);
        }
    }

    /** Bytes of {@link #room} that {@link #put} needs for data of this length. */
    static int roomFor(int length) {
        return length >= LARGE_BYTES ? Pdu.padded(length) - length : length;
    }

    private void cutPiece() {
        if (sending.position() > pieced) {
            pieces.add(sending.slice(pieced, sending.position() - pieced));
            pieced = sending.position();
        }
    }

    /** Hands to the socket what it takes. */
    final void flush() throws IOException {
        if (pieces.isEmpty()) {
            if (sending.position() > 0) {
                sending.flip();
                write(sending);
                sending.compact();
            }
            return;
        }
        cutPiece();
        write(pieces.toArray(ByteBuffer[]::new));
        while (!pieces.isEmpty() && !pieces.peek().hasRemaining()) {
            pieces.remove();
        }
        if (pieces.isEmpty()) {
            sending.clear();
            pieced = 0;
        }
    }

    /** @return bytes that came, 0 where there are none now */
    final int fill() throws IOException {
        if (received.position() == received.limit()) {
            received.clear();
        } else {
            received.compact();
        }
        if (largeExpected > 0) {
            received.limit(Math.min(received.capacity(), received.position() + BEHIND_LARGE_BYTES));
        }
        int room = received.remaining() + (placing == null ? 0 : placing.remaining());
        try {
            int count = placing != null && placing.hasRemaining() ? read(placing, received) : read(received);
            if (count < 0) {
                throw new EOFException("the target closed the connection");
            }
            filled = count == room;
            return count;
        } finally {
            received.flip();
        }
    }

    /** Whether the last {@link #fill} took all it had room for, so that there may be more. */
    final boolean filled() {
        return filled;
    }

    /**
     * The next whole PDU, from the buffer's position to its limit, valid until the next call of this class; null where none is whole. Where {@code
     * placement} took the data, the buffer holds the header alone.
     */
    final ByteBuffer next(Placement placement) throws ProtocolException {
        if (placing != null) {
            return placed();
        }
        int have = received.remaining();
        if (have < Pdu.HEADER_BYTES) {
            return null;
        }
        int start = received.position();
        int length = Pdu.dataLength(received, start);
        int additional = (received.get(start + 4) & 0xff) * 4;
        if (additional != 0 || length > Pdu.RECEIVE_SEGMENT) {
            throw new ProtocolException("a PDU with " + additional + " bytes of AHS and " + length + " of data");
        }
        boolean large = length >= LARGE_BYTES;
        int whole = Pdu.HEADER_BYTES + Pdu.padded(length);
        if (have < whole) {
            return large && place(placement, start, length) ? placed() : null;
        }
        largeExpected = large ? LARGE_ROW : Math.max(0, largeExpected - 1);
        received.position(start + whole);
        return received.slice(start, Pdu.HEADER_BYTES + length);
    }

    private boolean place(Placement placement, int start, int length) throws ProtocolException {
        ByteBuffer where = placement.of(received.slice(start, Pdu.HEADER_BYTES));
        if (where == null) {
            largeExpected = 0;
            return false;
        }
        largeExpected = LARGE_ROW;
        placedHeader.put(0, received, start, Pdu.HEADER_BYTES);
        placedPadding = Pdu.padded(length) - length;
        received.position(start + Pdu.HEADER_BYTES);
        int here = Math.min(length, received.remaining());
        where.put(received.slice(received.position(), here));
        received.position(received.position() + here);
        placing = where;
        return true;
    }

    /** The header of the PDU whose data is placed, where all of it has come. */
    private ByteBuffer placed() {
        if (placing.hasRemaining() || received.remaining() < placedPadding) {
            return null;
        }
        received.position(received.position() + placedPadding);
        placing = null;
        return placedHeader;
    }

    @Override
    public final void send(ByteBuffer pdu) throws IOException {
        sending.put(pdu.duplicate().clear());
        long end = nanos() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        for (flush(); unsent(); flush()) {
            await(remainingMs(end));
        }
    }

    @Override
    public final ByteBuffer receive() throws IOException {
        long end = nanos() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        for (ByteBuffer pdu = next(any -> null);; pdu = next(any -> null)) {
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

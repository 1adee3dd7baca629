package io.spindrift.initiator;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Where one thread waits for all its connections at a time. Made, used and closed by that thread. */
public final class SocketLoop implements Closeable {
    private static final Consumer<SelectionKey> READY = key -> ((SocketWire) key.attachment()).ready(key.readyOps());

    private final Selector selector;
    private final LongSupplier nanos;

    private SocketLoop(Selector selector, LongSupplier nanos) {
        this.selector = selector;
        this.nanos = nanos;
    }

    /** @param nanos the clock of its connections, such as {@code System::nanoTime} */
    public static SocketLoop open(LongSupplier nanos) throws IOException {
        return new SocketLoop(Selector.open(), nanos);
    }

    /** Waits until one of the connections can go on, or {@code waitMs} are over; 0: only looks. */
    public void await(long waitMs) throws IOException {
        if (waitMs <= 0) {
            selector.selectNow(READY);
        } else {
            selector.select(READY, waitMs);
        }
    }

    Selector selector() {
        return selector;
    }

    long nanos() {
        return nanos.getAsLong();
    }

    @Override
    public void close() throws IOException {
        selector.close();
    }
}

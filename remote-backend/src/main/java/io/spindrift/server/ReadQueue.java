package io.spindrift.server;

import io.spindrift.image.Image;
import io.spindrift.image.ReadPriority;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;

/**
 * The reads of one connection: so many bytes at a time are read or wait to be sent, and the most urgent read is next. What is less urgent
 * leaves room for what is more so. Made by its {@link ServerSession}, on whose loop it lives. Its length is bounded by the
 * connection's limit of requests.
 */
final class ReadQueue {
    /** A read that waits for its turn. */
    record Waiting(long requestId, int image, long firstBlock, int blockCount, ReadPriority priority) {
        long bytes() {
            return (long) Image.BLOCK_BYTES * Math.max(0, Math.min(blockCount, Image.MAX_READ_BLOCKS));
        }
    }

    private final ArrayDeque<Waiting> demand = new ArrayDeque<>();
    private final ArrayDeque<Waiting> prefetch = new ArrayDeque<>();
    private final ArrayDeque<Waiting> bulk = new ArrayDeque<>();
    private final long limitBytes;
    private final LongSupplier unsentBytes;
    private long readingBytes;

    /** @param unsentBytes how much of what was read waits to be sent */
    ReadQueue(long limitBytes, LongSupplier unsentBytes) {
        this.limitBytes = limitBytes;
        this.unsentBytes = unsentBytes;
    }

    void add(Waiting read) {
        switch (read.priority) {
            case DEMAND -> demand.add(read);
            case PREFETCH -> prefetch.add(read);
            default -> bulk.add(read);
        }
    }

    /** @return the read whose turn it is, which counts from here on until {@link #done}; null where none may begin */
    Waiting next() {
        Waiting next = next(demand, limitBytes);
        next = next != null ? next : next(prefetch, limitBytes / 4 * 3);
        next = next != null ? next : next(bulk, limitBytes / 2);
        if (next != null) {
            readingBytes += next.bytes();
        }
        return next;
    }

    private Waiting next(ArrayDeque<Waiting> lane, long limit) {
        if (lane.isEmpty() || readingBytes + unsentBytes.getAsLong() + lane.peek().bytes() > limit) {
            return null;
        }
        return lane.poll();
    }

    /** The read was answered: its bytes count as unsent from here on. */
    void done(Waiting read) {
        readingBytes -= read.bytes();
    }
}

package io.spindrift.server;

import java.util.concurrent.atomic.AtomicLong;

/** The bytes that all connections' batches may take at a time. Made with the server; any loop may ask. */
final class BatchBudget {
    private final AtomicLong left;

    BatchBudget(long bytes) {
        left = new AtomicLong(bytes);
    }

    boolean take(long bytes) {
        if (left.addAndGet(-bytes) >= 0) {
            return true;
        }
        left.addAndGet(bytes);
        return false;
    }

    void giveBack(long bytes) {
        left.addAndGet(bytes);
    }
}

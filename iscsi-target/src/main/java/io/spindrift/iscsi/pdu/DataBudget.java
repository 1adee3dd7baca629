package io.spindrift.iscsi.pdu;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that all sessions of a server may hold for data that nobody asked for: immediate data, unsolicited bursts, requests that came
 * ahead of their turn. Made by the server; any thread.
 */
public final class DataBudget {
    private final long limit;
    private final AtomicLong used = new AtomicLong();

    /** @param limit in bytes, 1 or more */
    public DataBudget(long limit) {
        this.limit = limit;
    }

    /** @return false where there is no room for so many bytes: then none are taken */
    public boolean take(int bytes) {
        if (used.addAndGet(bytes) > limit) {
            used.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    public void give(int bytes) {
        used.addAndGet(-bytes);
    }

    /** Bytes that are held now. */
    public long used() {
        return used.get();
    }
}

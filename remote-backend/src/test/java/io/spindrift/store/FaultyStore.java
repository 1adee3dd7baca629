package io.spindrift.store;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

/**
 * A store with a will of its own: it fails, is full, commits and then says that it does not know, holds puts back until it is told. It
 * tears nothing: no store may.
 */
public final class FaultyStore implements SegmentStore {
    private final SegmentStore store;
    private final Random random;
    private double failing;
    private double ambiguous;
    private double full;
    private Predicate<String> held = name -> false;
    private CountDownLatch release = new CountDownLatch(0);
    private CountDownLatch arrived = new CountDownLatch(0);

    public FaultyStore(SegmentStore store, long seed) {
        this.store = store;
        random = new Random(seed);
    }

    /** Shares of the calls that fail, of the puts that succeed but say they don't know, and of the puts that find no room. */
    public synchronized void faults(double newFailing, double newAmbiguous, double newFull) {
        failing = newFailing;
        ambiguous = newAmbiguous;
        full = newFull;
    }

    /** The next put of such a name waits for {@link #letGo}. */
    public synchronized void hold(Predicate<String> names) {
        held = names;
        release = new CountDownLatch(1);
        arrived = new CountDownLatch(1);
    }

    /** Waits until a put is held. */
    public void awaitHeld() throws InterruptedException {
        arrived.await();
    }

    public synchronized void letGo() {
        held = name -> false;
        release.countDown();
    }

    private synchronized boolean roll(double share) {
        return share > 0 && random.nextDouble() < share;
    }

    private void mayFail(String what) throws StoreException {
        if (roll(failing)) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "injected: no answer to " + what);
        }
    }

    private void wait(String name) {
        CountDownLatch latch;
        synchronized (this) {
            if (!held.test(name)) {
                return;
            }
            held = other -> false;
            latch = release;
            arrived.countDown();
        }
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void put(String name, ByteBuffer... body) throws StoreException {
        mayFail("put");
        store.put(name, body);
    }

    @Override
    public boolean putIfAbsent(String name, ByteBuffer... body) throws StoreException {
        wait(name);
        mayFail("put");
        if (roll(full)) {
            throw new StoreException(StoreException.Kind.FULL, "injected: no room");
        }
        boolean put = store.putIfAbsent(name, body);
        if (roll(ambiguous)) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "injected: the answer was lost");
        }
        return put;
    }

    @Override
    public void read(String name, long offset, ByteBuffer dst) throws StoreException {
        mayFail("read");
        store.read(name, offset, dst);
    }

    @Override
    public long length(String name) throws StoreException {
        return store.length(name);
    }

    @Override
    public List<StoredObject> list(String prefix, String startAfter, int limit) throws StoreException {
        mayFail("list");
        return store.list(prefix, startAfter, limit);
    }

    @Override
    public void delete(String name) throws StoreException {
        mayFail("delete");
        store.delete(name);
    }

    @Override
    public void close() {
        store.close();
    }
}

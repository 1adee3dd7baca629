package io.spindrift.blockcache;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.image.Image;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.IntPredicate;

/**
 * Blocks of a slab that memory does not hold. To read them through the mapping would stop the home loop, and every guest on it, for as long as the
 * disk takes; so they are read by the cache's executor.
 *
 * <p>To ask the kernel what it holds costs a call for each block. It is asked only under suspicion: a get that took long has met the disk, and as long as
 * blocks are found cold, and some thousand gets more, it is looked before each. A host with memory enough pays for two looks at the clock.
 *
 * <p>Made with its cache; lives on the home loop, but for the reads.
 */
final class ColdBlocks {
    /** Longer than a get from memory takes, shorter than one from a disk. */
    private static final long SLOW_NANOS = 50_000;
    private static final long SLOW_NANOS_A_BLOCK = 2_000;
    private static final int SUSPICION = 4_096;

    private final CacheSlab slab;
    private final EventExecutor home;
    private final Executor blocking;
    private IntPredicate inMemory;
    private int suspicion;
    private long startNanos;

    /** Hears how a load ended. */
    interface Outcome {
        void read(ByteBuffer bytes, IOException failed);
    }

    ColdBlocks(CacheSlab slab, EventExecutor home, Executor blocking) {
        this.slab = slab;
        this.home = home;
        this.blocking = blocking;
        this.inMemory = slab::inMemory;
    }

    /** Looks before each get for a while, as after a slow one. */
    void suspect() {
        suspicion = SUSPICION;
    }

    /** Under suspicion this is believed instead of the kernel. */
    void believe(IntPredicate told) {
        inMemory = told;
        suspect();
    }

    void getBegins() {
        startNanos = home.ticker().nanoTime();
    }

    void getEnded(int blocks) {
        if (home.ticker().nanoTime() - startNanos > SLOW_NANOS + blocks * SLOW_NANOS_A_BLOCK) {
            suspect();
        } else if (suspicion > 0) {
            suspicion--;
        }
    }

    /** Whether a slot's block can't be had from memory, as far as there is reason to ask. */
    boolean isCold(int slot) {
        if (suspicion == 0 || inMemory.test(slot)) {
            return false;
        }
        suspect();
        return true;
    }

    /** Reads consecutive slots. @param outcome is told on the home loop; the bytes are its own until it returns */
    void read(int slot, int count, Outcome outcome) {
        int bytes = count * Image.BLOCK_BYTES;
        ByteBuf data = PooledByteBufAllocator.DEFAULT.directBuffer(bytes, bytes);
        ByteBuffer into = data.nioBuffer(0, bytes);
        try {
            blocking.execute(() -> {
                IOException failed = fill(slot, into);
                home.execute(() -> tell(data, into, failed, outcome));
            });
        } catch (RejectedExecutionException e) {
            home.execute(() -> tell(data, into, new IOException("the executor for blocking work has ended", e), outcome));
        }
    }

    private IOException fill(int slot, ByteBuffer into) {
        try {
            slab.fill(slot, into);
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    private static void tell(ByteBuf data, ByteBuffer bytes, IOException failed, Outcome outcome) {
        try {
            outcome.read(bytes.clear(), failed);
        } finally {
            data.release();
        }
    }
}

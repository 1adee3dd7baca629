package io.spindrift.blockcache;

import io.netty.util.concurrent.EventExecutor;
import io.spindrift.blockcache.BlockCache.Scrubbed;
import io.spindrift.image.Image;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A step of a cache's scrub: what its slots should be is taken down on the loop, they are read on the blocking executor, and what differs is looked at again on the
 * loop, since it may have been written meanwhile. Made for one step.
 */
final class CacheScrub {
    private static final Logger LOG = LoggerFactory.getLogger(CacheScrub.class);
    /** Empty slots that are passed over in one step. */
    private static final int MOST_LOOKED_AT = 1 << 16;

    private final SlotTable table;
    private final CacheSlab slab;
    private final EventExecutor home;
    private int[] slots;
    private int[] expected;
    private int count;
    private long next;

    CacheScrub(SlotTable table, CacheSlab slab, EventExecutor home) {
        this.table = table;
        this.slab = slab;
        this.home = home;
    }

    /** @param wrong asked on the loop whether a slot that differed is wrong still, and forgets it then */
    CompletableFuture<Scrubbed> run(long from, int blocks, Executor blocking, IntPredicate wrong) {
        CompletableFuture<Scrubbed> done = new CompletableFuture<>();
        gather((int) Math.min(from, table.slots()), blocks);
        try {
            blocking.execute(() -> {
                int differing = compare();
                home.execute(() -> done.complete(new Scrubbed(next, (long) count * Image.BLOCK_BYTES, judge(differing, wrong))));
            });
        } catch (RejectedExecutionException closing) {
            return CompletableFuture.completedFuture(new Scrubbed(-1, 0, new long[0]));
        }
        return done;
    }

    private void gather(int from, int blocks) {
        slots = new int[blocks];
        expected = new int[blocks];
        int slot = from;
        int end = (int) Math.min(table.slots(), (long) from + MOST_LOOKED_AT);
        for (; slot < end && count < blocks; slot++) {
            if (table.blockIn(slot) != SlotTable.NONE) {
                slots[count] = slot;
                expected[count++] = slab.expected(slot);
            }
        }
        next = slot < table.slots() ? slot : -1;
    }

    /** Moves the slots that differ to the front. @return how many */
    private int compare() {
        ByteBuffer block = ByteBuffer.allocateDirect(Image.BLOCK_BYTES);
        int differing = 0;
        try {
            for (int at = 0; at < count; at++) {
                if (slab.read(slots[at], block) != expected[at]) {
                    slots[differing++] = slots[at];
                }
            }
        } catch (IOException unreadable) {
            LOG.debug("a scrub of the cache ends: {}", unreadable.getMessage());
            next = -1;
        }
        return differing;
    }

    private long[] judge(int differing, IntPredicate wrong) {
        long[] damaged = new long[differing];
        int found = 0;
        for (int at = 0; at < differing; at++) {
            long block = table.blockIn(slots[at]);
            if (wrong.test(slots[at])) {
                damaged[found++] = block;
            }
        }
        return Arrays.copyOf(damaged, found);
    }
}

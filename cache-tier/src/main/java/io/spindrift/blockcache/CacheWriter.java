package io.spindrift.blockcache;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.image.BlockBytes;
import io.spindrift.image.BlockChecksums;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.Image;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * Brings what happens to a cache into its files, away from the home loop and in the order in which it happened: blocks, headers, directory, point. So the
 * files are always what they would have been had the process died a little earlier. What is on its way is read from memory; what is small and
 * has nothing before it is done at once.
 *
 * <p>Made by {@link ChronicleBlockCache}; its methods are called on the home loop, but for {@link #finish}. Bounded: {@link #isBehind} asks who fills the
 * cache to wait a little, and past four times as much {@link #hasRoom} says no.
 */
final class CacheWriter {
    private static final long BEHIND_BYTES = 8 << 20;
    private static final long MOST_BYTES = 4 * BEHIND_BYTES;
    /** Done in one task at most: what is done is told, and its memory given back, once a task. */
    private static final int TASK_BYTES = 1 << 20;
    private static final int TASK_STEPS = 1024;

    /** Hears on the home loop of what could not be done. */
    interface Owner {
        /** What was put into this slot is not there. */
        void lost(int slot);

        /** The disk had no room for some. */
        void full(IOException failure);

        /** The files take no more blocks. */
        void broken(IOException failure);
    }

    /** One change of the files, made on the executor, or on the home loop where nothing else is under way. */
    private interface Step {
        void make() throws IOException;

        default int bytes() {
            return 0;
        }
    }

    private final CacheSlab slab;
    private final CacheDirectory directory;
    private final CacheState state;
    private final EventExecutor home;
    private final Executor blocking;
    private final Owner owner;
    private final Queue<Step> queue = new ConcurrentLinkedQueue<>();
    private final Queue<Step> made = new ConcurrentLinkedQueue<>();
    /** Held by a task or by {@link #finish} while it changes the files. */
    private final ReentrantLock files = new ReentrantLock();
    private final Int2ObjectHashMap<Put> onTheirWay = new Int2ObjectHashMap<>();
    private long bytes;
    private long steps;
    private boolean scheduled;
    /** Nothing is written after it. */
    private volatile IOException failure;
    private volatile IOException noRoom;

    CacheWriter(CacheFiles opened, EventExecutor home, Executor blocking, Owner owner) {
        slab = opened.slab;
        directory = opened.directory;
        state = opened.state;
        this.home = home;
        this.blocking = blocking;
        this.owner = owner;
    }

    /** Neighbours that go into consecutive slots. */
    final class Put implements Step {
        private final int slot;
        private final int count;
        private final long firstBlock;
        private final long sequence;
        private final BlockBytes src;
        private final long fresh;
        private boolean lost;

        private Put(int slot, int count, long firstBlock, long sequence, BlockBytes src, long fresh) {
            this.slot = slot;
            this.count = count;
            this.firstBlock = firstBlock;
            this.sequence = sequence;
            this.src = src;
            this.fresh = fresh;
        }

        @Override
        public int bytes() {
            return count * Image.BLOCK_BYTES;
        }

        @Override
        public void make() throws IOException {
            if (failure != null) {
                lose();
                return;
            }
            try {
                slab.put(slot, count, firstBlock, sequence, src);
            } catch (IOException e) {
                lose();
                throw e;
            }
            for (int at = 0; at < count; at++) {
                if ((fresh & 1L << at) != 0) {
                    directory.put(firstBlock + at, slot + at);
                }
            }
        }

        private void lose() {
            lost = true;
            for (int at = 0; at < count; at++) {
                slab.forget(slot + at);
                directory.remove(firstBlock + at);
            }
        }

        /** Copies the block of one of its slots. @return whether it is what its checksum says */
        boolean copy(int of, ByteBuf dst, int dstIndex) {
            dst.setBytes(dstIndex, src.bytes(), src.index(of - slot), Image.BLOCK_BYTES);
            return BlockChecksums.of(dst, dstIndex) == src.checksum(of - slot);
        }

        private void arrived() {
            for (int at = slot; at < slot + count; at++) {
                if (onTheirWay.get(at) == this) {
                    onTheirWay.remove(at);
                    if (lost) {
                        owner.lost(at);
                    }
                }
            }
            src.bytes().release();
        }
    }

    /** What goes into this slot and is not there yet; null where nothing does. */
    Put onItsWay(int slot) {
        return steps == 0 ? null : onTheirWay.get(slot);
    }

    boolean hasRoom() {
        return bytes < MOST_BYTES;
    }

    boolean isBehind() {
        return bytes >= BEHIND_BYTES;
    }

    /**
     * @param src retained until it is written; must not change meanwhile
     * @param fresh a bit for each block that the directory does not have in its slot, the first one's lowest
     */
    void put(int slot, int count, long firstBlock, long sequence, BlockBytes src, long fresh) {
        src.bytes().retain();
        Put put = new Put(slot, count, firstBlock, sequence, src, fresh);
        for (int at = slot; at < slot + count; at++) {
            onTheirWay.put(at, put);
        }
        add(put);
    }

    void forget(int slot, long block) {
        if (steps > 0) {
            onTheirWay.remove(slot);
            add(() -> forgotten(slot, block));
        } else {
            forgotten(slot, block);
        }
    }

    private void forgotten(int slot, long block) {
        slab.forget(slot);
        directory.remove(block);
    }

    void advance(HistoryPoint point) {
        if (steps > 0) {
            add(() -> state.advance(point));
        } else {
            state.advance(point);
        }
    }

    private void add(Step step) {
        bytes += step.bytes();
        steps++;
        queue.add(step);
        schedule();
    }

    private void schedule() {
        if (scheduled) {
            return;
        }
        scheduled = true;
        try {
            blocking.execute(this::task);
        } catch (RejectedExecutionException e) {
            failure = new IOException("the executor for blocking work has ended", e);
            home.execute(this::task);
        }
    }

    private void task() {
        make(TASK_BYTES, TASK_STEPS);
        try {
            home.execute(this::told);
        } catch (RejectedExecutionException e) {
            // The loop has ended, and nobody asks for anything any more.
            return;
        }
    }

    private void make(long mostBytes, long mostSteps) {
        files.lock();
        try {
            long bytesLeft = mostBytes;
            long stepsLeft = mostSteps;
            while (bytesLeft > 0 && stepsLeft > 0 && !queue.isEmpty()) {
                Step step = queue.poll();
                make(step);
                made.add(step);
                bytesLeft -= step.bytes();
                stepsLeft--;
            }
        } finally {
            files.unlock();
        }
    }

    private void make(Step step) {
        try {
            step.make();
        } catch (IOException e) {
            if (CacheFiles.noSpace(e)) {
                noRoom = e;
            } else {
                failure = e;
            }
        }
    }

    private void told() {
        scheduled = false;
        for (Step step = made.poll(); step != null; step = made.poll()) {
            steps--;
            bytes -= step.bytes();
            if (step instanceof Put put) {
                put.arrived();
            }
        }
        if (noRoom != null) {
            owner.full(noRoom);
            noRoom = null;
        }
        if (failure != null) {
            owner.broken(failure);
        }
        if (!queue.isEmpty()) {
            schedule();
        }
    }

    /** After the last call on the home loop: whatever is on its way is in the files when this returns. Blocking. */
    void finish() {
        make(Long.MAX_VALUE, Long.MAX_VALUE);
        for (Step step = made.poll(); step != null; step = made.poll()) {
            if (step instanceof Put put) {
                put.src.bytes().release();
            }
        }
    }
}

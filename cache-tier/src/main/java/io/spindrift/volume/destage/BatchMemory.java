package io.spindrift.volume.destage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.image.Batch;
import io.spindrift.volume.map.DirtyMap;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * The memory of all batches of a process that are built, under way or being put into caches: so much and no more, whatever the number of volumes. Who
 * needs more than is left waits in the order of asking, so that no volume is kept out by busier ones. Pieces begin on pages, so that a store can write them as
 * they are, and are used again, since fresh memory costs more than what is written into it.
 *
 * <p>Made by the assembly; any thread. Locked for each batch, not for each block.
 */
public final class BatchMemory {
    /** Blocks in one piece: 1 MiB. */
    static final int PIECE_BLOCKS = 256;
    /** Blocks in a piece for small batches: 64 KiB. */
    private static final int SMALL_BLOCKS = 16;
    private static final int PAGE = 4096;

    private record Waiting(int blocks, EventExecutor home, Consumer<ByteBuf[]> then) {}

    private final long limitBytes;
    private final ArrayDeque<ByteBuffer> spare = new ArrayDeque<>();
    private final ArrayDeque<ByteBuffer> spareSmall = new ArrayDeque<>();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private long usedBytes;

    /** @param limitBytes twice the largest batch or more: 64 MiB */
    public BatchMemory(long limitBytes) {
        if (limitBytes < 2L * Batch.MAX_DATA_BYTES) {
            throw new IllegalArgumentException("memory for batches is at least " + 2L * Batch.MAX_DATA_BYTES + " bytes, not " + limitBytes);
        }
        this.limitBytes = limitBytes;
    }

    /**
     * Takes pieces for a batch, each of {@link #PIECE_BLOCKS} blocks but for the last, which has what is left of them.
     *
     * @param blocks at most a batch's
     * @param then gets them, on {@code home}: before this returns, or in a later turn; releases each
     */
    void take(int blocks, EventExecutor home, Consumer<ByteBuf[]> then) {
        ByteBuf[] pieces;
        synchronized (this) {
            if (!waiting.isEmpty() || usedBytes + bytes(blocks) > limitBytes) {
                waiting.addLast(new Waiting(blocks, home, then));
                return;
            }
            pieces = pieces(blocks);
        }
        then.accept(pieces);
    }

    private static long bytes(int blocks) {
        int rest = blocks % PIECE_BLOCKS;
        return (long) (blocks / PIECE_BLOCKS) * PIECE_BLOCKS * DirtyMap.BLOCK_BYTES + (rest == 0 ? 0 : sizeOf(rest));
    }

    private static int sizeOf(int blocks) {
        return (blocks <= SMALL_BLOCKS ? SMALL_BLOCKS : PIECE_BLOCKS) * DirtyMap.BLOCK_BYTES;
    }

    private ByteBuf[] pieces(int blocks) {
        ByteBuf[] pieces = new ByteBuf[(blocks + PIECE_BLOCKS - 1) / PIECE_BLOCKS];
        for (int at = 0; at < pieces.length; at++) {
            int count = Math.min(PIECE_BLOCKS, blocks - at * PIECE_BLOCKS);
            int size = sizeOf(count);
            ByteBuffer bytes = spare(size).pollLast();
            pieces[at] = new Piece(bytes != null ? bytes : made(size), count * DirtyMap.BLOCK_BYTES);
        }
        usedBytes += bytes(blocks);
        return pieces;
    }

    private ArrayDeque<ByteBuffer> spare(int size) {
        return size == SMALL_BLOCKS * DirtyMap.BLOCK_BYTES ? spareSmall : spare;
    }

    private static ByteBuffer made(int size) {
        return ByteBuffer.allocateDirect(size + PAGE).alignedSlice(PAGE).limit(size).slice();
    }

    private void back(ByteBuffer bytes) {
        synchronized (this) {
            usedBytes -= bytes.capacity();
            spare(bytes.capacity()).addLast(bytes);
            while (!waiting.isEmpty() && usedBytes + bytes(waiting.peekFirst().blocks) <= limitBytes) {
                Waiting next = waiting.pollFirst();
                give(next, pieces(next.blocks));
            }
        }
    }

    private static void give(Waiting next, ByteBuf[] pieces) {
        try {
            next.home.execute(() -> next.then.accept(pieces));
        } catch (RejectedExecutionException e) {
            for (ByteBuf piece : pieces) {
                piece.release();
            }
        }
    }

    /** Bytes in use; never more than the limit. */
    synchronized long usedBytes() {
        return usedBytes;
    }

    /** Goes back to where it came from with its last release, on whatever thread that is. */
    private final class Piece extends UnpooledDirectByteBuf {
        private final ByteBuffer bytes;

        Piece(ByteBuffer bytes, int length) {
            super(PooledByteBufAllocator.DEFAULT, bytes.slice(0, length), length);
            this.bytes = bytes;
        }

        @Override
        protected void deallocate() {
            super.deallocate();
            back(bytes);
        }
    }
}

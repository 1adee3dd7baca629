package io.spindrift.volume.fetch;

import io.spindrift.image.ReadPriority;
import io.spindrift.image.ReadResult;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;

/** One read of the image under way, or arrived and being put into the cache. Made and owned by {@link FetchTable}, on the home loop. */
final class Fetch {
    /** A part of the fetch that somebody waits for. */
    record Piece(FetchWaiter waiter, long firstBlock, int count) {}

    final long firstBlock;
    final int count;
    final ReadPriority priority;
    final boolean evict;
    final List<Piece> pieces = new ArrayList<>(2);
    /** Blocks that were written since: what comes may serve as what lies below the dirty sectors, but is not cached. */
    final BitSet written = new BitSet();
    /** Blocks that a batch has changed in the image since: what comes is of no use. */
    final BitSet stale = new BitSet();
    Consumer<Boolean> ended = firstAnswer -> { };
    long sequence;
    int attempts;
    ReadResult result;
    /** Where the next slice of putting into the cache begins. */
    int filled;

    Fetch(long firstBlock, int count, ReadPriority priority, boolean evict) {
        this.firstBlock = firstBlock;
        this.count = count;
        this.priority = priority;
        this.evict = evict;
    }

    long endBlock() {
        return firstBlock + count;
    }

    boolean holds(long block) {
        return block >= firstBlock && block < firstBlock + count;
    }

    void mark(BitSet mask, long first, long blockCount) {
        long from = Math.max(first, firstBlock);
        long to = Math.min(first + blockCount, endBlock());
        if (from < to) {
            mask.set((int) (from - firstBlock), (int) (to - firstBlock));
        }
    }

    boolean awaited() {
        pieces.removeIf(piece -> piece.waiter.gone());
        return !pieces.isEmpty();
    }

    /** Tells a waiter of its part: what is good, and what has to be looked up again. */
    void tell(FetchWaiter waiter, long first, int blockCount) {
        long at = first;
        long end = first + blockCount;
        while (at < end && !waiter.gone()) {
            int from = (int) (at - firstBlock);
            int limit = (int) (end - firstBlock);
            if (stale.get(from)) {
                int to = Math.min(limit, stale.nextClearBit(from));
                waiter.again(at, to - from);
                at += to - from;
            } else {
                int next = stale.nextSetBit(from);
                int to = next < 0 ? limit : Math.min(limit, next);
                waiter.arrived(at, to - from, result.data(), result.data().readerIndex() + from * FetchTable.BLOCK_BYTES);
                at += to - from;
            }
        }
    }
}

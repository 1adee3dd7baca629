package io.spindrift.volume.fetch;

import io.netty.util.concurrent.EventExecutor;
import io.spindrift.image.BlockBytes;
import io.spindrift.image.Image;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.LeasedImage;
import io.spindrift.image.ReadPriority;
import io.spindrift.image.ReadResult;
import io.spindrift.image.ReadResult.OwnedRun;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The reads of the image that are under way. Whoever misses a block joins the fetch that brings it already, or starts one; what arrives is
 * told to all who wait, and then put into the cache in slices, while it can still be joined.
 *
 * <p>Two marks keep the old from being taken for the new. A write or unmap marks its blocks in every fetch under way: they are not cached. A batch
 * that the image has applied marks its blocks too: what a fetch asked for before brings of them is not even told, since the dirty sectors that would
 * cover it are about to be forgotten; its waiters look again.
 *
 * <p>Made with the volume's data path; lives on the home loop; {@link #close} ends it.
 */
public final class FetchTable {
    static final int BLOCK_BYTES = Image.BLOCK_BYTES;
    private static final int FILL_SLICE_BLOCKS = 64;
    private static final long FIRST_RETRY_MS = 100;
    private static final long LAST_RETRY_MS = 5_000;

    private final EventExecutor home;
    private final LeasedImage image;
    private final CacheFront cache;
    private final Consumer<ImageException> stopped;
    private final List<Fetch> fetches = new ArrayList<>();
    private final long[] fetchedBytes = new long[ReadPriority.values().length];
    private final int[] inFlightBlocks = new int[ReadPriority.values().length];
    private boolean marking = true;
    private boolean caching = true;
    private boolean closed;

    /** @param stopped hears of a FENCED or CLOSED image, once */
    public FetchTable(EventExecutor home, LeasedImage image, CacheFront cache, Consumer<ImageException> stopped) {
        this.home = home;
        this.image = image;
        this.cache = cache;
        this.stopped = stopped;
    }

    /** Has the waiter told of every block of a range: from fetches under way, and from new ones for the rest. */
    public void want(long firstBlock, int count, FetchWaiter waiter) {
        long at = firstBlock;
        long end = firstBlock + count;
        while (at < end && !waiter.gone()) {
            Fetch under = find(at);
            if (under != null) {
                int part = (int) (Math.min(end, under.endBlock()) - at);
                join(under, at, part, waiter);
                at += part;
            } else {
                int part = gap(at, (int) Math.min(end - at, Image.MAX_READ_BLOCKS));
                Fetch fetch = new Fetch(at, part, ReadPriority.DEMAND, true);
                fetch.pieces.add(new Fetch.Piece(waiter, at, part));
                start(fetch);
                at += part;
            }
        }
    }

    private static void join(Fetch fetch, long first, int count, FetchWaiter waiter) {
        if (fetch.result != null) {
            fetch.tell(waiter, first, count);
        } else {
            fetch.pieces.add(new Fetch.Piece(waiter, first, count));
        }
    }

    /**
     * Fetches a range into the cache, of which nothing is under way yet: one that it {@link #takes}.
     *
     * @param count at most {@link Image#MAX_READ_BLOCKS}
     * @param evict whether older blocks may be given up for it
     * @param ended hears when it has come or will not, before whoever waits for it does; true where it came at the first attempt
     */
    public void fetch(long firstBlock, int count, ReadPriority priority, boolean evict, Consumer<Boolean> ended) {
        Fetch fetch = new Fetch(firstBlock, count, priority, evict);
        fetch.ended = ended;
        start(fetch);
    }

    /** As {@link #fetch(long, int, ReadPriority, boolean, Consumer)}, where nothing of the range is under way yet. */
    public void fetch(long firstBlock, int count, ReadPriority priority, boolean evict) {
        if (takes(firstBlock, count)) {
            fetch(firstBlock, count, priority, evict, firstAnswer -> { });
        }
    }

    /** Whether nothing of these blocks is under way. */
    public boolean takes(long firstBlock, int count) {
        return !closed && find(firstBlock) == null && gap(firstBlock, count) == count;
    }

    private void start(Fetch fetch) {
        fetches.add(fetch);
        inFlightBlocks[fetch.priority.ordinal()] += fetch.count;
        ask(fetch);
    }

    private void ask(Fetch fetch) {
        fetch.sequence = cache.sequence();
        // What was written before this request went out is covered by the dirty map; what is in the image by now will be read.
        fetch.stale.clear();
        image.read(fetch.firstBlock, fetch.count, fetch.priority).whenComplete((result, thrown) -> {
            if (thrown != null) {
                failed(fetch, ImageException.of(thrown));
            } else {
                arrived(fetch, result);
            }
        });
    }

    private void arrived(Fetch fetch, ReadResult result) {
        if (closed) {
            result.data().release();
            return;
        }
        fetch.ended.accept(fetch.attempts == 0);
        fetchedBytes[fetch.priority.ordinal()] += dataBytes(result);
        fetch.result = result;
        List<Fetch.Piece> pieces = new ArrayList<>(fetch.pieces);
        fetch.pieces.clear();
        for (Fetch.Piece piece : pieces) {
            fetch.tell(piece.waiter(), piece.firstBlock(), piece.count());
        }
        fill(fetch);
    }

    private static long dataBytes(ReadResult result) {
        long bytes = 0;
        for (OwnedRun run : result.runs()) {
            bytes += run.zeros() ? 0 : (long) run.blockCount() * BLOCK_BYTES;
        }
        return bytes;
    }

    /** Puts the next slice into the cache; the rest in a later turn of the loop, so that guests are served in between. */
    private void fill(Fetch fetch) {
        if (fetch.result == null) {
            return;
        }
        if (caching && cache.isBehind()) {
            home.schedule(() -> fill(fetch), CacheFront.BEHIND_MS, TimeUnit.MILLISECONDS);
            return;
        }
        int to = Math.min(fetch.count, fetch.filled + FILL_SLICE_BLOCKS);
        for (OwnedRun run : fetch.result.runs()) {
            if (!run.zeros()) {
                int from = (int) Math.max(fetch.filled, run.firstBlock() - fetch.firstBlock);
                int end = (int) Math.min(to, run.firstBlock() + run.blockCount() - fetch.firstBlock);
                putRun(fetch, from, end);
            }
        }
        fetch.filled = to;
        if (to == fetch.count) {
            finish(fetch);
        } else {
            home.execute(() -> fill(fetch));
        }
    }

    private void putRun(Fetch fetch, int from, int end) {
        int at = from;
        while (at < end && caching) {
            int run = 0;
            while (at + run < end && !fetch.written.get(at + run) && !fetch.stale.get(at + run)) {
                run++;
            }
            if (run > 0) {
                int index = fetch.result.data().readerIndex() + at * BLOCK_BYTES;
                BlockBytes bytes = new BlockBytes(fetch.result.data(), index, fetch.result.checksums(), at);
                cache.fetched(fetch.firstBlock + at, run, fetch.sequence, bytes, fetch.evict);
            }
            at += run + 1;
        }
    }

    private void finish(Fetch fetch) {
        drop(fetch);
        fetch.result.data().release();
        fetch.result = null;
    }

    private void failed(Fetch fetch, ImageException failure) {
        if (closed) {
            return;
        }
        boolean retry = failure.failure() == ImageFailure.UNAVAILABLE || failure.failure() == ImageFailure.FULL;
        if (retry && fetch.awaited()) {
            long delay = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS << Math.min(10, fetch.attempts++));
            home.schedule(() -> askAgain(fetch), delay, TimeUnit.MILLISECONDS);
            return;
        }
        drop(fetch);
        fetch.ended.accept(false);
        for (Fetch.Piece piece : fetch.pieces) {
            if (!piece.waiter().gone()) {
                piece.waiter().failed(failure);
            }
        }
        if (failure.failure() == ImageFailure.FENCED) {
            stopped.accept(failure);
        }
    }

    private void askAgain(Fetch fetch) {
        if (closed) {
            return;
        }
        if (fetch.awaited()) {
            ask(fetch);
        } else {
            drop(fetch);
            fetch.ended.accept(false);
        }
    }

    private void drop(Fetch fetch) {
        inFlightBlocks[fetch.priority.ordinal()] -= fetch.count;
        fetches.remove(fetch);
    }

    /** A write or unmap of these blocks has been taken: what is under way of them is not to be cached. */
    public void markWritten(long firstBlock, long count) {
        for (int at = 0; marking && at < fetches.size(); at++) {
            Fetch fetch = fetches.get(at);
            fetch.mark(fetch.written, firstBlock, count);
        }
    }

    /** The image has changed these blocks: what was asked for before is of no use. */
    public void markStale(long firstBlock, long count) {
        for (int at = 0; marking && at < fetches.size(); at++) {
            Fetch fetch = fetches.get(at);
            fetch.mark(fetch.stale, firstBlock, count);
        }
    }

    /** Whether somebody has asked for this block already. */
    public boolean underWay(long block) {
        return find(block) != null;
    }

    /** Fetches under way, and those that are being put into the cache. */
    public int size() {
        return fetches.size();
    }

    /** Bytes asked for with this priority that have not come, or are not in the cache yet. */
    public long inFlightBytes(ReadPriority priority) {
        return (long) inFlightBlocks[priority.ordinal()] * BLOCK_BYTES;
    }

    /** Bytes of data, zeros not counted, that came for this priority. */
    public long fetchedBytes(ReadPriority priority) {
        return fetchedBytes[priority.ordinal()];
    }

    /** For tests that show what the marks are for. */
    void withoutMarks() {
        marking = false;
    }

    /** Whether what is fetched is kept; without, only those who wait for it see it. */
    public void caching(boolean on) {
        caching = on;
    }

    /** Ends it: what still comes is dropped. Who waits is failed by its owner. */
    public void close() {
        closed = true;
        for (Fetch fetch : List.copyOf(fetches)) {
            fetch.pieces.clear();
            if (fetch.result != null) {
                finish(fetch);
            }
        }
        fetches.clear();
    }

    private Fetch find(long block) {
        for (int at = 0; at < fetches.size(); at++) {
            Fetch fetch = fetches.get(at);
            if (fetch.holds(block) && !(fetch.result != null && fetch.stale.get((int) (block - fetch.firstBlock)))) {
                return fetch;
            }
        }
        return null;
    }

    /** How many blocks from {@code first} on are in no fetch. */
    private int gap(long first, int count) {
        long end = first + count;
        for (int at = 0; at < fetches.size(); at++) {
            Fetch fetch = fetches.get(at);
            if (fetch.firstBlock > first && fetch.firstBlock < end) {
                end = fetch.firstBlock;
            }
        }
        return (int) (end - first);
    }
}

package io.spindrift.blockcache;

import io.netty.buffer.ByteBuf;
import io.spindrift.image.BlockBytes;
import io.spindrift.image.HistoryPoint;
import java.util.concurrent.CompletableFuture;

/**
 * Copies of blocks of 4 KiB that are in the image. Every method but {@link #close} is called on the home loop and does not fail: a cache that
 * can't serve or keep a block has a miss. A block that fails its check is a miss too, is forgotten and counted.
 *
 * <p><b>Which history.</b> A cache carries the point of the image's history it is a copy of ({@link #point()}). The volume moves it on with
 * {@link #advance} after every change up to there has been put or invalidated, so that on the next attach the image can name what changed since.
 */
public interface BlockCache {
    /**
     * Copies cached blocks from {@code firstBlock} on, as long as they are there and in memory.
     *
     * @param dst filled at the absolute index {@code dstIndex}; indices are not moved
     * @return how many leading blocks were copied, 0 to {@code blockCount}
     */
    int get(long firstBlock, int blockCount, ByteBuf dst, int dstIndex);

    /**
     * Told by a cache whose blocks lie on a disk, after a {@link #get} that ended early: how many of the blocks from {@code firstBlock} on, counted from
     * the first, are kept but not in memory, so that they must be {@link #load}ed. It may be 0 for what is.
     */
    default int cold(long firstBlock, int blockCount) {
        return 0;
    }

    /**
     * Reads blocks from the disk, off the loop.
     *
     * @param blockCount 1 to what {@link #cold} has just told
     * @param loaded is told on the home loop, later
     */
    default void load(long firstBlock, int blockCount, Loaded loaded) {
        throw new IllegalStateException("nothing here has to be loaded");
    }

    /** Hears of a {@link #load}. */
    interface Loaded {
        /** @param data the blocks from index 0 on, as a get would give them now, not to be kept; null where they must be looked for again */
        void loaded(ByteBuf data);
    }

    /** Whether a get of this block would likely hit; moves nothing and checks no bytes. */
    boolean contains(long block);

    /**
     * Keeps or replaces a block.
     *
     * @param sequence the image's applied sequence that the bytes belong to
     * @param src may be retained for a while; its bytes must not change any more
     * @param evict whether an older block may be given up for it; without, a full cache answers false (hydration never evicts what was
     *     asked for)
     * @return whether it was kept
     */
    default boolean put(long block, long sequence, ByteBuf src, int srcIndex, boolean evict) {
        return putRun(block, 1, sequence, BlockBytes.of(src, srcIndex), evict) == 1;
    }

    /**
     * Keeps or replaces neighbours, as {@link #put} each; what lies together here may be written at once. The checksums are kept with them as they came,
     * not taken anew: what rotted on the way here fails when it is got.
     *
     * @return how many leading blocks were kept, 0 to {@code blockCount}
     */
    int putRun(long firstBlock, int blockCount, long sequence, BlockBytes src, boolean evict);

    /**
     * What a step of a scrub came to.
     *
     * @param next where the next step begins; -1 at the end
     * @param bytes that were read and compared
     * @param damaged blocks that failed their check and are forgotten
     */
    record Scrubbed(long next, long bytes, long[] damaged) {}

    /**
     * Reads blocks where they lie, away from the loop, and compares them with their checks; what fails is forgotten and counted.
     *
     * @param from 0, or where the step before ended
     * @param blocks at most
     * @return completes on the home loop, and never fails; a cache that keeps nothing on a disk has nothing to look at
     */
    default CompletableFuture<Scrubbed> scrub(long from, int blocks) {
        return CompletableFuture.completedFuture(new Scrubbed(-1, 0, new long[0]));
    }

    /** Whether more was put than is written by now: who can wait puts the rest a little later. Who goes on all the same is refused in the end. */
    default boolean isBehind() {
        return false;
    }

    /** Forgets the blocks of a range, whose length may be that of the whole volume. */
    void invalidate(long firstBlock, long blockCount);

    /** Forgets everything. */
    void clear();

    /** What this is a copy of; null in a new or dropped cache. */
    HistoryPoint point();

    /** Everything up to {@code point} is reflected here. */
    void advance(HistoryPoint point);

    /**
     * Begins to make what is held durable as of {@link #point()}, in the background, where anything came since the last time: after power loss the cache
     * is found as it was then, or later block by block, and the image names what changed since. Called now and then by the volume.
     */
    default void checkpoint() {
        // What is gone with its process has nothing to make durable.
    }

    CacheStats stats();

    /**
     * Ends the cache; blocking, on the cache's executor. Clean: data and directory are synced before the clean flag is. A cache that is not closed
     * is found unclean, and its blocks are checked or dropped at the next open.
     */
    void close();
}

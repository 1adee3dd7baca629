package io.spindrift.volume.fetch;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.spindrift.blockcache.BlockCache;
import io.spindrift.blockcache.CacheStats;
import io.spindrift.image.BlockBytes;
import io.spindrift.image.BlockRun;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.Image;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.LeasedImage;
import io.spindrift.image.RunPage;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The block cache, and the lack of one while it opens. A cache that is handed over is vouched for before its first use: the image names what has
 * changed since the cache's point and those blocks are forgotten; where it can't, everything is. What batches change in the image meanwhile is
 * remembered (bounded; past that everything is forgotten) and forgotten last. What is fetched meanwhile is kept in memory and handed to the cache.
 *
 * <p>Made with the volume's data path; lives on the home loop. The cache itself is closed by the volume.
 */
public final class CacheFront {
    private static final Logger LOG = LoggerFactory.getLogger(CacheFront.class);
    private static final int MAX_REMEMBERED = 65_536;
    private static final int SLICE_RUNS = 256;
    private static final int SLICE_BLOCKS = 64;
    private static final long RETRY_MS = 1_000;
    /** So long who fills a cache that is behind waits before looking again. */
    public static final long BEHIND_MS = 1;
    /** What is put meanwhile has to be fetched again after power loss; each costs a sync of what was put, which would reach the disk by then anyway. */
    private static final long CHECKPOINT_MS = 30_000;

    /** What stands behind the front. */
    private enum State { OPENING, VOUCHING, READY, NONE }

    private final EventExecutor home;
    private final LeasedImage image;
    private final Runnable ready;
    private State state = State.OPENING;
    private BlockCache cache;
    /** What was fetched before the cache was in use; null where that is done with. */
    private StagedBlocks staged = new StagedBlocks();
    private HistoryPoint applied;
    private long[] remembered = new long[64];
    private int rememberedRuns;
    private boolean overflow;
    private long blockCount;
    /** Runs at the next checkpoint of the cache; null where nothing came since the last. */
    private Future<?> checkpoint;

    /**
     * @param applied what the image holds now
     * @param ready runs when a cache is in use
     */
    public CacheFront(EventExecutor home, LeasedImage image, HistoryPoint applied, Runnable ready) {
        this.home = home;
        this.image = image;
        this.applied = applied;
        this.ready = ready;
    }

    /** How many blocks the image has now; told before a cache is attached. */
    public void resized(long newBlockCount) {
        blockCount = newBlockCount;
    }

    /** As {@link BlockCache#get}. */
    public int get(long firstBlock, int blockCount, ByteBuf dst, int dstIndex) {
        int got = state == State.READY ? cache.get(firstBlock, blockCount, dst, dstIndex) : 0;
        if (got == blockCount || staged == null) {
            return got;
        }
        return got + staged.get(firstBlock + got, blockCount - got, dst, dstIndex + got * Image.BLOCK_BYTES);
    }

    /** As {@link BlockCache#cold}. */
    public int cold(long firstBlock, int blockCount) {
        return state == State.READY ? cache.cold(firstBlock, blockCount) : 0;
    }

    /** As {@link BlockCache#load}. */
    public void load(long firstBlock, int blockCount, BlockCache.Loaded loaded) {
        cache.load(firstBlock, blockCount, loaded);
    }

    /** As {@link BlockCache#contains}. */
    public boolean contains(long block) {
        return state == State.READY && cache.contains(block) || staged != null && staged.contains(block);
    }

    /** As {@link BlockCache#isBehind}. */
    public boolean isBehind() {
        return state == State.READY && cache.isBehind();
    }

    /** Keeps what was read of the image: in memory for the time being, where the cache is not open yet. */
    public void fetched(long firstBlock, int blockCount, long sequence, BlockBytes src, boolean evict) {
        if (state == State.READY) {
            cache.putRun(firstBlock, blockCount, sequence, src, evict);
            checkpointLater();
        } else if (staged != null) {
            for (int at = 0; at < blockCount; at++) {
                staged.put(firstBlock + at, src.bytes(), src.index(at), src.checksum(at));
            }
        }
    }

    /** Keeps what a batch has brought into the image. @return as {@link BlockCache#putRun}; what is not kept has {@link #changed} */
    public int putRun(long firstBlock, int blockCount, long sequence, BlockBytes src, boolean evict) {
        if (staged != null) {
            staged.forget(firstBlock, blockCount);
        }
        return state == State.READY ? cache.putRun(firstBlock, blockCount, sequence, src, evict) : 0;
    }

    /** The image has these blocks otherwise now: forget them. */
    public void changed(long firstBlock, long count) {
        if (staged != null) {
            staged.forget(firstBlock, count);
        }
        if (state == State.READY) {
            cache.invalidate(firstBlock, count);
        } else if (state != State.NONE) {
            remember(firstBlock, count);
        }
    }

    private void remember(long firstBlock, long count) {
        if (rememberedRuns == MAX_REMEMBERED) {
            overflow = true;
            return;
        }
        int at = 2 * rememberedRuns++;
        if (at == remembered.length) {
            remembered = Arrays.copyOf(remembered, 2 * at);
        }
        remembered[at] = firstBlock;
        remembered[at + 1] = count;
    }

    /** As {@link BlockCache#scrub}; nothing is looked at while no cache is in use. */
    public CompletableFuture<BlockCache.Scrubbed> scrub(long from, int blocks) {
        return state == State.READY
            ? cache.scrub(from, blocks)
            : CompletableFuture.completedFuture(new BlockCache.Scrubbed(-1, 0, new long[0]));
    }

    /** Whether blocks are kept, so that fetching ahead is of use beyond who joins. */
    public boolean keeps() {
        return state == State.READY || staged != null;
    }

    /** How many blocks can be kept. */
    public long capacityBlocks() {
        return state == State.READY ? cache.stats().capacityBlocks() : staged != null ? StagedBlocks.MAX_BLOCKS : 0;
    }

    /** The sequence of the image's state that what is read now belongs to, or a later one. */
    public long sequence() {
        return applied.sequence();
    }

    public HistoryPoint applied() {
        return applied;
    }

    /** Every change of the image up to {@code point} has been put or {@link #changed}. */
    public void advance(HistoryPoint point) {
        applied = point;
        if (state == State.READY) {
            cache.advance(point);
            checkpointLater();
        }
    }

    private void checkpointLater() {
        if (checkpoint == null) {
            checkpoint = home.schedule(() -> {
                checkpoint = null;
                if (state == State.READY) {
                    cache.checkpoint();
                }
            }, CHECKPOINT_MS, TimeUnit.MILLISECONDS);
        }
    }

    /** @return null while there is no cache */
    public CacheStats stats() {
        return state == State.READY ? cache.stats() : null;
    }

    /** There will be no cache; the volume goes on without one. */
    public void absent(String reason) {
        state(State.NONE, reason);
        rememberedRuns = 0;
        staged = null;
    }

    /** Takes over a cache that has been opened; only once. */
    public void attach(BlockCache opened) {
        cache = opened;
        HistoryPoint point = opened.point();
        state(State.VOUCHING, "opened at " + point);
        if (point == null || !point.imageId().equals(applied.imageId())) {
            forgetAll("it is of no state of this image");
        } else {
            ask(point, 0);
        }
    }

    private void ask(HistoryPoint point, long firstBlock) {
        image.changedSince(point, firstBlock).whenComplete((page, thrown) -> {
            if (state != State.VOUCHING) {
                return;
            }
            if (thrown != null) {
                failed(point, firstBlock, ImageException.of(thrown));
            } else if (page == null) {
                forgetAll("the image can't tell what changed since " + point);
            } else {
                forget(point, firstBlock, page, 0);
            }
        });
    }

    private void failed(HistoryPoint point, long firstBlock, ImageException failure) {
        if (failure.failure() == ImageFailure.UNAVAILABLE) {
            home.schedule(() -> {
                if (state == State.VOUCHING) {
                    ask(point, firstBlock);
                }
            }, RETRY_MS, TimeUnit.MILLISECONDS);
        } else {
            forgetAll("what changed can't be told: " + failure.getMessage());
        }
    }

    private void forget(HistoryPoint point, long pageStart, RunPage page, int from) {
        if (state != State.VOUCHING) {
            return;
        }
        List<BlockRun> runs = page.runs();
        int to = Math.min(runs.size(), from + SLICE_RUNS);
        for (BlockRun run : runs.subList(from, to)) {
            cache.invalidate(run.firstBlock(), run.blockCount());
        }
        if (to < runs.size()) {
            home.execute(() -> forget(point, pageStart, page, to));
        } else if (page.nextBlock() > pageStart && !isLast(page)) {
            ask(point, page.nextBlock());
        } else {
            forgetRemembered();
        }
    }

    /** An image's last page ends at its block count, which only grows: a page that brings nothing on ends it as well. */
    private boolean isLast(RunPage page) {
        return page.nextBlock() >= blockCount;
    }

    private void forgetAll(String reason) {
        LOG.info("the cache is emptied: {}", reason);
        cache.clear();
        rememberedRuns = 0;
        overflow = false;
        use();
    }

    private void forgetRemembered() {
        if (state != State.VOUCHING) {
            return;
        }
        if (overflow) {
            forgetAll("too much changed while it opened");
            return;
        }
        for (int slice = 0; slice < SLICE_RUNS && rememberedRuns > 0; slice++) {
            int at = 2 * --rememberedRuns;
            cache.invalidate(remembered[at], remembered[at + 1]);
        }
        if (rememberedRuns > 0) {
            home.execute(this::forgetRemembered);
        } else {
            use();
        }
    }

    private void use() {
        remembered = new long[0];
        cache.advance(applied);
        checkpointLater();
        state(State.READY, "it is vouched for up to " + applied);
        handOver();
        ready.run();
    }

    private void handOver() {
        if (staged == null) {
            return;
        }
        if (isBehind()) {
            home.schedule(this::handOver, BEHIND_MS, TimeUnit.MILLISECONDS);
            return;
        }
        if (staged.handOver(cache, applied.sequence(), SLICE_BLOCKS)) {
            home.execute(this::handOver);
        } else {
            staged = null;
        }
    }

    /** Ends the use of the cache. */
    public void close() {
        state(State.NONE, "the volume ends");
        if (checkpoint != null) {
            checkpoint.cancel(false);
            checkpoint = null;
        }
        rememberedRuns = 0;
        staged = null;
    }

    private void state(State next, String reason) {
        LOG.debug("cache {} -> {}: {}", state, next, reason);
        state = next;
    }
}

package io.spindrift.blockcache;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.image.BlockBytes;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.Image;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The persistent cache of one volume: blocks in a slab file, each with a header that tells the truth about it, and a Chronicle Map as the
 * directory that a start reads. While it is open the directory is a {@link SlotTable} in memory, and the map is told of what comes and goes.
 * Made by {@link #open}; lives on the home loop; closed by the volume, on the blocking executor, after its last call.
 */
public final class ChronicleBlockCache implements BlockCache {
    private static final Logger LOG = LoggerFactory.getLogger(ChronicleBlockCache.class);
    /** New blocks, 16 MiB of them, before a disk that was full is asked for more. */
    private static final int RETRY_ROOM_AFTER = 4096;
    private static final int ROOM_LOG_EVERY = 1_000;
    private final Path folder;
    private final CacheFiles files;
    private final EventExecutor home;
    private final Executor blocking;
    private final SlotTable table;
    private final CacheSlab slab;
    private final CacheState state;
    private final ColdBlocks coldBlocks;
    private final CacheWriter writer;
    private long puts;
    private long evictions;
    private long corrupt;
    private boolean broken;
    /** New blocks for which no more room of the disk is taken, since it had none; then it is tried again. */
    private int withoutRoom;
    private long timesWithoutRoom;
    /** The last point that {@link #advance} or {@link #clear} named; the files follow. */
    private HistoryPoint point;
    /** Set on the closing thread, when the home loop has made its last call. */
    private volatile boolean closed;
    private boolean checkpointing;
    private HistoryPoint lastCheckpoint;
    private long putsAtCheckpoint;

    private ChronicleBlockCache(Path folder, CacheFiles files, EventExecutor home, Executor blocking) {
        this.folder = folder;
        this.files = files;
        this.home = home;
        this.blocking = blocking;
        table = files.table;
        slab = files.slab;
        state = files.state;
        coldBlocks = new ColdBlocks(slab, home, blocking);
        point = state.point();
        writer = new CacheWriter(files, home, blocking, new Losses());
    }

    /**
     * Blocks that can't be written are forgotten. Where the disk has no room the cache stays as large as it is for a while, and new blocks take the place of
     * old ones; any other failure means that nothing more is put. Reads of the others go on.
     */
    private final class Losses implements CacheWriter.Owner {
        @Override
        public void lost(int slot) {
            table.remove(slot);
        }

        @Override
        public void full(IOException failure) {
            if (timesWithoutRoom++ % ROOM_LOG_EVERY == 0) {
                LOG.warn("{}: the cache's disk is full, it keeps to {} blocks for the time being: {}", folder, table.used(), failure.getMessage());
            }
            withoutRoom = RETRY_ROOM_AFTER;
        }

        @Override
        public void broken(IOException failure) {
            if (!broken) {
                LOG.error("{}: cache takes no more blocks: {}", folder, failure.getMessage());
                broken = true;
            }
        }
    }

    /**
     * Opens the cache in a folder of its own, or makes one there; what can't be vouched for is dropped with one line in the log. Takes about a
     * second in a young process.
     *
     * @param boot the host's boot identity: an unclean cache is believed whole within the boot that wrote it, and as of its last checkpoint in another
     * @param blocking opens, makes checkpoints and closes, writes what is put, and reads what memory does not hold
     * @return completes on {@code home}; fails with an {@link IOException}, one line, where no cache can be had (another process has it, no
     *     room, no rights): the volume goes on without one
     */
    public static CompletableFuture<ChronicleBlockCache> open(CacheSettings settings, Path folder, UUID boot, EventExecutor home, Executor blocking) {
        return open(new CacheFiles(folder, settings, boot), folder, home, blocking);
    }

    static CompletableFuture<ChronicleBlockCache> open(CacheFiles files, Path folder, EventExecutor home, Executor blocking) {
        CompletableFuture<ChronicleBlockCache> opened = new CompletableFuture<>();
        try {
            blocking.execute(() -> {
                try {
                    files.open();
                } catch (IOException | RuntimeException | LinkageError e) {
                    IOException told = e instanceof IOException io ? io : new IOException(folder + ": no cache: " + e, e);
                    home.execute(() -> opened.completeExceptionally(told));
                    return;
                }
                ChronicleBlockCache cache = new ChronicleBlockCache(folder, files, home, blocking);
                home.execute(() -> opened.complete(cache));
            });
        } catch (RejectedExecutionException e) {
            opened.completeExceptionally(new IOException(folder + ": the executor for blocking work has ended", e));
        }
        return opened;
    }

    ColdBlocks coldBlocks() {
        return coldBlocks;
    }

    @Override
    public int get(long firstBlock, int blockCount, ByteBuf dst, int dstIndex) {
        coldBlocks.getBegins();
        int got = copy(firstBlock, blockCount, dst, dstIndex);
        coldBlocks.getEnded(got);
        return got;
    }

    private int copy(long firstBlock, int blockCount, ByteBuf dst, int dstIndex) {
        int done = 0;
        while (done < blockCount) {
            int slot = found(firstBlock + done);
            if (slot == SlotTable.NONE) {
                return done;
            }
            CacheWriter.Put onItsWay = writer.onItsWay(slot);
            if (onItsWay != null) {
                if (!onItsWay.copy(slot, dst, dstIndex + done * Image.BLOCK_BYTES)) {
                    damaged(slot, firstBlock + done);
                    return done;
                }
                done++;
                continue;
            }
            int most = Math.min(blockCount - done, slab.together(slot));
            int run = 1;
            while (run < most && inSlab(firstBlock + done + run, slot + run)) {
                run++;
            }
            slab.copy(slot, run, dst, dstIndex + done * Image.BLOCK_BYTES);
            done += run;
        }
        return done;
    }

    /** Whether the block is in this slot, written and right. */
    private boolean inSlab(long block, int slot) {
        return table.blockIn(slot) == block && writer.onItsWay(slot) == null && found(block) == slot;
    }

    /** The block's slot, its bytes checked, or on their way into it. */
    private int found(long block) {
        int slot = closed ? SlotTable.NONE : table.slotOf(block);
        if (slot == SlotTable.NONE) {
            return SlotTable.NONE;
        }
        if (writer.onItsWay(slot) == null) {
            if (coldBlocks.isCold(slot)) {
                return SlotTable.NONE;
            }
            if (!slab.verify(slot, block)) {
                damaged(slot, block);
                return SlotTable.NONE;
            }
        }
        table.hit(slot);
        return slot;
    }

    /** The block's bytes are not what was put. */
    private void damaged(int slot, long block) {
        corrupt++;
        if (corrupt == 1) {
            LOG.warn("{}: block {} failed its check and is fetched again; later ones are counted", folder, block);
        }
        forget(slot);
    }

    @Override
    public int cold(long firstBlock, int blockCount) {
        int slot = closed ? SlotTable.NONE : table.slotOf(firstBlock);
        if (slot == SlotTable.NONE) {
            return 0;
        }
        int most = Math.min(Math.min(blockCount, CacheSlab.MOST_TOGETHER), slab.together(slot));
        int run = 0;
        while (run < most && table.slotOf(firstBlock + run) == slot + run && writer.onItsWay(slot + run) == null && coldBlocks.isCold(slot + run)) {
            run++;
        }
        return run;
    }

    @Override
    public void load(long firstBlock, int blockCount, Loaded loaded) {
        int slot = table.slotOf(firstBlock);
        int[] stamps = new int[blockCount];
        for (int i = 0; i < blockCount; i++) {
            stamps[i] = slab.stamp(slot + i);
        }
        coldBlocks.read(slot, blockCount, (bytes, failed) -> {
            boolean right = !closed;
            for (int i = 0; i < blockCount && !closed; i++) {
                right &= stillRight(firstBlock + i, slot + i, stamps[i], failed, bytes.slice(i * Image.BLOCK_BYTES, Image.BLOCK_BYTES));
            }
            loaded.loaded(right ? Unpooled.wrappedBuffer(bytes) : null);
        });
    }

    /** Whether a slot still has the block that was read from it. One that has it, in the version that was to be read, and other bytes, is damaged. */
    private boolean stillRight(long block, int slot, int stamp, IOException failed, ByteBuffer bytes) {
        if (table.slotOf(block) != slot || writer.onItsWay(slot) != null || slab.stamp(slot) != stamp) {
            return false;
        }
        if (failed != null || !slab.verify(slot, block, bytes)) {
            damaged(slot, block);
            return false;
        }
        table.hit(slot);
        return true;
    }

    @Override
    public boolean contains(long block) {
        return !closed && table.slotOf(block) != SlotTable.NONE;
    }

    @Override
    public int putRun(long firstBlock, int blockCount, long sequence, BlockBytes src, boolean evict) {
        int done = 0;
        while (done < blockCount && !closed && !broken && writer.hasRoom()) {
            long block = firstBlock + done;
            boolean present = table.slotOf(block) != SlotTable.NONE;
            int slot = take(block, evict);
            if (slot == SlotTable.NONE) {
                break;
            }
            int most = Math.min(Math.min(blockCount - done, CacheSlab.MOST_TOGETHER), slab.together(slot));
            long fresh = present ? 0 : 1;
            int run = 1;
            while (run < most) {
                boolean there = table.slotOf(block + run) == slot + run;
                if (!there && !follows(block + run, slot + run, evict)) {
                    break;
                }
                fresh |= there ? 0 : 1L << run;
                run++;
            }
            writer.put(slot, run, block, sequence, src.from(done), fresh);
            puts += run;
            done += run;
        }
        return done;
    }

    /** The slot of a block that is about to be written: the one it has, or one that is free or given up for it; none where there is none. */
    private int take(long block, boolean evict) {
        int slot = table.slotOf(block);
        if (slot != SlotTable.NONE) {
            return slot;
        }
        if (withoutRoom > 0) {
            withoutRoom--;
            slot = evict ? table.occupiedVictim() : SlotTable.NONE;
            if (slot != SlotTable.NONE) {
                replace(slot, block);
            }
            return slot;
        }
        if (table.isFull()) {
            if (!evict) {
                return SlotTable.NONE;
            }
            forget(table.victim());
            evictions++;
        }
        slot = table.freeSlotFor(block);
        table.put(block, slot);
        return slot;
    }

    private void replace(int slot, long block) {
        forget(slot);
        evictions++;
        table.put(block, slot);
    }

    /** Has this slot take this block, which is not in it, where that asks for no other: it is free, or the next to be given up. */
    private boolean follows(long block, int slot, boolean evict) {
        if (table.slotOf(block) != SlotTable.NONE) {
            return false;
        }
        if (withoutRoom > 0) {
            return false;
        }
        if (table.isFull() && evict && table.isNextVictim(slot)) {
            forget(table.victim());
            evictions++;
        }
        if (table.blockIn(slot) != SlotTable.NONE) {
            return false;
        }
        table.put(block, slot);
        return true;
    }

    private void forget(int slot) {
        writer.forget(slot, table.blockIn(slot));
        table.remove(slot);
    }

    @Override
    public CompletableFuture<Scrubbed> scrub(long from, int blocks) {
        return closed
            ? CompletableFuture.completedFuture(new Scrubbed(-1, 0, new long[0]))
            : new CacheScrub(table, slab, home).run(from, blocks, blocking, this::forgetIfWrong);
    }

    private boolean forgetIfWrong(int slot) {
        long block = closed ? SlotTable.NONE : table.blockIn(slot);
        if (block == SlotTable.NONE || writer.onItsWay(slot) != null || slab.verify(slot, block)) {
            return false;
        }
        corrupt++;
        LOG.warn("{}: block {} failed its check when it was scrubbed, and is fetched again", folder, block);
        forget(slot);
        return true;
    }

    @Override
    public void invalidate(long firstBlock, long blockCount) {
        if (closed) {
            return;
        }
        if (blockCount < table.slots()) {
            for (long block = firstBlock; block < firstBlock + blockCount; block++) {
                int slot = table.slotOf(block);
                if (slot != SlotTable.NONE) {
                    forget(slot);
                }
            }
            return;
        }
        for (int slot = 0; slot < table.slots(); slot++) {
            long block = table.blockIn(slot);
            if (block != SlotTable.NONE && block - firstBlock >= 0 && block - firstBlock < blockCount) {
                forget(slot);
            }
        }
    }

    @Override
    public void clear() {
        invalidate(0, Long.MAX_VALUE);
        advance(null);
    }

    @Override
    public HistoryPoint point() {
        return point;
    }

    @Override
    public boolean isBehind() {
        return writer.isBehind();
    }

    @Override
    public void advance(HistoryPoint newPoint) {
        if (!closed) {
            point = newPoint;
            writer.advance(newPoint);
        }
    }

    @Override
    public void checkpoint() {
        // The files' point, not the newer one of the calls: what was put before it is in the files.
        HistoryPoint upTo = state.point();
        if (closed || broken || checkpointing || upTo == null || upTo.equals(lastCheckpoint) && puts == putsAtCheckpoint) {
            return;
        }
        checkpointing = true;
        lastCheckpoint = upTo;
        putsAtCheckpoint = puts;
        try {
            blocking.execute(() -> {
                sync(upTo);
                home.execute(() -> checkpointing = false);
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: no checkpoint any more: {}", folder, e.getMessage());
        }
    }

    private void sync(HistoryPoint upTo) {
        try {
            files.checkpoint(upTo);
        } catch (IOException e) {
            LOG.warn("{}: no checkpoint could be made: {}", folder, e.getMessage());
        }
    }

    @Override
    public CacheStats stats() {
        return new CacheStats(table.used(), table.slots(), puts, evictions, corrupt);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        writer.finish();
        try {
            files.close(true);
            LOG.info("{}: cache closed, {} blocks", folder, table.used());
        } catch (IOException | RuntimeException e) {
            LOG.warn("{}: cache was not closed cleanly: {}", folder, e.getMessage());
        }
    }
}

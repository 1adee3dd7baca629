package io.spindrift.volume.destage;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.image.Batch;
import io.spindrift.image.BlockChecksums;
import io.spindrift.image.Image;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.ReadPriority;
import io.spindrift.image.ReadResult;
import io.spindrift.journal.Journal;
import io.spindrift.journal.JournalCorruptException;
import io.spindrift.journal.JournalVisitor;
import io.spindrift.volume.fetch.ImageView;
import io.spindrift.volume.map.DirtyMap;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Cuts one batch: walks the journal from the last cut on into a dirty map of its own, copies the last version of each block, and fills blocks that
 * the cut knows in part. All of it in slices, so that guests are served in between.
 *
 * <p><b>What fills a block.</b> A cut begins where the one before ended, so what its writes lie upon is the image with every earlier batch applied:
 * zeros where this cut unmapped the block first; else the newest earlier batch that the image may not have yet; else the cache, which is a copy of
 * the image and only follows it when a batch is let go; else the image itself. No batch under way has the block then, and none can come before this
 * one, so the image's version can't change until this one is applied.
 *
 * <p>Made by the {@link Destager} for one cut; lives on the home loop; done when it told its outcome or was {@link #stop}ped.
 */
final class BatchBuilder implements JournalVisitor {
    private static final int RECORDS_A_SLICE = 512;
    private static final int BLOCKS_A_SLICE = 64;
    private static final long RETRY_MS = 500;

    /** Hears how it ended. */
    interface Outcome {
        /** The newest batch before this one that has the block copies it. */
        boolean earlier(long block, ByteBuf dst, int dstIndex);

        void sealed(SealedBatch batch);

        void corrupt(JournalCorruptException failure);

        void failed(ImageException failure);
    }

    private final EventExecutor home;
    private final BatchMemory memory;
    private final Journal journal;
    private final ImageView view;
    private final Outcome outcome;
    private final int maxBlocks;
    private final DirtyMap cut = new DirtyMap();
    private final long from;
    private long target;
    private long to;
    private long endPosition;
    private int steps;
    private boolean full;
    private long[] blocks;
    private int[] checksums;
    private ByteBuf[] chunks;
    private int copied;
    private int[] missing = new int[16];
    private int missingCount;
    private int filled;
    private boolean stopped;

    BatchBuilder(DestageHost host, Journal journal, ImageView view, int batchBytes, long from, Outcome outcome) {
        this.home = host.home();
        this.memory = host.memory();
        this.journal = journal;
        this.view = view;
        this.maxBlocks = batchBytes / Image.BLOCK_BYTES;
        this.from = from;
        this.to = from;
        this.outcome = outcome;
    }

    void start() {
        target = journal.lastSequence();
        walk();
    }

    /** Gives up; the outcome is not told. */
    void stop() {
        stopped = true;
        releaseChunks();
    }

    private void walk() {
        if (stopped) {
            return;
        }
        steps = 0;
        try {
            journal.replay(to, this);
        } catch (JournalCorruptException corrupt) {
            stop();
            outcome.corrupt(corrupt);
            return;
        }
        if (full || to >= target || steps == 0) {
            prepare();
        } else {
            home.execute(this::walk);
        }
    }

    @Override
    public boolean record(long sequence, long lba, long sectorCount, long dataPosition, boolean unmap) {
        if (sequence > target || steps == RECORDS_A_SLICE) {
            return false;
        }
        if (to > from && !fits(lba, sectorCount, unmap)) {
            full = true;
            return false;
        }
        if (unmap) {
            cut.unmap(lba, sectorCount, sequence);
        } else {
            cut.write(lba, sectorCount, dataPosition);
            endPosition = dataPosition + sectorCount * DirtyMap.SECTOR_BYTES;
        }
        to = sequence;
        steps++;
        return true;
    }

    /** A record is never split, so one that would go past a limit begins the next batch. */
    private boolean fits(long lba, long sectorCount, boolean unmap) {
        long first = lba / DirtyMap.SECTORS;
        long end = (lba + sectorCount + DirtyMap.SECTORS - 1) / DirtyMap.SECTORS;
        long added = unmap ? 2 : end - first;
        if (!unmap && cut.dataBlocks() + added > maxBlocks) {
            added = 0;
            for (long block = first; block < end; block++) {
                added += cut.hasData(block) ? 0 : 1;
            }
        }
        long data = cut.dataBlocks() + added;
        int zeros = cut.zeroExtents() + (unmap ? 2 : 0);
        // Every block may be an extent of its own, and may cut an unmapped one in two.
        long extents = zeros == 0 ? data : 2 * data + zeros;
        return data <= maxBlocks && extents <= Batch.MAX_EXTENTS;
    }

    private void prepare() {
        blocks = cut.sortedBlocks();
        checksums = new int[blocks.length];
        memory.take(blocks.length, home, pieces -> {
            chunks = pieces;
            if (stopped) {
                releaseChunks();
            } else {
                home.execute(this::copy);
            }
        });
    }

    private void copy() {
        if (stopped) {
            return;
        }
        int end = Math.min(blocks.length, copied + BLOCKS_A_SLICE);
        try {
            while (copied < end) {
                copied += copyAt(copied, end);
            }
        } catch (JournalCorruptException corrupt) {
            stop();
            outcome.corrupt(corrupt);
            return;
        }
        if (copied < blocks.length) {
            home.execute(this::copy);
        } else {
            fill();
        }
    }

    private int copyAt(int at, int end) throws JournalCorruptException {
        long position = cut.wholePosition(blocks[at]);
        ByteBuf chunk = chunks[at / SealedBatch.CHUNK_BLOCKS];
        int index = SealedBatch.offset(at);
        if (position >= 0) {
            int limit = Math.min(end - at, SealedBatch.CHUNK_BLOCKS - at % SealedBatch.CHUNK_BLOCKS);
            int run = cut.adjacentRun(blocks[at], position, limit);
            journal.read(position, run * DirtyMap.BLOCK_BYTES, chunk, index);
            journal.checksums(position, run, checksums, at);
            return run;
        }
        long[] sectors = cut.partial(blocks[at]);
        if (needsBase(sectors) && !base(blocks[at], chunk, index)) {
            if (missingCount == missing.length) {
                missing = Arrays.copyOf(missing, 2 * missingCount);
            }
            missing[missingCount++] = at;
        } else {
            Sectors.overlay(journal, sectors, chunk, index);
            checksums[at] = BlockChecksums.of(chunk, index);
        }
        return 1;
    }

    private static boolean needsBase(long[] sectors) {
        for (long sector : sectors) {
            if (sector == DirtyMap.ABSENT) {
                return true;
            }
        }
        return false;
    }

    private boolean base(long block, ByteBuf dst, int index) {
        if (cut.zero(block)) {
            dst.setZero(index, DirtyMap.BLOCK_BYTES);
            return true;
        }
        if (outcome.earlier(block, dst, index) || view.cache().get(block, 1, dst, index) == 1) {
            return true;
        }
        if (view.extents().zeroRun(block, 1) == 1) {
            dst.setZero(index, DirtyMap.BLOCK_BYTES);
            return true;
        }
        return false;
    }

    /** Reads the next run of blocks that only the image has. */
    private void fill() {
        if (stopped) {
            return;
        }
        if (filled == missingCount) {
            seal();
            return;
        }
        long first = blocks[missing[filled]];
        int run = 1;
        while (filled + run < missingCount && run < BLOCKS_A_SLICE && blocks[missing[filled + run]] == first + run) {
            run++;
        }
        view.image().read(first, run, ReadPriority.PREFETCH).whenComplete((result, thrown) -> {
            if (thrown != null) {
                fillFailed(ImageException.of(thrown));
            } else {
                take(result);
            }
        });
    }

    private void take(ReadResult result) {
        try {
            if (stopped) {
                return;
            }
            int count = result.data().readableBytes() / DirtyMap.BLOCK_BYTES;
            for (int block = 0; block < count; block++) {
                int at = missing[filled++];
                ByteBuf chunk = chunks[at / SealedBatch.CHUNK_BLOCKS];
                int index = SealedBatch.offset(at);
                chunk.setBytes(index, result.data(), result.data().readerIndex() + block * DirtyMap.BLOCK_BYTES, DirtyMap.BLOCK_BYTES);
                Sectors.overlay(journal, cut.partial(blocks[at]), chunk, index);
                checksums[at] = BlockChecksums.of(chunk, index);
            }
        } catch (JournalCorruptException corrupt) {
            stop();
            outcome.corrupt(corrupt);
            return;
        } finally {
            result.data().release();
        }
        home.execute(this::fill);
    }

    private void fillFailed(ImageException failure) {
        if (stopped) {
            return;
        }
        if (failure.failure() == ImageFailure.UNAVAILABLE || failure.failure() == ImageFailure.FULL) {
            home.schedule(this::fill, RETRY_MS, TimeUnit.MILLISECONDS);
        } else {
            stop();
            outcome.failed(failure);
        }
    }

    private void seal() {
        SealedBatch batch = new SealedBatch(from, to, endPosition, cut, blocks, checksums, chunks);
        chunks = null;
        outcome.sealed(batch);
    }

    private void releaseChunks() {
        if (chunks != null) {
            for (ByteBuf chunk : chunks) {
                chunk.release();
            }
            chunks = null;
        }
    }
}

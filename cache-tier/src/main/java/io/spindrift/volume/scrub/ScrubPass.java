package io.spindrift.volume.scrub;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.image.BlockChecksums;
import io.spindrift.image.BlockRun;
import io.spindrift.image.Damage;
import io.spindrift.image.Damage.Blocks;
import io.spindrift.image.Damage.Harm;
import io.spindrift.image.Image;
import io.spindrift.image.ImageException;
import io.spindrift.image.ReadPriority;
import io.spindrift.image.RunPage;
import io.spindrift.journal.Journal;
import io.spindrift.volume.fetch.ImageView;
import io.spindrift.volume.map.DirtyMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One pass: the journal's records, the cache's slots, and, where asked for, the image's blocks, in steps of a MiB. Made by {@link Scrubber}, on the home loop. */
final class ScrubPass {
    private static final int STEP_BYTES = 1 << 20;
    private static final int STEP_BLOCKS = STEP_BYTES / Image.BLOCK_BYTES;
    private static final long YIELD_MS = 20;
    private static final int MOST_YIELDS = 50;

    private final Parts parts;
    private final long bytesPerSecond;
    private final boolean image;
    private final boolean repair;
    private final List<Damage> damages = new ArrayList<>();
    private final ArrayDeque<BlockRun> runs = new ArrayDeque<>();
    private final CompletableFuture<ScrubReport> done = new CompletableFuture<>();
    private long bytes;
    private long damaged;
    private long repaired;
    private int yields;
    private boolean stopped;

    /** What a pass looks at. */
    record Parts(EventExecutor home, String image, Journal journal, DirtyMap dirty, ImageView view, BooleanSupplier busy) {}

    /** @param bytesPerSecond 0 for as fast as it goes */
    ScrubPass(Parts parts, long bytesPerSecond, boolean image, boolean repair) {
        this.parts = parts;
        this.bytesPerSecond = bytesPerSecond;
        this.image = image;
        this.repair = repair;
    }

    CompletableFuture<ScrubReport> done() {
        return done;
    }

    long bytes() {
        return bytes;
    }

    long damaged() {
        return damaged;
    }

    void start() {
        parts.home.execute(() -> journal(0));
    }

    void stop() {
        stopped = true;
        end("the volume ends");
    }

    private void end(String why) {
        done.complete(new ScrubReport(bytes, List.copyOf(damages), repaired, why));
    }

    /** Goes on after a step of so many bytes, when the rate allows it and no guest waits. */
    private void next(long read, Runnable step) {
        bytes += read;
        long delayMs = bytesPerSecond == 0 ? 0 : read * 1000 / bytesPerSecond;
        yields = 0;
        parts.home.schedule(() -> go(step), delayMs, TimeUnit.MILLISECONDS);
    }

    private void go(Runnable step) {
        if (stopped) {
            return;
        }
        if (parts.busy.getAsBoolean() && yields++ < MOST_YIELDS) {
            parts.home.schedule(() -> go(step), YIELD_MS, TimeUnit.MILLISECONDS);
        } else {
            step.run();
        }
    }

    private void tell(Damage.Part part, Harm harm, long firstBlock, long blockCount, String place, String what) {
        damaged += blockCount;
        if (damages.size() < ScrubReport.MOST) {
            damages.add(new Damage(part, harm, new Blocks(parts.image, firstBlock, blockCount), place, 0, what));
        }
    }

    private void journal(long from) {
        parts.journal.scrub(from, STEP_BYTES).thenAccept(step -> {
            for (Journal.Piece piece : step.damaged()) {
                tell(Damage.Part.JOURNAL, Harm.REFUSED, piece.lba() / DirtyMap.SECTORS, 1, "the journal", piece.what());
            }
            next(step.bytes(), step.next() < 0 ? () -> cache(0) : () -> journal(step.next()));
        });
    }

    private void cache(long from) {
        parts.view.cache().scrub(from, STEP_BLOCKS).thenAccept(step -> {
            for (long block : step.damaged()) {
                refetch(block);
            }
            next(step.bytes(), step.next() >= 0 ? () -> cache(step.next()) : image ? () -> allocated(0) : () -> end(""));
        });
    }

    /** A cache's block has its good copy in the image. */
    private void refetch(long block) {
        tell(Damage.Part.CACHE, Harm.REPLACED, block, 1, "the cache", "failed its check and is fetched again");
        if (!stopped && parts.dirty.cleanRun(block, 1) == 1) {
            parts.view.fetches().fetch(block, 1, ReadPriority.BULK, true);
            repaired++;
        }
    }

    private void allocated(long from) {
        parts.view.image().info().thenCompose(info -> {
            long blocks = info.sizeBytes() / Image.BLOCK_BYTES;
            return from >= blocks ? CompletableFuture.completedFuture((RunPage) null) : parts.view.image().extents(from, blocks - from);
        }).whenComplete((page, thrown) -> {
            if (thrown != null) {
                end("the image can't be asked: " + ImageException.of(thrown).getMessage());
            } else if (page == null) {
                end("");
            } else {
                runs.addAll(page.runs());
                verify(page.nextBlock());
            }
        });
    }

    private void verify(long nextPage) {
        BlockRun run = runs.poll();
        if (run == null) {
            next(0, () -> allocated(nextPage));
            return;
        }
        int count = (int) Math.min(run.blockCount(), STEP_BLOCKS);
        if (count < run.blockCount()) {
            runs.addFirst(new BlockRun(run.firstBlock() + count, run.blockCount() - count));
        }
        parts.view.image().verify(run.firstBlock(), count).whenComplete((bad, thrown) -> {
            if (thrown != null) {
                end("the image can't be read: " + ImageException.of(thrown).getMessage());
                return;
            }
            mend(new ArrayDeque<>(bad.runs()), () -> next((long) count * Image.BLOCK_BYTES, () -> verify(nextPage)));
        });
    }

    /** One damaged run after the other; a block that is cached and not being written is offered. */
    private void mend(ArrayDeque<BlockRun> bad, Runnable then) {
        BlockRun run = bad.poll();
        if (run == null) {
            then.run();
            return;
        }
        if (run.blockCount() > 1) {
            bad.addFirst(new BlockRun(run.firstBlock() + 1, run.blockCount() - 1));
        }
        long block = run.firstBlock();
        tell(Damage.Part.STORE, Harm.REFUSED, block, 1, "the image", "fails its checksum where it is kept");
        ByteBuf copy = PooledByteBufAllocator.DEFAULT.directBuffer(Image.BLOCK_BYTES, Image.BLOCK_BYTES).writerIndex(Image.BLOCK_BYTES);
        boolean offered = repair && !stopped && parts.dirty.cleanRun(block, 1) == 1 && parts.view.cache().get(block, 1, copy, 0) == 1;
        if (!offered) {
            copy.release();
            mend(bad, then);
            return;
        }
        parts.view.image().repair(block, copy, BlockChecksums.ofAll(copy)).whenComplete((taken, thrown) -> {
            repaired += thrown == null ? taken : 0;
            mend(bad, then);
        });
    }
}

package io.spindrift.engine.read;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.spindrift.engine.log.Failures;
import io.spindrift.engine.log.ImageLoader;
import io.spindrift.engine.map.BlockMap;
import io.spindrift.engine.map.Place;
import io.spindrift.image.Image;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.ReadPriority;
import io.spindrift.image.ReadResult;
import io.spindrift.image.ReadResult.OwnedRun;
import io.spindrift.store.SegmentStore;
import io.spindrift.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Reads one image's blocks. Made by the image, lives on the engine's loop. */
public final class BlockReader {
    /** Runs that one task on the blocking executor reads one after the other. */
    private static final int RUNS_OF_TASK = 32;
    private static final int MAX_PLANS = 3;

    private final UUID imageId;
    private final Supplier<BlockMap> map;
    private final ReadQueue queue;
    private final IndexCache indexes;
    private final RunReader reader;

    public BlockReader(UUID imageId, Supplier<BlockMap> map, ReadQueue queue, IndexCache indexes, SegmentStore store, ImageLoader loader) {
        this.imageId = imageId;
        this.map = map;
        this.queue = queue;
        this.indexes = indexes;
        reader = new RunReader(store, loader, imageId);
    }

    /** The range was checked. The result's buffer is the receiver's. */
    public CompletableFuture<ReadResult> read(long firstBlock, int blockCount, ReadPriority priority) {
        ByteBuf data = ByteBufAllocator.DEFAULT.directBuffer(blockCount * Image.BLOCK_BYTES, blockCount * Image.BLOCK_BYTES);
        data.writerIndex(blockCount * Image.BLOCK_BYTES);
        CompletableFuture<ReadResult> result = new CompletableFuture<>();
        attempt(new Attempt(firstBlock, blockCount, priority, data, new int[blockCount], result), 1);
        return result;
    }

    private record Attempt(long firstBlock, int blockCount, ReadPriority priority, ByteBuf data, int[] checksums,
            CompletableFuture<ReadResult> result) {}

    private void attempt(Attempt attempt, int plan) {
        List<ReadRun> runs = new ArrayList<>();
        List<OwnedRun> owned = new ArrayList<>();
        plan(attempt, runs, owned);
        if (runs.isEmpty()) {
            attempt.result.complete(new ReadResult(attempt.data, owned, attempt.checksums));
            return;
        }
        List<CompletableFuture<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < runs.size(); i += RUNS_OF_TASK) {
            tasks.add(task(attempt, runs.subList(i, Math.min(runs.size(), i + RUNS_OF_TASK))));
        }
        CompletableFuture.allOf(tasks.toArray(CompletableFuture[]::new)).whenComplete((nothing, failure) -> {
            if (failure == null) {
                attempt.result.complete(new ReadResult(attempt.data, owned, attempt.checksums));
            } else if (isAbsent(failure) && plan < MAX_PLANS) {
                // Its blocks were moved and the segment deleted since the map was looked at.
                attempt(attempt, plan + 1);
            } else {
                attempt.data.release();
                attempt.result.completeExceptionally(asImageFailure(attempt, failure));
            }
        });
    }

    private static boolean isAbsent(Throwable failure) {
        return failure.getCause() instanceof StoreException store && store.kind() == StoreException.Kind.ABSENT;
    }

    private ImageException asImageFailure(Attempt attempt, Throwable failure) {
        ImageException known = Failures.of(failure);
        return isAbsent(failure)
                ? new ImageException(ImageFailure.CORRUPT,
                        "image " + imageId + ", blocks from " + attempt.firstBlock + ": " + known.getMessage(), known)
                : known;
    }

    private void plan(Attempt attempt, List<ReadRun> runs, List<OwnedRun> owned) {
        int at = 0;
        while (at < attempt.blockCount) {
            long first = attempt.firstBlock + at;
            long place = map.get().get(first);
            int count = 1;
            while (at + count < attempt.blockCount && map.get().get(first + count) == (place == Place.NONE ? place : place + count)) {
                count++;
            }
            int destination = at * Image.BLOCK_BYTES;
            if (place == Place.NONE) {
                attempt.data.setZero(destination, count * Image.BLOCK_BYTES);
            } else {
                runs.add(new ReadRun(first, count, Place.number(place), Place.slot(place), destination));
            }
            own(owned, first, count, place == Place.NONE ? null : imageId);
            at += count;
        }
    }

    private static void own(List<OwnedRun> owned, long first, int count, UUID owner) {
        OwnedRun last = owned.isEmpty() ? null : owned.get(owned.size() - 1);
        if (last != null && last.owner() == owner) {
            owned.set(owned.size() - 1, new OwnedRun(last.firstBlock(), last.blockCount() + count, owner));
        } else {
            owned.add(new OwnedRun(first, count, owner));
        }
    }

    private CompletableFuture<Void> task(Attempt attempt, List<ReadRun> runs) {
        SegmentIndex[] known = new SegmentIndex[runs.size()];
        for (int i = 0; i < known.length; i++) {
            known[i] = indexes.get(imageId, runs.get(i).number());
        }
        return queue.submit(attempt.priority, () -> {
            SegmentIndex[] used = new SegmentIndex[known.length];
            for (int i = 0; i < used.length; i++) {
                ReadRun run = runs.get(i);
                boolean asBefore = i > 0 && runs.get(i - 1).number() == run.number();
                SegmentIndex index = known[i] != null ? known[i] : asBefore ? used[i - 1] : null;
                used[i] = reader.read(run, attempt.data.nioBuffer(run.destination(), run.blockCount() * Image.BLOCK_BYTES), index);
            }
            return used;
        }).thenAccept(used -> remember(attempt, runs, known, used));
    }

    private void remember(Attempt attempt, List<ReadRun> runs, SegmentIndex[] known, SegmentIndex[] used) {
        for (int i = 0; i < used.length; i++) {
            ReadRun run = runs.get(i);
            System.arraycopy(used[i].checksums(), run.slot(), attempt.checksums, run.destination() / Image.BLOCK_BYTES, run.blockCount());
            if (known[i] == null) {
                indexes.put(imageId, run.number(), used[i]);
            }
        }
    }
}

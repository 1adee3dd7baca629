package io.spindrift.engine;

import io.netty.util.concurrent.ScheduledFuture;
import io.spindrift.engine.format.ObjectNames;
import io.spindrift.engine.log.CheckpointWriter;
import io.spindrift.engine.log.Failures;
import io.spindrift.engine.log.ImageChain;
import io.spindrift.engine.map.LiveTable;
import io.spindrift.image.Image;
import io.spindrift.store.StoredObject;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one image's log short: checkpoints, compaction, and the deletion of what nothing needs any more. One thing at a time. Looks for work
 * whenever the log has grown, and once more when it has been quiet for a while. Made by the image, lives on the engine's loop.
 */
final class ImageUpkeep {
    private static final Logger LOG = LoggerFactory.getLogger(ImageUpkeep.class);
    /** Whatever the size of the checkpoint, the log above it never gets longer than this. */
    private static final long MAX_ENTRIES = 16_384;
    private static final int BYTES_OF_CHANGE = 8;
    private static final int DELETES_OF_TASK = 64;
    private static final int LIST_PAGE = 1000;
    /** Dead bytes for which a checkpoint is written while the log grows, and when it is quiet: at least this, and so many checkpoints' worth. */
    private static final long BUSY_GAIN_BYTES = 64L << 20;
    private static final long QUIET_GAIN_BYTES = 64L << 10;
    private static final int GAIN_FACTOR = 8;
    /** How long and how often compaction gives way to guests. */
    private static final long YIELD_MS = 20;
    private static final int MAX_YIELDS = 10;
    private static final int QUIET_ROUNDS = 3;

    private final SegmentedImage image;
    private final EngineParts parts;
    private final SegmentCompactor compactor;
    private CompletableFuture<Void> running = CompletableFuture.completedFuture(null);
    private ScheduledFuture<?> quiet;
    private long quietNumber;
    private boolean closed;

    ImageUpkeep(SegmentedImage image, EngineParts parts) {
        this.image = image;
        this.parts = parts;
        compactor = new SegmentCompactor(image, parts);
    }

    boolean idle() {
        return running.isDone() && quiet == null;
    }

    CompletableFuture<Void> close() {
        closed = true;
        if (quiet != null) {
            quiet.cancel(false);
            quiet = null;
        }
        return running;
    }

    /** The log has grown. */
    void grown() {
        if (quiet == null && !closed) {
            armQuiet();
        }
        next();
    }

    /** The lease was given back: what can be freed is freed at once, because perhaps nobody comes here again. */
    void released() {
        parts.calls.loop().execute(() -> run(this::settle));
    }

    private void next() {
        if (checkpointDue()) {
            run(() -> checkpoint(image.chain()));
        } else if (compactor.due()) {
            run(() -> compact(0));
        }
    }

    /** Looks for more as long as there is something to do and it goes well. */
    private void run(Supplier<CompletableFuture<Boolean>> work) {
        if (closed || !running.isDone() || !image.mayTidy()) {
            return;
        }
        CompletableFuture<Void> ended = new CompletableFuture<>();
        running = ended;
        work.get().whenComplete((didSomething, failure) -> {
            if (failure != null) {
                LOG.warn("{}: upkeep: {}; tried again later", image.address(), Failures.of(failure).getMessage());
            } else if (didSomething && !closed) {
                parts.calls.loop().execute(this::next);
            }
            ended.complete(null);
        });
    }

    private boolean checkpointDue() {
        ImageChain chain = image.chain();
        long entries = chain.history().number() - chain.checkpointNumber();
        boolean worth = chain.changesSince() * BYTES_OF_CHANGE >= chain.checkpointBytes() / 2;
        long enoughDead = Math.max(BUSY_GAIN_BYTES, chain.live().totalLive() * Image.BLOCK_BYTES / 4);
        return entries >= parts.settings.checkpointEvery() && worth || entries >= MAX_ENTRIES || entries > 0 && gains(enoughDead);
    }

    /** Whether so much is dead that writing checkpoints for it pays. */
    private boolean gains(long bytes) {
        ImageChain chain = image.chain();
        long checkpoint = Math.max(chain.checkpointBytes(), chain.live().totalLive() * BYTES_OF_CHANGE);
        return chain.live().deadSlots() * Image.BLOCK_BYTES >= Math.max(bytes, GAIN_FACTOR * checkpoint);
    }

    private void armQuiet() {
        quietNumber = image.chain().history().number();
        quiet = parts.calls.loop().schedule(this::quietPassed, parts.settings.quietAfter().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void quietPassed() {
        quiet = null;
        boolean stillBusy = image.chain().history().number() != quietNumber || !running.isDone();
        if (!closed && stillBusy) {
            armQuiet();
        } else {
            run(this::settle);
        }
    }

    /** Frees what can be freed without anybody writing: after this, what is dead now lies below two checkpoints. */
    private CompletableFuture<Boolean> settle() {
        return settle(image.chain(), 1);
    }

    private CompletableFuture<Boolean> settle(ImageChain chain, int round) {
        return dropDead(chain).thenCompose(nothing -> {
            if (round > QUIET_ROUNDS || !isMine(chain) || !gains(QUIET_GAIN_BYTES)) {
                return CompletableFuture.completedFuture(round > 1);
            }
            boolean atCheckpoint = chain.history().number() == chain.checkpointNumber();
            CompletableFuture<Void> number = atCheckpoint ? compactor.appendNothing() : CompletableFuture.completedFuture(null);
            return number.thenCompose(put -> checkpoint(chain))
                    .thenCompose(mine -> mine ? settle(chain, round + 1) : CompletableFuture.completedFuture(false));
        });
    }

    private boolean isMine(ImageChain chain) {
        return !closed && chain == image.chain() && image.mayTidy();
    }

    private CompletableFuture<Boolean> compact(int yields) {
        boolean guests = !parts.reads.idle() || !image.tail().idle();
        if (closed) {
            return CompletableFuture.completedFuture(false);
        }
        if (parts.compacting || guests && yields < MAX_YIELDS && !compactor.urgent()) {
            return later(() -> compact(yields + 1));
        }
        parts.compacting = true;
        return compactor.step().whenComplete((moved, failure) -> parts.compacting = false);
    }

    private CompletableFuture<Boolean> later(Supplier<CompletableFuture<Boolean>> work) {
        CompletableFuture<Void> passed = new CompletableFuture<>();
        parts.calls.loop().schedule(() -> passed.complete(null), YIELD_MS, TimeUnit.MILLISECONDS);
        return passed.thenCompose(nothing -> work.get());
    }

    /** @return whether it is the newest now */
    private CompletableFuture<Boolean> checkpoint(ImageChain chain) {
        return new CheckpointWriter(chain, parts.calls, parts.store, parts.newNonce()).run()
                .thenCompose(mine -> mine ? tidy(chain).thenApply(nothing -> true) : CompletableFuture.completedFuture(false));
    }

    /** Old checkpoints but the last two, and the entries below those two that hold nothing live. */
    private CompletableFuture<Void> tidy(ImageChain chain) {
        long newest = chain.checkpointNumber();
        long previous = chain.previousCheckpoint();
        return parts.calls.call(() -> {
            dropOldCheckpoints(newest, previous);
            return null;
        }).thenCompose(nothing -> dropDead(chain));
    }

    private CompletableFuture<Void> dropDead(ImageChain chain) {
        LiveTable live = chain.live();
        return dropDead(chain, live.numbers(chain.previousCheckpoint(), number -> live.liveOf(number) == 0), 0);
    }

    private void dropOldCheckpoints(long newest, long previous) throws java.io.IOException {
        for (StoredObject manifest : parts.store.list(ObjectNames.manifests(image.imageId()), "", LIST_PAGE)) {
            long number = ObjectNames.manifestNumber(image.imageId(), manifest.name());
            if (number >= 0 && number < previous) {
                parts.store.delete(manifest.name());
            }
        }
        String prefix = ObjectNames.pieces(image.imageId());
        for (StoredObject piece : parts.store.list(prefix, "", LIST_PAGE)) {
            int dash = piece.name().indexOf('-', prefix.length());
            long number = dash < 0 ? -1 : ObjectNames.number(prefix, piece.name().substring(0, dash));
            if (number >= 0 && number < newest && number != previous) {
                parts.store.delete(piece.name());
            }
        }
    }

    private CompletableFuture<Void> dropDead(ImageChain chain, long[] numbers, int from) {
        if (from >= numbers.length || !isMine(chain)) {
            return CompletableFuture.completedFuture(null);
        }
        int to = Math.min(numbers.length, from + DELETES_OF_TASK);
        return parts.calls.call(() -> {
            for (int i = from; i < to; i++) {
                parts.store.delete(ObjectNames.logEntry(image.imageId(), numbers[i]));
            }
            return null;
        }).thenCompose(nothing -> {
            for (int i = from; i < to; i++) {
                chain.live().remove(numbers[i]);
            }
            return dropDead(chain, numbers, to);
        });
    }
}

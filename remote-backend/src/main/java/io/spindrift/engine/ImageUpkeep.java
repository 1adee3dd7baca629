package io.spindrift.engine;

import io.spindrift.engine.format.ObjectNames;
import io.spindrift.engine.log.CheckpointWriter;
import io.spindrift.engine.log.Failures;
import io.spindrift.engine.log.ImageChain;
import io.spindrift.store.StoredObject;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one image's log short: checkpoints, and the deletion of what nothing needs any more. One thing at a time. Made by the image, lives on
 * the engine's loop.
 */
final class ImageUpkeep {
    private static final Logger LOG = LoggerFactory.getLogger(ImageUpkeep.class);
    /** Whatever the size of the checkpoint, the log above it never gets longer than this. */
    private static final long MAX_ENTRIES = 16_384;
    private static final int BYTES_OF_CHANGE = 8;
    private static final int DELETES_OF_TASK = 64;
    private static final int LIST_PAGE = 1000;

    private final SegmentedImage image;
    private final EngineParts parts;
    private CompletableFuture<Void> running = CompletableFuture.completedFuture(null);
    private boolean closed;

    ImageUpkeep(SegmentedImage image, EngineParts parts) {
        this.image = image;
        this.parts = parts;
    }

    boolean idle() {
        return running.isDone();
    }

    CompletableFuture<Void> close() {
        closed = true;
        return running.handle((nothing, failure) -> null);
    }

    /** The log has grown. */
    void grown() {
        if (!closed && running.isDone() && due() && image.mayTidy()) {
            running = checkpoint();
        }
    }

    private boolean due() {
        ImageChain chain = image.chain();
        long entries = chain.history().number() - chain.checkpointNumber();
        boolean worth = chain.changesSince() * BYTES_OF_CHANGE >= chain.checkpointBytes() / 2;
        return entries >= parts.settings.checkpointEvery() && worth || entries >= MAX_ENTRIES;
    }

    private CompletableFuture<Void> checkpoint() {
        ImageChain chain = image.chain();
        return new CheckpointWriter(chain, parts.calls, parts.store, parts.newNonce()).run()
                .thenCompose(mine -> mine ? tidy(chain) : CompletableFuture.completedFuture(null))
                .handle((nothing, failure) -> {
                    if (failure != null) {
                        LOG.warn("{}: no checkpoint: {}; tried again later", image.address(), Failures.of(failure).getMessage());
                    }
                    return null;
                });
    }

    /** Old checkpoints but the last two, and the entries below those two that hold nothing live. */
    private CompletableFuture<Void> tidy(ImageChain chain) {
        long newest = chain.checkpointNumber();
        long previous = chain.previousCheckpoint();
        return parts.calls.call(() -> {
            dropOldCheckpoints(newest, previous);
            return null;
        }).thenCompose(nothing -> dropDead(chain, chain.live().numbers(previous, number -> chain.live().liveOf(number) == 0), 0));
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
        if (from >= numbers.length || closed || chain != image.chain() || !image.mayTidy()) {
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

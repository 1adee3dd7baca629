package io.spindrift.engine;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.engine.format.FormatException;
import io.spindrift.engine.format.FramedFormat;
import io.spindrift.engine.format.ObjectNames;
import io.spindrift.engine.log.Failures;
import io.spindrift.engine.log.ImageHistory;
import io.spindrift.image.Batch;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.ImageInfo;
import io.spindrift.image.Lease;
import io.spindrift.image.LeaseListener;
import io.spindrift.image.LeasedImage;
import io.spindrift.image.ReadPriority;
import io.spindrift.image.ReadResult;
import io.spindrift.image.RunPage;
import io.spindrift.store.SegmentStore;
import io.spindrift.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * An image in the hands of its holder: brings each call from the holder's home to the engine's loop and its answer back. Made by the
 * engine at attach and resume; its fields belong to the home executor unless they say otherwise.
 */
final class EngineImage implements LeasedImage {
    private static final Pattern SIDECAR = Pattern.compile("[a-z0-9.-]{1,64}");

    private final SegmentedImage image;
    private final EngineParts parts;
    private final Lease lease;
    private final EventExecutor home;
    private final Set<CompletableFuture<?>> open = new HashSet<>();
    private boolean closed;
    private LeaseListener listener;
    private String fencedReason;
    private boolean fencedTold;
    private long resizedTo = -1;

    /** On the engine's loop. */
    EngineImage(SegmentedImage image, EngineParts parts, Lease lease, EventExecutor home) {
        this.image = image;
        this.parts = parts;
        this.lease = lease;
        this.home = home;
    }

    @Override
    public Lease lease() {
        return lease;
    }

    @Override
    public void listen(LeaseListener newListener) {
        listener = newListener;
        if (resizedTo >= 0) {
            newListener.resized(resizedTo);
        }
        tellFenced();
    }

    @Override
    public CompletableFuture<ImageInfo> info() {
        return guarded(() -> CompletableFuture.completedFuture(image.info()), null);
    }

    @Override
    public CompletableFuture<RunPage> extents(long firstBlock, long blockCount) {
        return guarded(() -> {
            checkRange(firstBlock, blockCount, Long.MAX_VALUE);
            return CompletableFuture.completedFuture(BlockLists.data(image.chain().map(), firstBlock, firstBlock + blockCount));
        }, null);
    }

    @Override
    public CompletableFuture<ReadResult> read(long firstBlock, int blockCount, ReadPriority priority) {
        return guarded(() -> {
            checkRange(firstBlock, blockCount, MAX_READ_BLOCKS);
            return image.read(firstBlock, blockCount, priority, lease);
        }, result -> result.data().release());
    }

    @Override
    public CompletableFuture<Long> apply(Batch batch) {
        return call(() -> image.apply(batch, lease), null, batch::release);
    }

    @Override
    public CompletableFuture<RunPage> changedSince(HistoryPoint point, long firstBlock) {
        return guarded(() -> {
            ImageHistory history = image.chain().history();
            checkRange(firstBlock, 1, 1);
            long number = history.numberAt(point);
            return CompletableFuture.completedFuture(number < 0
                    ? null
                    : BlockLists.changed(image.chain().map(), history.unmaps(), number, firstBlock, history.sizeBlocks()));
        }, null);
    }

    @Override
    public CompletableFuture<RunPage> verify(long firstBlock, int blockCount) {
        return guarded(() -> {
            checkRange(firstBlock, blockCount, MAX_READ_BLOCKS);
            return image.repair().verify(firstBlock, blockCount, lease);
        }, null);
    }

    @Override
    public CompletableFuture<Integer> repair(long firstBlock, ByteBuf data, int[] checksums) {
        return call(() -> {
            ImageException fenced = image.fencedOff(lease);
            boolean whole = data.readableBytes() == checksums.length * BLOCK_BYTES;
            try {
                if (fenced != null) {
                    throw fenced;
                }
                check(whole, data.readableBytes() + " bytes are offered with " + checksums.length + " checksums");
                checkRange(firstBlock, checksums.length, MAX_READ_BLOCKS);
            } catch (ImageException refused) {
                data.release();
                throw refused;
            }
            return image.repair().repair(firstBlock, data, checksums, lease);
        }, null, data::release);
    }

    @Override
    public CompletableFuture<Void> writeSidecar(String name, byte[] value) {
        return guarded(() -> {
            checkSidecar(name);
            check(value.length <= MAX_SIDECAR_BYTES, "a sidecar has at most " + MAX_SIDECAR_BYTES + " bytes, not " + value.length);
            ByteBuffer bytes = FramedFormat.encodeSidecar(value);
            return parts.calls.call(() -> {
                parts.store.put(ObjectNames.sidecar(image.imageId(), name), bytes);
                return null;
            });
        }, null);
    }

    @Override
    public CompletableFuture<byte[]> readSidecar(String name) {
        return guarded(() -> {
            checkSidecar(name);
            return parts.calls.call(() -> readSidecar(parts.store, ObjectNames.sidecar(image.imageId(), name)));
        }, null);
    }

    @Override
    public CompletableFuture<Void> renew(long dirtyBytes) {
        return guarded(() -> {
            check(dirtyBytes >= 0, "dirty bytes are not negative: " + dirtyBytes);
            CompletableFuture<Void> result = new CompletableFuture<>();
            image.look(() -> renewed(dirtyBytes, result));
            return result;
        }, null);
    }

    private void renewed(long dirtyBytes, CompletableFuture<Void> result) {
        ImageException fenced = image.fencedOff(lease);
        if (fenced != null) {
            result.completeExceptionally(fenced);
            return;
        }
        FramedFormat.Heard hint = image.holder().renewed(parts.nowMs(), dirtyBytes);
        if (hint != null) {
            parts.calls.call(() -> {
                parts.store.put(ObjectNames.heard(image.imageId()), FramedFormat.encode(hint));
                return null;
            });
        }
        result.complete(null);
    }

    @Override
    public CompletableFuture<Void> release() {
        CompletableFuture<Void> result = guarded(() -> image.release(lease), null);
        return result.thenRun(this::end);
    }

    @Override
    public CompletableFuture<Void> close() {
        end();
        return CompletableFuture.completedFuture(null);
    }

    private void end() {
        if (closed) {
            return;
        }
        closed = true;
        for (CompletableFuture<?> waiting : Set.copyOf(open)) {
            waiting.completeExceptionally(closedFailure());
        }
        open.clear();
        try {
            onLoop(() -> image.closed(this));
        } catch (RejectedExecutionException e) {
            // The engine's loop is gone, and the image with it.
            return;
        }
    }

    /** On the engine's loop: a newer lease exists, or this one was given back. */
    void fenced(String reason) {
        image.closed(this);
        toHome(() -> {
            if (fencedReason == null && !closed) {
                fencedReason = reason;
                tellFenced();
            }
        });
    }

    /** On the engine's loop. */
    void resized(long sizeBytes) {
        toHome(() -> {
            resizedTo = sizeBytes;
            if (listener != null && !closed) {
                listener.resized(sizeBytes);
            }
        });
    }

    /** On the engine's loop. */
    void closedByEngine() {
        toHome(this::end);
    }

    private void tellFenced() {
        if (listener != null && fencedReason != null && !fencedTold) {
            fencedTold = true;
            listener.fenced(fencedReason);
        }
    }

    private <T> CompletableFuture<T> guarded(Verb<T> verb, Consumer<T> discard) {
        return call(() -> {
            ImageException fenced = image.fencedOff(lease);
            if (fenced != null) {
                throw fenced;
            }
            return verb.run();
        }, discard, () -> { });
    }

    private interface Verb<T> {
        CompletableFuture<T> run() throws ImageException;
    }

    /**
     * @param discard gives up a result that nobody waits for any more; null where there is nothing to give up
     * @param refused gives up the arguments where the verb is not run
     */
    private <T> CompletableFuture<T> call(Verb<T> verb, Consumer<T> discard, Runnable refused) {
        CompletableFuture<T> result = new CompletableFuture<>();
        if (closed) {
            refused.run();
            result.completeExceptionally(closedFailure());
            return result;
        }
        open.add(result);
        try {
            onLoop(() -> start(verb).whenComplete((value, failure) -> answer(result, value, failure, discard)));
        } catch (RejectedExecutionException e) {
            refused.run();
            open.remove(result);
            result.completeExceptionally(closedFailure());
        }
        return result;
    }

    private static <T> CompletableFuture<T> start(Verb<T> verb) {
        try {
            return verb.run();
        } catch (ImageException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private <T> void answer(CompletableFuture<T> result, T value, Throwable failure, Consumer<T> discard) {
        Supplier<Boolean> complete = () -> failure == null ? result.complete(value) : result.completeExceptionally(Failures.of(failure));
        boolean posted = toHome(() -> {
            open.remove(result);
            if (!complete.get() && value != null && discard != null) {
                discard.accept(value);
            }
        });
        if (!posted && value != null && discard != null) {
            discard.accept(value);
        }
    }

    private void onLoop(Runnable task) {
        if (parts.calls.loop().inEventLoop()) {
            task.run();
        } else {
            parts.calls.loop().execute(task);
        }
    }

    private boolean toHome(Runnable task) {
        try {
            if (home.inEventLoop()) {
                task.run();
            } else {
                home.execute(task);
            }
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private static byte[] readSidecar(SegmentStore store, String object) throws IOException {
        for (int attempt = 1; ; attempt++) {
            long length = store.length(object);
            if (length < 0) {
                return null;
            }
            if (length > FramedFormat.MAX_BYTES) {
                throw new FormatException(object, "is longer than any sidecar");
            }
            try {
                ByteBuffer bytes = ByteBuffer.allocate((int) length);
                store.read(object, 0, bytes);
                return FramedFormat.sidecar(bytes.flip(), object);
            } catch (FormatException | StoreException e) {
                // It may have been replaced between the two calls.
                if (attempt == 2) {
                    throw e;
                }
            }
        }
    }

    private void checkRange(long firstBlock, long blockCount, long most) throws ImageException {
        long size = image.chain().history().sizeBlocks();
        boolean inside = firstBlock >= 0 && blockCount >= 1 && blockCount <= most && blockCount <= size && firstBlock <= size - blockCount;
        check(inside, "blocks " + firstBlock + " + " + blockCount + " are too many or not inside of " + size);
    }

    private void checkSidecar(String name) throws ImageException {
        check(name != null && SIDECAR.matcher(name).matches(), "a sidecar's name is 1 to 64 of a-z 0-9 . -");
    }

    private void check(boolean holds, String message) throws ImageException {
        if (!holds) {
            throw new ImageException(ImageFailure.INVALID, image.address() + ": " + message);
        }
    }

    private ImageException closedFailure() {
        return new ImageException(ImageFailure.CLOSED, image.address() + " is closed");
    }
}

package io.spindrift.image;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One host's way to a {@link MemoryImage}. Made by its attach or resume, bound to {@code home}; what it answers is decided at the call and
 * told by a task of the home executor, never inside the call.
 */
final class MemoryLeasedImage implements LeasedImage {
    private final MemoryImage image;
    private final Lease lease;
    private final EventExecutor home;
    private final Queue<Consumer<LeaseListener>> untold = new ArrayDeque<>();
    private LeaseListener listener;
    private String fenced;
    private boolean closed;

    MemoryLeasedImage(MemoryImage image, Lease lease, EventExecutor home) {
        this.image = image;
        this.lease = lease;
        this.home = home;
    }

    @Override
    public Lease lease() {
        return lease;
    }

    @Override
    public void listen(LeaseListener newListener) {
        synchronized (image.catalog()) {
            listener = newListener;
        }
        home.execute(this::tellAll);
    }

    @Override
    public CompletableFuture<ImageInfo> info() {
        return answer(image::info);
    }

    @Override
    public CompletableFuture<RunPage> extents(long firstBlock, long blockCount) {
        return answer(() -> image.extents(firstBlock, blockCount));
    }

    @Override
    public CompletableFuture<ReadResult> read(long firstBlock, int blockCount, ReadPriority priority) {
        return answer(() -> {
            image.checkRange(firstBlock, blockCount);
            if (blockCount > MAX_READ_BLOCKS) {
                throw MemoryCatalog.invalid("a read has at most " + MAX_READ_BLOCKS + " blocks");
            }
            ByteBuf data = PooledByteBufAllocator.DEFAULT.directBuffer(blockCount * BLOCK_BYTES);
            return image.read(firstBlock, blockCount, data);
        });
    }

    @Override
    public CompletableFuture<Long> apply(Batch batch) {
        try {
            return answer(() -> image.apply(batch));
        } finally {
            batch.release();
        }
    }

    @Override
    public CompletableFuture<RunPage> changedSince(HistoryPoint point, long firstBlock) {
        return answer(() -> image.changedSince(point, firstBlock));
    }

    /** What is in this memory is never damaged. */
    @Override
    public CompletableFuture<RunPage> verify(long firstBlock, int blockCount) {
        return answer(() -> {
            image.checkRange(firstBlock, blockCount);
            return new RunPage(java.util.List.of(), firstBlock + blockCount);
        });
    }

    @Override
    public CompletableFuture<Integer> repair(long firstBlock, io.netty.buffer.ByteBuf data, int[] checksums) {
        try {
            return answer(() -> {
                image.checkRange(firstBlock, checksums.length);
                if (data.readableBytes() != checksums.length * BLOCK_BYTES) {
                    throw MemoryCatalog.invalid("bytes and checksums that are offered do not agree");
                }
                if (BlockChecksums.firstWrong(data, data.readerIndex(), checksums, 0, checksums.length) >= 0) {
                    throw new ImageException(ImageFailure.CORRUPT, "a block that is offered is not what its checksum was taken of");
                }
                return 0;
            });
        } finally {
            data.release();
        }
    }

    @Override
    public CompletableFuture<Void> writeSidecar(String name, byte[] value) {
        return answer(() -> {
            image.writeSidecar(name, value);
            return null;
        });
    }

    @Override
    public CompletableFuture<byte[]> readSidecar(String name) {
        return answer(() -> image.readSidecar(name));
    }

    @Override
    public CompletableFuture<Void> renew(long dirtyBytes) {
        return answer(() -> {
            if (dirtyBytes < 0) {
                throw MemoryCatalog.invalid("dirty bytes are not negative");
            }
            image.renew(dirtyBytes);
            return null;
        });
    }

    @Override
    public CompletableFuture<Void> release() {
        return answer(() -> {
            closed = true;
            image.closed(this);
            image.release();
            return null;
        });
    }

    @Override
    public CompletableFuture<Void> close() {
        synchronized (image.catalog()) {
            closed = true;
            image.closed(this);
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        home.execute(() -> done.complete(null));
        return done;
    }

    /** Under the catalog's monitor. */
    void fence(String reason) {
        fenced = reason;
        tell(told -> told.fenced(reason));
    }

    /** Under the catalog's monitor. */
    void tell(Consumer<LeaseListener> event) {
        untold.add(event);
        if (!home.isShuttingDown()) {
            home.execute(this::tellAll);
        }
    }

    private void tellAll() {
        while (true) {
            Consumer<LeaseListener> event;
            LeaseListener to;
            synchronized (image.catalog()) {
                to = listener;
                event = to == null ? null : untold.poll();
            }
            if (event == null) {
                return;
            }
            event.accept(to);
        }
    }

    private <T> CompletableFuture<T> answer(MemoryCatalog.Verb<T> verb) {
        if (!home.inEventLoop()) {
            throw new IllegalStateException("an image is called on its home executor");
        }
        CompletableFuture<T> future = new CompletableFuture<>();
        try {
            synchronized (image.catalog()) {
                check();
                T value = verb.run();
                home.execute(() -> future.complete(value));
            }
        } catch (ImageException refused) {
            home.execute(() -> future.completeExceptionally(refused));
        }
        return future;
    }

    private void check() throws ImageException {
        if (closed) {
            throw new ImageException(ImageFailure.CLOSED, "the image is closed");
        }
        if (fenced != null) {
            throw new ImageException(ImageFailure.FENCED, fenced);
        }
    }
}

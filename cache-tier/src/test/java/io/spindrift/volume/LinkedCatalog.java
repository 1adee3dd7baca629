package io.spindrift.volume;

import io.netty.util.concurrent.EventExecutor;
import io.spindrift.image.AttachRequest;
import io.spindrift.image.Batch;
import io.spindrift.image.BlockPlace;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageCatalog;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.ImageInfo;
import io.spindrift.image.Lease;
import io.spindrift.image.LeaseListener;
import io.spindrift.image.LeasedImage;
import io.spindrift.image.ReadPriority;
import io.spindrift.image.ReadResult;
import io.spindrift.image.RunPage;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** One host's link to a catalog: it can be cut, and answers take a while. What is asked is carried out at once, what is answered comes later. */
final class LinkedCatalog implements ImageCatalog {
    final ImageCatalog target;
    final EventExecutor home;
    /** Microseconds that the next answer takes. */
    LongSupplier delayMicros = () -> 0;
    Consumer<Batch> applied = batch -> { };
    /** Whether the image names what changed; otherwise it says that nothing did. */
    boolean vouching = true;
    boolean down;
    boolean loseAnswers;
    /** Nothing is answered, and nothing is refused: as a link that is cut looks from here. */
    boolean silent;
    /** The answer to the next attach is lost with its connection, and it is asked again. */
    boolean repeatAttach;
    /** What batches are refused with; null where they are taken. */
    ImageFailure refuseBatches;
    /** How many of them. */
    long refusals = Long.MAX_VALUE;
    long batchesRefused;
    /** What batches cross the link at, one after the other; 0 for no time at all. */
    long batchBytesPerSecond;
    private long batchesUntilNanos;
    long blocksRead;
    long readsAsked;
    long batchBytes;
    LinkedImage last;
    /** Blocks that verify names, until they are repaired; and what was offered for repair. */
    final java.util.TreeSet<Long> damaged = new java.util.TreeSet<>();
    final List<Offer> offers = new java.util.ArrayList<>();

    LinkedCatalog(ImageCatalog target, EventExecutor home) {
        this.target = target;
        this.home = home;
    }

    static ImageException unreachable() {
        return new ImageException(ImageFailure.UNAVAILABLE, "the link is down");
    }

    private <T> CompletableFuture<T> over(Supplier<CompletableFuture<T>> call) {
        if (down) {
            return CompletableFuture.failedFuture(unreachable());
        }
        return call.get();
    }

    @Override
    public String user() {
        return target.user();
    }

    @Override
    public CompletableFuture<ImageInfo> create(ImageAddress address, long sizeBytes) {
        return over(() -> target.create(address, sizeBytes));
    }

    @Override
    public CompletableFuture<ImageInfo> show(ImageAddress address) {
        return over(() -> target.show(address));
    }

    @Override
    public CompletableFuture<List<ImageInfo>> list(ImageAddress startAfter, int limit) {
        return over(() -> target.list(startAfter, limit));
    }

    @Override
    public CompletableFuture<ImageInfo> resize(ImageAddress address, long sizeBytes) {
        return over(() -> target.resize(address, sizeBytes));
    }

    @Override
    public CompletableFuture<Void> delete(ImageAddress address, boolean force) {
        return over(() -> target.delete(address, force));
    }

    @Override
    public CompletableFuture<BlockPlace> locate(ImageAddress address, long block) {
        return over(() -> target.locate(address, block));
    }

    @Override
    public CompletableFuture<LeasedImage> attach(ImageAddress address, AttachRequest request, EventExecutor executor) {
        if (repeatAttach) {
            repeatAttach = false;
            target.attach(address, request, executor).thenCompose(LeasedImage::close);
        }
        return over(() -> target.attach(address, request, executor).thenApply(image -> last = new LinkedImage(image)));
    }

    @Override
    public CompletableFuture<LeasedImage> resume(ImageAddress address, long epoch, UUID leaseId, EventExecutor executor) {
        return over(() -> target.resume(address, epoch, leaseId, executor));
    }

    @Override
    public CompletableFuture<Void> close() {
        return CompletableFuture.completedFuture(null);
    }

    /** The leased image behind the link. */
    /** What was offered for damaged blocks. */
    record Offer(long firstBlock, byte[] data, int[] checksums) {}

    final class LinkedImage implements LeasedImage {
        private final LeasedImage image;

        LinkedImage(LeasedImage image) {
            this.image = image;
        }

        private <T> CompletableFuture<T> late(Supplier<CompletableFuture<T>> call, Consumer<T> lost) {
            CompletableFuture<T> answer = new CompletableFuture<>();
            if (silent) {
                return answer;
            }
            if (down) {
                home.execute(() -> answer.completeExceptionally(unreachable()));
                return answer;
            }
            call.get().whenComplete((value, thrown) -> home.schedule(() -> {
                if (down && loseAnswers) {
                    if (value != null) {
                        lost.accept(value);
                    }
                    answer.completeExceptionally(unreachable());
                } else if (thrown == null) {
                    answer.complete(value);
                } else {
                    answer.completeExceptionally(thrown);
                }
            }, delayMicros.getAsLong(), TimeUnit.MICROSECONDS));
            return answer;
        }

        private <T> CompletableFuture<T> late(Supplier<CompletableFuture<T>> call) {
            return late(call, value -> { });
        }

        @Override
        public Lease lease() {
            return image.lease();
        }

        @Override
        public void listen(LeaseListener listener) {
            image.listen(listener);
        }

        @Override
        public CompletableFuture<Void> renew(long dirtyBytes) {
            return late(() -> image.renew(dirtyBytes));
        }

        @Override
        public CompletableFuture<Void> release() {
            return late(image::release);
        }

        @Override
        public CompletableFuture<ImageInfo> info() {
            return late(image::info);
        }

        @Override
        public CompletableFuture<RunPage> extents(long firstBlock, long blockCount) {
            return late(() -> image.extents(firstBlock, blockCount));
        }

        @Override
        public CompletableFuture<ReadResult> read(long firstBlock, int blockCount, ReadPriority priority) {
            readsAsked++;
            blocksRead += blockCount;
            return late(() -> image.read(firstBlock, blockCount, priority), result -> result.data().release());
        }

        @Override
        public CompletableFuture<Long> apply(Batch batch) {
            if (down) {
                batch.release();
                return late(() -> null);
            }
            if (refuseBatches != null && batchesRefused < refusals) {
                batchesRefused++;
                batch.release();
                return late(() -> CompletableFuture.failedFuture(new ImageException(refuseBatches, "refused by the test")));
            }
            for (Batch.BatchExtent extent : batch.extents()) {
                batchBytes += extent.unmapped() ? 0 : extent.data().readableBytes();
            }
            applied.accept(batch);
            if (batchBytesPerSecond > 0) {
                return crossing(batch);
            }
            return late(() -> image.apply(batch));
        }

        private CompletableFuture<Long> crossing(Batch batch) {
            long bytes = batch.extents().stream().filter(extent -> !extent.unmapped()).mapToLong(extent -> extent.data().readableBytes()).sum();
            long now = home.ticker().nanoTime();
            batchesUntilNanos = Math.max(now, batchesUntilNanos) + bytes * 1_000_000_000L / batchBytesPerSecond;
            CompletableFuture<Long> answer = new CompletableFuture<>();
            home.schedule(() -> late(() -> image.apply(batch)).whenComplete((sequence, thrown) -> {
                if (thrown == null) {
                    answer.complete(sequence);
                } else {
                    answer.completeExceptionally(thrown);
                }
            }), batchesUntilNanos - now, TimeUnit.NANOSECONDS);
            return answer;
        }

        @Override
        public CompletableFuture<RunPage> changedSince(HistoryPoint point, long firstBlock) {
            return vouching
                    ? late(() -> image.changedSince(point, firstBlock))
                    : CompletableFuture.completedFuture(new RunPage(List.of(), Long.MAX_VALUE));
        }

        @Override
        public CompletableFuture<RunPage> verify(long firstBlock, int blockCount) {
            RunPage rotten = new RunPage(damaged.stream().filter(block -> block >= firstBlock && block < firstBlock + blockCount)
                    .map(block -> new io.spindrift.image.BlockRun(block, 1)).toList(), firstBlock + blockCount);
            return late(() -> CompletableFuture.completedFuture(rotten));
        }

        @Override
        public CompletableFuture<Integer> repair(long firstBlock, io.netty.buffer.ByteBuf data, int[] checksums) {
            offers.add(new Offer(firstBlock, io.netty.buffer.ByteBufUtil.getBytes(data), checksums));
            data.release();
            int taken = 0;
            for (long block = firstBlock; block < firstBlock + checksums.length; block++) {
                taken += damaged.remove(block) ? 1 : 0;
            }
            int count = taken;
            return late(() -> CompletableFuture.completedFuture(count));
        }

        @Override
        public CompletableFuture<Void> writeSidecar(String name, byte[] value) {
            return late(() -> image.writeSidecar(name, value));
        }

        @Override
        public CompletableFuture<byte[]> readSidecar(String name) {
            return late(() -> image.readSidecar(name));
        }

        @Override
        public CompletableFuture<Void> close() {
            return image.close();
        }
    }
}

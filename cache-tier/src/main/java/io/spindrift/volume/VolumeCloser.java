package io.spindrift.volume;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.journal.Journal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Ends a volume: what waits is failed, what is dirty goes into the image while there is time; then the journal is closed, clean before the lease is given
 * back, or as it is with the lease left to this host. Made by {@link VolumeOpener} once, on the home loop.
 */
final class VolumeCloser {
    /** What the lease's way back is given even where the destage took all the time there was. */
    private static final long LEAST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);
    /**
     * An image that was not there for so long of the stop is not waited for any longer: who takes over here needs this process gone, and has the journal. Longer than
     * the pause between two attempts to reach a storage server, so that one that is back is found.
     */
    private static final long LONG_AWAY_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LOOK_MS = 500;

    private final EventExecutor home;
    private final long limitNanos;
    private final Journal journal;
    private final DataPath path;
    private final CompletableFuture<CloseResult> result = new CompletableFuture<>();
    private long beganNanos;
    private long deadlineNanos;

    /**
     * @param limitNanos how long the destage may take
     * @param journal null where it was never opened
     * @param path null where the volume never served
     */
    VolumeCloser(EventExecutor home, long limitNanos, Journal journal, DataPath path) {
        this.home = home;
        this.limitNanos = limitNanos;
        this.journal = journal;
        this.path = path;
    }

    CompletableFuture<CloseResult> close() {
        if (path == null) {
            closeJournal(neverServed());
            return result;
        }
        path.refuse(BlockFailure.CLOSED);
        beganNanos = home.ticker().nanoTime();
        deadlineNanos = beganNanos + limitNanos;
        CompletableFuture<Void> flushed = path.destager.flushToImage();
        CompletableFuture<Void> saved = path.prefetch.save();
        ScheduledFuture<?> limit = home.schedule(() -> {
            flushed.complete(null);
            saved.complete(null);
        }, limitNanos, TimeUnit.NANOSECONDS);
        watch(flushed, saved);
        saved.whenComplete((kept, ignored) -> flushed.whenComplete((done, thrown) -> {
            limit.cancel(false);
            if (path.isClean()) {
                closeClean();
            } else {
                closeDirty(thrown == null ? trouble() : thrown.getMessage());
            }
        }));
        return result;
    }

    private void watch(CompletableFuture<Void> flushed, CompletableFuture<Void> saved) {
        home.schedule(() -> {
            if (flushed.isDone() && saved.isDone()) {
                return;
            }
            long awayNanos = Math.min(path.link.ageNanos(), home.ticker().nanoTime() - beganNanos);
            if (path.link.state().waits() && awayNanos >= LONG_AWAY_NANOS) {
                flushed.complete(null);
                saved.complete(null);
            } else {
                watch(flushed, saved);
            }
        }, LOOK_MS, TimeUnit.MILLISECONDS);
    }

    /** What the journal holds was not brought into the image by this process; whether an earlier one did nobody could be asked. */
    private CloseResult neverServed() {
        long bytes = journal == null ? 0 : journal.usedBytes();
        return bytes == 0
                ? new CloseResult(0, true, "")
                : new CloseResult(bytes, false, "up to " + bytes + " bytes are in the journal of this host only: the volume never served");
    }

    private void closeClean() {
        path.stop(BlockFailure.CLOSED, "closed");
        journal.closeClean(new Completion() {
            @Override
            public void done() {
                release();
            }

            @Override
            public void failed(BlockFailure failure) {
                leave(0, "the journal could not be closed: " + failure);
            }
        });
    }

    private void release() {
        CompletableFuture<Void> released = path.image.release();
        ScheduledFuture<?> limit = home.schedule(
                () -> released.completeExceptionally(new ImageException(ImageFailure.UNAVAILABLE, "no answer of the storage server")),
                path.link.state().waits() ? LEAST_WAIT_NANOS : Math.max(LEAST_WAIT_NANOS, deadlineNanos - home.ticker().nanoTime()), TimeUnit.NANOSECONDS);
        released.whenComplete((done, thrown) -> {
            limit.cancel(false);
            if (thrown == null) {
                result.complete(new CloseResult(0, true, ""));
            } else {
                leave(0, "the lease could not be given back: " + ImageException.of(thrown).getMessage());
            }
        });
    }

    private String trouble() {
        return path.destager.reason().isEmpty() ? path.link.reason() : path.destager.reason();
    }

    private void closeDirty(String why) {
        long bytes = path.dirty.dirtyBytes();
        path.stop(BlockFailure.CLOSED, "closed");
        String reason = bytes + " bytes are in the journal of this host only" + (why == null || why.isEmpty() ? "" : ": " + why);
        path.image.close().whenComplete((done, thrown) -> closeJournal(new CloseResult(bytes, false, reason)));
    }

    private void leave(long bytes, String why) {
        path.image.close().whenComplete((done, thrown) -> result.complete(new CloseResult(bytes, false, why)));
    }

    private void closeJournal(CloseResult told) {
        if (journal == null) {
            result.complete(told);
            return;
        }
        journal.close(new Completion() {
            @Override
            public void done() {
                result.complete(told);
            }

            @Override
            public void failed(BlockFailure failure) {
                result.complete(new CloseResult(told.dirtyBytes(), told.released(), "the journal could not be closed: " + failure));
            }
        });
    }
}

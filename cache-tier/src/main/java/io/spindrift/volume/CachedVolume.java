package io.spindrift.volume;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.block.BlockDevice;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.BlockGeometry;
import io.spindrift.block.Completion;
import io.spindrift.block.DeviceListener;
import io.spindrift.block.Readiness;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.LeasedImage;
import io.spindrift.volume.map.DirtyMap;
import io.spindrift.volume.outage.LinkState;
import io.spindrift.volume.scrub.ScrubReport;
import io.spindrift.volume.scrub.ScrubStatus;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A disk of a host: a LUN's {@link BlockDevice} from the moment it is named, whether this host has the lease of the image or not. What it serves with
 * comes and goes beneath it.
 *
 * <p>Made by {@link VolumeOpener}, which also attaches and closes it; lives on the home loop of its target, where every method is called unless it says
 * otherwise. {@link #close} gives everything back.
 */
public final class CachedVolume implements BlockDevice {
    private static final Logger LOG = LoggerFactory.getLogger(CachedVolume.class);
    private static final int ATOMIC_BYTES = 1 << 20;
    private static final long AWAY_LOOK_MS = 200;

    private final EventExecutor home;
    private final VolumeSettings settings;
    private final VolumeOpener opener;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private VolumeState state = VolumeState.OPENING;
    private String reason = "starting";
    private BlockGeometry geometry;
    private DeviceListener listener;
    private Runnable journalListener = () -> { };
    private DataPath path;
    private CompletableFuture<CloseResult> closing;
    private long scrubRate;
    /** When the end of it began; 0 before. */
    private long drainedNanos;

    CachedVolume(EventExecutor home, VolumeSettings settings, VolumeOpener opener) {
        this.home = home;
        this.settings = settings;
        this.opener = opener;
        this.geometry = geometryOf(settings.sizeBytes());
    }

    private static BlockGeometry geometryOf(long sizeBytes) {
        return new BlockGeometry(sizeBytes / DirtyMap.SECTOR_BYTES, DirtyMap.SECTOR_BYTES, DirtyMap.BLOCK_BYTES);
    }

    @Override
    public BlockGeometry geometry() {
        return geometry;
    }

    @Override
    public Readiness readiness() {
        return state.readiness();
    }

    @Override
    public void read(long lba, int blockCount, ByteBuf dst, Completion completion) {
        if (refused(lba, blockCount, completion)) {
            return;
        }
        if (blockCount == 0) {
            completion.done();
        } else if (dst.writableBytes() < (long) blockCount * DirtyMap.SECTOR_BYTES) {
            completion.failed(BlockFailure.INVALID);
        } else {
            path.read(lba, blockCount, dst, completion);
        }
    }

    @Override
    public void write(long lba, int blockCount, ByteBuf src, boolean fua, Completion completion) {
        if (refused(lba, blockCount, completion)) {
            return;
        }
        if (blockCount == 0) {
            completion.done();
        } else if (src.readableBytes() < (long) blockCount * DirtyMap.SECTOR_BYTES) {
            completion.failed(BlockFailure.INVALID);
        } else {
            DataPath used = path;
            used.writes.write(lba, blockCount, src, fua, completion);
            used.lookAtJournal();
        }
    }

    @Override
    public void flush(Completion completion) {
        if (!refused(0, 0, completion)) {
            path.writes.flush(completion);
        }
    }

    @Override
    public void unmap(long lba, long blockCount, Completion completion) {
        if (refused(lba, blockCount, completion)) {
            return;
        }
        if (blockCount == 0) {
            completion.done();
        } else {
            DataPath used = path;
            used.writes.unmap(lba, blockCount, completion);
            used.lookAtJournal();
        }
    }

    /** One record of the journal, which no crash, cut or batch divides. */
    @Override
    public int atomicBytes() {
        return path == null ? ATOMIC_BYTES : Math.min(ATOMIC_BYTES, path.journal.maxRecordBytes());
    }

    @Override
    public void extents(long lba, long blockCount, ExtentVisitor visitor, Completion completion) {
        if (!refused(lba, blockCount, completion)) {
            path.extentReports.report(lba, blockCount, visitor, completion);
        }
    }

    @Override
    public void preFetch(long lba, long blockCount, Completion completion) {
        if (!refused(lba, blockCount, completion)) {
            path.warmUps.warm(lba / DirtyMap.SECTORS, (lba + blockCount + DirtyMap.SECTORS - 1) / DirtyMap.SECTORS, completion);
        }
    }

    private boolean refused(long lba, long blockCount, Completion completion) {
        BlockFailure failure = switch (state) {
            case READY -> geometry.contains(lba, blockCount) ? null : BlockFailure.INVALID;
            case OPENING, STANDBY, REFUSED -> BlockFailure.UNAVAILABLE;
            case FENCED -> BlockFailure.FENCED;
            case CLOSING, CLOSED -> BlockFailure.CLOSED;
        };
        if (failure != null) {
            completion.failed(failure);
        }
        return failure != null;
    }

    @Override
    public boolean cancel(Completion completion) {
        return path != null && (path.writes.cancel(completion) || path.reads.cancel(completion));
    }

    @Override
    public void listen(DeviceListener next) {
        listener = next;
    }

    @Override
    public void close(Completion completion) {
        shutDown().whenComplete((result, thrown) -> {
            if (thrown == null) {
                completion.done();
            } else {
                completion.failed(BlockFailure.UNAVAILABLE);
            }
        });
    }

    /**
     * Before a close: brings what is dirty now into the image while the volume goes on serving, for up to three quarters of the close timeout, of which that
     * is a part. A link that is away is not waited for. Any thread; never fails.
     */
    public CompletableFuture<Void> drain() {
        return onHome(() -> {
            if (path == null || state != VolumeState.READY || drainedNanos != 0) {
                return CompletableFuture.completedFuture(null);
            }
            drainedNanos = home.ticker().nanoTime();
            CompletableFuture<Void> drained = path.destager.flushToImage().exceptionally(failed -> null);
            home.schedule(() -> drained.complete(null), settings.waits().close().toNanos() * 3 / 4, TimeUnit.NANOSECONDS);
            endWhereAway(drained);
            return drained;
        });
    }

    private void endWhereAway(CompletableFuture<Void> drained) {
        if (path == null || path.link.state() != LinkState.UP) {
            drained.complete(null);
        } else if (!drained.isDone()) {
            home.schedule(() -> endWhereAway(drained), AWAY_LOOK_MS, TimeUnit.MILLISECONDS);
        }
    }

    /** Closes: brings what is dirty into the image for as long as the settings allow, then gives the lease back or says what is left. Any thread. */
    public CompletableFuture<CloseResult> shutDown() {
        return onHome(() -> {
            if (closing == null) {
                state(VolumeState.CLOSING, "closing");
                closing = opener.close(path, drainedNanos == 0 ? 0 : home.ticker().nanoTime() - drainedNanos).whenComplete((result, thrown) -> {
                    path = null;
                    state(VolumeState.CLOSED, result == null ? String.valueOf(thrown) : result.reason());
                });
            }
            return closing;
        });
    }

    /** Done when everything that was acknowledged at the call is durably in the image. Any thread. */
    public CompletableFuture<Void> flushToImage() {
        return onHome(() -> path != null && state == VolumeState.READY
                ? path.destager.flushToImage()
                : CompletableFuture.failedFuture(new ImageException(ImageFailure.UNAVAILABLE, "the volume is not ready: " + reason)));
    }

    /**
     * The operator gives up what another host did not bring into the image.
     *
     * @param time of the state that is accepted, as the refusal named it. Any thread
     * @return done when the next attempt has come to something; the state says to what
     */
    public CompletableFuture<Void> acceptOlder(Instant time) {
        return onHome(() -> opener.acceptOlder(time));
    }

    /** Done when the volume serves for the first time; fails when it is closed before that. Any thread. */
    public CompletableFuture<Void> whenReady() {
        return ready.copy();
    }

    /** What there is to tell. Any thread. */
    public CompletableFuture<VolumeStatus> status() {
        return onHome(() -> CompletableFuture.completedFuture(VolumeStatus.of(settings.address(), state, reason, geometry.capacityBytes(), path)));
    }

    /** Scrubs journal and cache in the background. Any thread. @param bytesPerSecond 0 for never */
    public void scrub(long bytesPerSecond) {
        onHome(() -> {
            scrubRate = bytesPerSecond;
            if (path != null) {
                path.scrubber.start(bytesPerSecond);
            }
            return CompletableFuture.completedFuture(null);
        });
    }

    /** Looks at everything now: journal, cache and image. Any thread. @param repair whether what has a good copy is repaired */
    public CompletableFuture<ScrubReport> check(boolean repair) {
        return onHome(() -> path != null && state == VolumeState.READY
                ? path.scrubber.check(repair)
                : CompletableFuture.failedFuture(new ImageException(ImageFailure.UNAVAILABLE, "the volume is not ready: " + reason)));
    }

    /** How far scrubbing has come. Any thread. */
    public CompletableFuture<ScrubStatus> scrubStatus() {
        return onHome(() -> CompletableFuture.completedFuture(path == null ? ScrubStatus.NONE : path.scrubber.status()));
    }

    /** Bytes of the journal that hold what is not in the image yet; 0 while the volume doesn't serve. */
    public long journalUsedBytes() {
        return path == null ? 0 : path.journal.usedBytes();
    }

    /** Bytes that the journal has for it; 0 while the volume doesn't serve. */
    public long journalCapacityBytes() {
        return path == null ? 0 : path.journal.capacityBytes();
    }

    /** Whether the image refuses batches because its store has no room; tried again meanwhile. */
    public boolean storeIsFull() {
        return path != null && path.link.state() == LinkState.FULL;
    }

    /** Names who hears when the journal's use has moved by a sixteenth of its capacity, or the store has refused something, or the volume begins to serve; null for nobody. */
    public void listenToJournal(Runnable moved) {
        journalListener = moved == null ? () -> { } : moved;
    }

    void journalMoved() {
        journalListener.run();
    }

    private <T> CompletableFuture<T> onHome(Supplier<CompletableFuture<T>> call) {
        if (home.inEventLoop()) {
            return call.get();
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        home.execute(() -> call.get().whenComplete((value, thrown) -> {
            if (thrown == null) {
                answer.complete(value);
            } else {
                answer.completeExceptionally(thrown);
            }
        }));
        return answer;
    }

    /** The image that it serves; null while it does not. Home loop. */
    public LeasedImage image() {
        return state == VolumeState.READY ? path.image : null;
    }

    /** What it serves with now; null while it does not. */
    DataPath path() {
        return path;
    }

    public VolumeState state() {
        return state;
    }

    /** One line: why it is in its state. */
    public String reason() {
        return reason;
    }

    /** The image has this size. */
    void sized(long sizeBytes) {
        BlockGeometry next = geometryOf(sizeBytes);
        if (!next.equals(geometry)) {
            geometry = next;
            if (listener != null) {
                listener.geometryChanged();
            }
        }
    }

    /** Serves from here on. */
    void serve(DataPath attached) {
        path = attached;
        path.scrubber.start(scrubRate);
        state(VolumeState.READY, "epoch " + attached.image.lease().epoch());
        ready.complete(null);
        journalMoved();
    }

    /** Another host has the lease: stop, reads included; the journal is kept. */
    void fence(String why) {
        if (state == VolumeState.READY) {
            state(VolumeState.FENCED, why);
            path.stop(BlockFailure.FENCED, why);
        }
    }

    void state(VolumeState next, String why) {
        boolean told = next.readiness() != state.readiness();
        if (next != state || !why.equals(reason)) {
            LOG.info("volume {} {} -> {}: {}", settings.address(), state, next, why);
        }
        state = next;
        reason = why;
        if (next == VolumeState.CLOSED) {
            ready.completeExceptionally(new ImageException(ImageFailure.CLOSED, "closed before it was ready: " + why));
        }
        if (told && listener != null) {
            listener.readinessChanged();
        }
    }
}

package io.spindrift.config.volumes;

import io.netty.channel.EventLoop;
import io.spindrift.config.kept.ImageUnitStore;
import io.spindrift.config.process.Console;
import io.spindrift.config.settings.VolumeEntry;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.ImageInfo;
import io.spindrift.scsi.SpaceGauge;
import io.spindrift.scsi.unit.LogicalUnitSettings;
import io.spindrift.volume.CachedVolume;
import io.spindrift.volume.CloseResult;
import io.spindrift.volume.VolumeOpener;
import io.spindrift.volume.VolumeState;
import io.spindrift.volume.VolumeStatus;
import io.spindrift.volume.scrub.ScrubReport;
import io.spindrift.volume.scrub.ScrubStatus;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A volume from its entry to its logical unit: sees that the image is there, opens the volume, presents it in its target under the image's identity,
 * and says on the console how it stands. Made by {@link HostVolumes}; everything runs on the target's home loop; {@link #close} ends it.
 */
public final class ServedVolume {
    private static final Logger LOG = LoggerFactory.getLogger(ServedVolume.class);
    private static final long RETRY_MS = 3_000;
    private static final long WATCH_MS = 100;

    private final VolumeEntry entry;
    private final VolumeParts parts;
    private final ServedTargets targets;
    private final ServedTargets.Target target;
    private final Console console;
    private final String url;
    private final VolumeFolder folder;
    private final EventLoop home;
    private final CompletableFuture<Void> settled = new CompletableFuture<>();
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private CachedVolume volume;
    private ImageUnitStore kept;
    private UUID presented;
    private VolumeState told;
    private String trouble = "looking for the image";
    private Instant acceptOlder;
    private boolean closed;

    /** @param portal host and port as initiators write them */
    ServedVolume(VolumeEntry entry, VolumeParts parts, ServedTargets targets, Console console, String portal) {
        this.entry = entry;
        this.parts = parts;
        this.targets = targets;
        this.target = targets.join(entry.place());
        this.console = console;
        this.home = target.home();
        this.url = "iscsi://" + portal + "/" + target.iqn() + "/" + entry.place().lun();
        this.folder = parts.folder(entry);
    }

    VolumeEntry entry() {
        return entry;
    }

    String url() {
        return url;
    }

    String iqn() {
        return target.iqn();
    }

    ImageAddress address() {
        return parts.address(entry);
    }

    /** Any thread, once. Where the image's identity is known from before, nothing waits for the storage server. */
    void start() {
        folder.imageId().whenCompleteAsync((known, thrown) -> {
            if (known != null) {
                present(known);
            }
            lookForImage();
        }, home);
        home.execute(this::watch);
    }

    /** Done when the volume has become ready, or waits for something that may take long. Any thread. */
    public CompletableFuture<Void> settled() {
        return settled.copy();
    }

    /** Done when the volume serves. Any thread. */
    public CompletableFuture<Void> ready() {
        return ready.copy();
    }

    private void lookForImage() {
        parts.catalog().show(address())
                .handle((info, thrown) -> thrown == null ? CompletableFuture.completedFuture(info) : createIfAbsent(ImageException.of(thrown)))
                .thenCompose(found -> found)
                .thenCompose(this::grown)
                .whenCompleteAsync(this::found, home);
    }

    private CompletableFuture<ImageInfo> createIfAbsent(ImageException failure) {
        return failure.failure() == ImageFailure.INVALID
                ? parts.catalog().create(address(), entry.sizeBytes())
                : CompletableFuture.failedFuture(failure);
    }

    private CompletableFuture<ImageInfo> grown(ImageInfo info) {
        return info.sizeBytes() < entry.sizeBytes()
                ? parts.catalog().resize(address(), entry.sizeBytes())
                : CompletableFuture.completedFuture(info);
    }

    private void found(ImageInfo info, Throwable thrown) {
        if (closed) {
            return;
        }
        if (thrown != null) {
            waiting("the image can't be reached: " + ImageException.of(thrown).getMessage());
            home.schedule(this::lookForImage, RETRY_MS, TimeUnit.MILLISECONDS);
            return;
        }
        trouble = "";
        if (!info.imageId().equals(presented)) {
            folder.imageId(info.imageId()).whenComplete((done, failed) -> {
                if (failed != null) {
                    LOG.warn("volume {}: its identity can't be kept in {}: {}", entry.name(), folder.path(), failed.getMessage());
                }
            });
            present(info.imageId());
        }
    }

    /** The home loop; whatever was presented under another identity is another disk, and goes. */
    private void present(UUID identity) {
        if (closed) {
            return;
        }
        if (volume == null) {
            volume = new VolumeOpener(parts.settings(entry), parts.host(entry, home)).open();
            volume.scrub(parts.scrubBytesPerSecond());
            if (acceptOlder != null) {
                volume.acceptOlder(acceptOlder);
            }
            volume.whenReady().whenCompleteAsync((ready, ended) -> tell(), home);
        }
        int lun = entry.place().lun();
        if (presented != null) {
            target.units().removeUnit(lun);
        }
        presented = identity;
        if (kept != null) {
            kept.close();
        }
        kept = new ImageUnitStore(home, folder.unit(), identity, volume::image);
        kept.whenSettled(this::tell);
        SpaceGauge space = new ServedSpace(volume, parts.storeSpace(), home);
        target.units().addUnit(lun, unitSettings(identity), volume, kept, space);
        targets.present(target);
        tell();
    }

    private LogicalUnitSettings unitSettings(UUID identity) {
        VolumeEntry.Medium medium = entry.place().medium();
        return LogicalUnitSettings.defaults(identity).withReadOnly(medium.readOnly()).withRemovable(medium.removable()).withWriteSameToEnd(medium.writeSameToEnd());
    }

    private void watch() {
        if (!closed && told != VolumeState.READY) {
            tell();
            home.schedule(this::watch, WATCH_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void tell() {
        VolumeState state = volume == null || presented == null ? VolumeState.OPENING : volume.state();
        if (closed || state == told || state == VolumeState.READY && !kept.isSettled()) {
            return;
        }
        if (state == VolumeState.READY) {
            told = state;
            console.ready(url);
            settled.complete(null);
            ready.complete(null);
        } else if (state == VolumeState.STANDBY || state == VolumeState.REFUSED || state == VolumeState.FENCED) {
            told = state;
            console.standby(url, volume.reason());
            settled.complete(null);
        }
    }

    private void waiting(String why) {
        LOG.warn("volume {}: {}", entry.name(), why);
        if (trouble.isEmpty() || !settled.isDone()) {
            console.standby(url, why);
            settled.complete(null);
        }
        trouble = why;
    }

    /** Any thread. @return done when the volume has tried to attach with it */
    CompletableFuture<Void> acceptOlder(Instant time) {
        return onHome(() -> {
            acceptOlder = time;
            if (volume == null) {
                return CompletableFuture.completedFuture(null);
            }
            return volume.acceptOlder(time).thenRunAsync(() -> {
                told = null;
                watch();
            }, home);
        });
    }

    /** Any thread. @return null in place of a status before the volume was opened */
    CompletableFuture<VolumeStatus> status() {
        return onHome(() -> volume == null ? CompletableFuture.completedFuture(null) : volume.status());
    }

    /** How far scrubbing has come. Any thread. */
    CompletableFuture<ScrubStatus> scrubbed() {
        return onHome(() -> volume == null ? CompletableFuture.completedFuture(ScrubStatus.NONE) : volume.scrubStatus());
    }

    /** Compares journal, cache and image with their checksums. Any thread. */
    CompletableFuture<ScrubReport> check(boolean repair) {
        return onHome(() -> volume == null
                ? CompletableFuture.failedFuture(new ImageException(ImageFailure.UNAVAILABLE, "the volume is not open: " + trouble))
                : volume.check(repair));
    }

    /** One line: why there is no volume yet; empty where there is one. Home loop. */
    CompletableFuture<String> trouble() {
        return onHome(() -> CompletableFuture.completedFuture(trouble));
    }

    /** Folders of journals that were set aside on this host. Any thread. */
    CompletableFuture<List<String>> journalsAside() {
        return folder.journalsAside();
    }

    /** Any thread. */
    CompletableFuture<Void> flush() {
        return onHome(() -> volume == null
                ? CompletableFuture.failedFuture(new ImageException(ImageFailure.UNAVAILABLE, "the volume is not open: " + trouble))
                : volume.flushToImage());
    }

    /** Any thread. @return done when the volume need not be waited for any longer before it is closed */
    CompletableFuture<Void> drain() {
        return onHome(() -> volume == null ? CompletableFuture.completedFuture(null) : volume.drain());
    }

    /** Takes the unit out of its target, then destages and gives the lease back, or says what is left. Any thread. */
    CompletableFuture<CloseResult> close() {
        return onHome(() -> {
            closed = true;
            settled.complete(null);
            if (volume == null) {
                return targets.leave(entry.place().target()).thenApply(gone -> new CloseResult(0, true, ""));
            }
            target.units().removeUnit(entry.place().lun());
            CompletableFuture<Void> left = targets.leave(entry.place().target());
            return kept == null
                    ? left.thenCompose(gone -> volume.shutDown())
                    : left.thenComposeAsync(gone -> kept.close(), home).thenCompose(gone -> volume.shutDown());
        });
    }

    private <T> CompletableFuture<T> onHome(Supplier<CompletableFuture<T>> call) {
        return CompletableFuture.supplyAsync(call, home).thenCompose(answer -> answer);
    }
}

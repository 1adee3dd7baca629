package io.spindrift.config.volumes;

import io.spindrift.config.check.CheckReport;
import io.spindrift.config.admin.BlockLocation;
import io.spindrift.config.admin.ControlException;
import io.spindrift.config.admin.ControlException.Kind;
import io.spindrift.config.admin.HostControl;
import io.spindrift.config.admin.HostStatus;
import io.spindrift.config.admin.VolumeStatus;
import io.spindrift.config.settings.SettingsException;
import io.spindrift.config.settings.VolumeEntryReader;
import io.spindrift.image.BlockPlace;
import io.spindrift.image.Image;
import io.spindrift.image.ImageCatalog;
import io.spindrift.image.LeaseInfo;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** What can be asked of the daemon, done. Made by the assembly; any thread. */
public final class HostControls implements HostControl {
    private static final int LOGICAL_BLOCK_BYTES = 512;
    private static final int BLOCKS_PER_BLOCK = Image.BLOCK_BYTES / LOGICAL_BLOCK_BYTES;

    private final HostVolumes volumes;
    private final VolumeParts parts;
    private final StatusReader statuses;
    private final String origin;

    /** @param origin the settings file's name, for messages */
    public HostControls(HostVolumes volumes, VolumeParts parts, StatusReader statuses, String origin) {
        this.volumes = volumes;
        this.parts = parts;
        this.statuses = statuses;
        this.origin = origin;
    }

    private ImageCatalog catalog() {
        return parts.catalog();
    }

    private <T> CompletableFuture<T> with(String name, Function<ServedVolume, CompletableFuture<T>> verb) {
        ServedVolume volume = volumes.find(name);
        return volume == null ? Refusals.refuse(Kind.NOT_FOUND, "there is no volume '" + name + "' here") : Refusals.told(verb.apply(volume));
    }

    @Override
    public CompletableFuture<HostStatus> status() {
        return statuses.read(volumes.all());
    }

    @Override
    public CompletableFuture<VolumeStatus> create(Map<String, String> keys) {
        try {
            return Refusals.told(volumes.create(VolumeEntryReader.of("request", keys)).thenCompose(statuses::read));
        } catch (SettingsException wrong) {
            return Refusals.refuse(Kind.INVALID, wrong.getMessage());
        }
    }

    @Override
    public CompletableFuture<VolumeStatus> resize(String name, long sizeBytes) {
        return with(name, volume -> catalog().resize(volume.address(), sizeBytes)
                .thenCompose(info -> volumes.resized(name, sizeBytes))
                .thenCompose(kept -> statuses.read(volume)));
    }

    @Override
    public CompletableFuture<VolumeStatus> flush(String name) {
        return with(name, volume -> volume.flush().thenCompose(flushed -> statuses.read(volume)));
    }

    @Override
    public CompletableFuture<CheckReport.Told> check(String name, boolean repair) {
        return with(name, volume -> volume.check(repair).thenApply(found -> {
            CheckReport report = new CheckReport();
            found.damages().forEach(damage -> report.add(damage, false));
            return report.told(found.bytes(), found.repaired(), found.ended());
        }));
    }

    @Override
    public CompletableFuture<BlockLocation> locate(String name, long lba) {
        return with(name, volume -> catalog().locate(volume.address(), lba / BLOCKS_PER_BLOCK).thenApply(place -> location(lba, place)));
    }

    private static BlockLocation location(long lba, BlockPlace place) {
        int inBlock = (int) (lba % BLOCKS_PER_BLOCK) * LOGICAL_BLOCK_BYTES;
        return new BlockLocation(lba, place.object(), place.offsetBytes(), place.lengthBytes(), inBlock);
    }

    @Override
    public CompletableFuture<VolumeStatus> attach(String name, Instant acceptOlder) {
        return with(name, volume -> volume.acceptOlder(acceptOlder).thenCompose(tried -> statuses.read(volume)));
    }

    @Override
    public CompletableFuture<Void> delete(String name, boolean force) {
        return with(name, volume -> {
            String objection = force ? null : objection(volume);
            if (objection != null) {
                return Refusals.refuse(Kind.CONFLICT, objection);
            }
            return catalog().show(volume.address())
                    .thenCompose(info -> force ? CompletableFuture.completedFuture(null) : requireOwn(volume, info.lease()))
                    .thenCompose(own -> volumes.remove(name))
                    .thenCompose(closed -> catalog().delete(volume.address(), force))
                    .thenCompose(gone -> parts.folder(volume.entry()).delete());
        });
    }

    private String objection(ServedVolume volume) {
        int sessions = statuses.sessionsOf(volume.iqn());
        if (sessions > 0) {
            return "volume '" + volume.entry().name() + "' is in use: " + sessions + " session(s) of its target; log out, or use --force";
        }
        if (!volumes.made(volume.entry().name())) {
            return "volume '" + volume.entry().name() + "' is named in " + origin + "; take it out there, or use --force: then the next start makes an empty one";
        }
        return null;
    }

    private CompletableFuture<Void> requireOwn(ServedVolume volume, LeaseInfo lease) {
        return volume.status().thenCompose(status -> {
            boolean own = status != null && status.dirt() != null;
            if (own || lease.state() == LeaseInfo.State.FREE) {
                return CompletableFuture.completedFuture(null);
            }
            return CompletableFuture.failedFuture(new ControlException(Kind.CONFLICT, "host " + lease.hostName() + " has the lease of volume '"
                    + volume.entry().name() + "'; detach it there, or use --force"));
        });
    }
}

package io.spindrift.config.volumes;

import io.netty.channel.EventLoop;
import io.spindrift.blockcache.BlockCache;
import io.spindrift.blockcache.CacheSettings;
import io.spindrift.blockcache.ChronicleBlockCache;
import io.spindrift.config.process.HostThreads;
import io.spindrift.config.settings.VolumeEntry;
import io.spindrift.image.HostIdentity;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageCatalog;
import io.spindrift.journal.JournalSettings;
import io.spindrift.volume.VolumeHost;
import io.spindrift.volume.VolumeSettings;
import io.spindrift.volume.destage.BatchMemory;
import io.spindrift.volume.destage.DestageSettings;
import io.spindrift.volume.outage.RecoveryPoint;
import io.spindrift.volume.prefetch.PrefetchSettings;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** What volumes are built of: a file's entry turned into the settings and parts that the volume's own module asks for. Made by the assembly. */
public final class VolumeParts {
    /** Six of the largest batches that one volume cuts by default: as many as it has under way. */
    private static final long BATCH_BYTES = 96 << 20;

    private final HostThreads threads;
    private final ImageCatalog catalog;
    private final HostIdentity identity;
    private final HostFolder hostFolder;
    private final StoreSpace storeSpace;
    private final long scrubBytesPerSecond;
    private final BatchMemory batches = new BatchMemory(BATCH_BYTES);

    public VolumeParts(HostThreads threads, ImageCatalog catalog, HostIdentity identity, HostFolder hostFolder, StoreSpace storeSpace,
            long scrubBytesPerSecond) {
        this.threads = threads;
        this.catalog = catalog;
        this.identity = identity;
        this.hostFolder = hostFolder;
        this.storeSpace = storeSpace;
        this.scrubBytesPerSecond = scrubBytesPerSecond;
    }

    /** How full the store of the images is. */
    StoreSpace storeSpace() {
        return storeSpace;
    }

    /** 0 for off. */
    long scrubBytesPerSecond() {
        return scrubBytesPerSecond;
    }

    ImageCatalog catalog() {
        return catalog;
    }

    ImageAddress address(VolumeEntry entry) {
        return new ImageAddress(catalog.user(), entry.type(), entry.name());
    }

    VolumeFolder folder(VolumeEntry entry) {
        ImageAddress address = address(entry);
        Path path = hostFolder.path().resolve("volumes").resolve(address.user()).resolve(address.type().word()).resolve(address.name());
        return new VolumeFolder(path, threads.caches());
    }

    VolumeHost host(VolumeEntry entry, EventLoop home) {
        Path path = folder(entry).path();
        JournalSettings journal = JournalSettings.of(entry.space().journalBytes());
        FolderJournals journals = new FolderJournals(path, journal, home, threads.journals(), threads.random());
        return new VolumeHost(home, threads.caches(), catalog, identity, journals, batches, () -> cache(entry, home));
    }

    /** Another cache engine is another line here. */
    private CompletableFuture<BlockCache> cache(VolumeEntry entry, EventLoop home) {
        CacheSettings settings = new CacheSettings(entry.space().cacheBytes());
        UUID boot = hostFolder.boot(threads.random());
        return ChronicleBlockCache.open(settings, folder(entry).path().resolve("cache"), boot, home, threads.caches()).thenApply(cache -> cache);
    }

    VolumeSettings settings(VolumeEntry entry) {
        VolumeEntry.Policy policy = entry.policy();
        VolumeSettings plain = VolumeSettings.of(address(entry), entry.sizeBytes());
        VolumeSettings.Waits waits = new VolumeSettings.Waits(policy.closeTimeout(), plain.waits().renew(), plain.waits().standby());
        PrefetchSettings ahead = plain.prefetch();
        return plain.withDestage(DestageSettings.after(policy.destageAfter()))
                .withOutage(plain.outage().withLimit(policy.outage().limit())
                        .withRecoveryPoint(new RecoveryPoint(policy.outage().recoveryAge(), policy.outage().recoveryBytes())))
                .withWaits(waits)
                .withPrefetch(new PrefetchSettings(policy.prefetch(), ahead.windowBytes(), ahead.requestBytes(), policy.bootProfile(),
                        ahead.bootWindow(), policy.hydrate(), ahead.idleAfter()));
    }
}

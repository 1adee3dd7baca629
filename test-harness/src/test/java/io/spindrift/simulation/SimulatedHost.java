package io.spindrift.simulation;

import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import io.spindrift.blockcache.BlockCache;
import io.spindrift.blockcache.HeapBlockCache;
import io.spindrift.client.RemoteCatalog;
import io.spindrift.client.RemoteSettings;
import io.spindrift.client.RemoteTiming;
import io.spindrift.image.DiskType;
import io.spindrift.image.HostIdentity;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageCatalog;
import io.spindrift.iscsi.IscsiServer;
import io.spindrift.iscsi.IscsiSettings;
import io.spindrift.iscsi.IscsiTarget;
import io.spindrift.journal.FileJournal;
import io.spindrift.journal.Journal;
import io.spindrift.journal.JournalSettings;
import io.spindrift.journal.LyingDisk;
import io.spindrift.scsi.unit.LogicalUnitSettings;
import io.spindrift.scsi.unit.LogicalUnitTarget;
import io.spindrift.volume.CachedVolume;
import io.spindrift.volume.CloseResult;
import io.spindrift.volume.JournalSource;
import io.spindrift.volume.VolumeHost;
import io.spindrift.volume.VolumeOpener;
import io.spindrift.volume.VolumeSettings;
import io.spindrift.volume.VolumeState;
import io.spindrift.volume.destage.DestageSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * A host: target, unit, volume, journal and stub as the daemon wires them, in a process that comes and goes. Its disk and the blocks of its cache
 * stay; a loss of power takes what was not synced, and the cache.
 */
final class SimulatedHost implements JournalSource {
    static final String TARGET = "iqn.2026-11.io.spindrift:disk0";
    static final int SIZE_BYTES = 1 << 20;
    private static final int CACHE_BLOCKS = 192;
    private static final Duration LONG = Duration.ofMinutes(10);

    private final SimulatedWorld world;
    private final String name;
    private final UUID hostId;
    /** The way to the storage server. */
    final SimulatedLink storage;
    /** The way that initiators take. */
    final SimulatedLink portal;
    UnaryOperator<Journal> journals = UnaryOperator.identity();
    UnaryOperator<ImageCatalog> catalogs = UnaryOperator.identity();
    private LyingDisk disk;
    private HeapBlockCache cache = new HeapBlockCache(CACHE_BLOCKS);
    private SimulatedProcess process;
    private CachedVolume volume;
    private int lives;
    private int setAside;

    SimulatedHost(SimulatedWorld world, String name) {
        this.world = world;
        this.name = name;
        this.hostId = new UUID(world.random().nextLong(), world.random().nextLong());
        this.disk = new LyingDisk(world.newRandom());
        this.storage = world.link(name + "-storage");
        this.portal = world.link(name + "-portal");
    }

    /** Starts the process; the volume becomes ready in its own time. */
    void start() {
        lives++;
        process = world.start(name);
        storage.usedBy(process);
        RemoteTiming timing = RemoteTiming.defaults();
        ImageCatalog catalog = catalogs.apply(new RemoteCatalog(
                new RemoteSettings(List.of(storage.address()), SimulatedStore.USER, SimulatedStore.SECRET, timing),
                process.loop(), LocalChannel::new, world.newRandom()));
        VolumeHost host = new VolumeHost(process.loop(), process.blocking(), catalog, new HostIdentity(hostId, name), this, this::openCache);
        volume = new VolumeOpener(settings(), host).open();
        LogicalUnitTarget units = new LogicalUnitTarget(process.loop());
        world.await("the unit is presented", LONG, units.addUnit(0, LogicalUnitSettings.defaults(new UUID(1, 1)), volume));
        IscsiServer server = new IscsiServer(IscsiSettings.defaults(), process.loop(), LocalServerChannel::new, world.newRandom());
        server.addTarget(new IscsiTarget(TARGET, "", units, process.loop()));
        LocalAddress address = new LocalAddress(name + "-" + lives + "-" + world.seed() + "-" + System.identityHashCode(world));
        world.await("the portal listens", LONG, server.start(List.of(address)));
        portal.leadsTo(process, address);
    }

    private static VolumeSettings settings() {
        DestageSettings destage = new DestageSettings(Duration.ofMillis(300), 1 << 20, 2, 25);
        VolumeSettings.Waits waits = new VolumeSettings.Waits(Duration.ofMinutes(5), Duration.ofSeconds(3), Duration.ofSeconds(1));
        return VolumeSettings.of(new ImageAddress(SimulatedStore.USER, DiskType.SYSTEM, "disk0"), SIZE_BYTES).withDestage(destage).withWaits(waits);
    }

    private CompletableFuture<BlockCache> openCache() {
        CompletableFuture<BlockCache> opened = new CompletableFuture<>();
        process.blocking().execute(() -> opened.complete(new KeptCache(cache)));
        return opened;
    }

    @Override
    public CompletableFuture<Journal> open() {
        JournalSettings small = new JournalSettings(4 << 20, 512 << 10, 64 << 10);
        return FileJournal.open(small, disk, process.loop(), process.blockingInOrder(), world.newRandom()).thenApply(journals::apply);
    }

    @Override
    public CompletableFuture<Journal> setAside(Journal foreign, String reason) {
        setAside++;
        disk = new LyingDisk(world.newRandom());
        return open();
    }

    VolumeState state() {
        return volume.state();
    }

    String reason() {
        return volume.reason();
    }

    int setAsideCount() {
        return setAside;
    }

    void acceptOlder(Instant time) {
        process.loop().execute(() -> volume.acceptOlder(time));
    }

    void untilReady() {
        world.runUntil(name + " serves (" + state() + ")", LONG, () -> state() == VolumeState.READY);
    }

    /** kill -9: what was handed to the operating system stays. */
    void kill() {
        world.kill(process);
        disk = disk.processDeath();
    }

    /** What was not synced is dropped, torn or reordered, and the cache can't be vouched for. */
    void losePower() {
        world.kill(process);
        disk = disk.powerLoss();
        cache = new HeapBlockCache(CACHE_BLOCKS);
    }

    /** SIGTERM. */
    CloseResult stop() {
        CloseResult result = world.await(name + " closes", LONG, volume.shutDown());
        world.kill(process);
        disk = disk.processDeath();
        return result;
    }
}

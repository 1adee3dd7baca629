package io.spindrift.simulation;

import io.spindrift.blockcache.BlockCache;
import io.spindrift.blockcache.HeapBlockCache;
import io.spindrift.client.RemoteCatalog;
import io.spindrift.client.RemoteSettings;
import io.spindrift.image.HostIdentity;
import io.spindrift.image.ImageCatalog;
import io.spindrift.iscsi.IscsiServer;
import io.spindrift.iscsi.IscsiSettings;
import io.spindrift.iscsi.IscsiTarget;
import io.spindrift.journal.FileJournal;
import io.spindrift.journal.Journal;
import io.spindrift.journal.JournalDisk;
import io.spindrift.journal.JournalSettings;
import io.spindrift.journal.LyingDisk;
import io.spindrift.scsi.unit.LogicalUnitSettings;
import io.spindrift.scsi.target.LogicalUnitTarget;
import io.spindrift.volume.CachedVolume;
import io.spindrift.volume.CloseResult;
import io.spindrift.volume.JournalSource;
import io.spindrift.volume.VolumeHost;
import io.spindrift.volume.VolumeOpener;
import io.spindrift.volume.VolumeSettings;
import io.spindrift.volume.VolumeState;
import io.spindrift.volume.destage.BatchMemory;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * A host daemon wired as production wires it, on one loop: iSCSI server, volume, journal on a lying disk, a cache that outlives the process, and the
 * stub of the storage server. It dies and comes back. Made by a {@link Simulation}.
 */
final class SimulatedHost implements JournalSource {
    static final String TARGET = "iqn.2026-11.io.spindrift:simulated";

    private static final int CACHED_BLOCKS = 96;
    private static final Set<String> CACHE_CHANGES = Set.of("put", "putRun", "invalidate", "clear", "advance");
    private static final UUID UNIT = new UUID(0x5d, 1);

    private final SimulatedWorld world;
    private final VolumeSettings settings;
    private final Weakness weakness;
    private final HostIdentity identity;
    private final JournalSettings journalSettings;
    private final SimulatedLink front;
    private final SimulatedLink back;
    private LyingDisk disk;
    private BlockCache kept = new HeapBlockCache(CACHED_BLOCKS);
    private SimulatedProcess process;
    private IscsiServer server;
    private RemoteCatalog catalog;
    private CachedVolume volume;
    private int setAside;

    SimulatedHost(String name, SimulatedWorld world, VolumeSettings settings, Weakness weakness) {
        this.world = world;
        this.settings = weakness == Weakness.NO_PATIENCE ? settings.withOutage(settings.outage().withLimit(Duration.ofSeconds(1))) : settings;
        this.weakness = weakness;
        identity = new HostIdentity(new UUID(world.random().nextLong(), world.random().nextLong()), name);
        int segment = 256 << 10 << world.random().nextInt(2);
        journalSettings = new JournalSettings(segment * (4L + world.random().nextInt(12)) + 8192, segment, 64 << 10);
        disk = new LyingDisk(world.newRandom());
        front = world.link(name + " from its guest");
        back = world.link(name + " to its storage server");
    }

    @Override
    public String toString() {
        return identity.name();
    }

    SimulatedLink front() {
        return front;
    }

    SimulatedLink back() {
        return back;
    }

    boolean alive() {
        return process != null && process.alive();
    }

    VolumeState state() {
        return alive() ? volume.state() : VolumeState.CLOSED;
    }

    String reason() {
        return alive() ? volume.state() + ", " + volume.reason() : "dead";
    }

    /** Journals that were set aside so far. */
    int setAside() {
        return setAside;
    }

    void start() {
        SimulatedProcess life = world.start(identity.name());
        process = life;
        disk.beforeEach(life::step);
        back.usedBy(life);
        RemoteSettings remote = RemoteSettings.of(List.of(back.address()), SimulatedServer.USER, SimulatedServer.SECRET);
        catalog = new RemoteCatalog(remote, life.loop(), life.connecting(), world.newRandom());
        long blocks = settings.sizeBytes() / 4096;
        ImageCatalog images = WeakCatalogs.of(weakness, catalog, blocks);
        VolumeHost parts = new VolumeHost(life.loop(), life.blocking(), images, identity, this, new BatchMemory(64 << 20), this::openCache);
        volume = new VolumeOpener(settings, parts).open();
        LogicalUnitTarget units = new LogicalUnitTarget(life.loop());
        units.addUnit(0, LogicalUnitSettings.defaults(UNIT), volume);
        server = new IscsiServer(IscsiSettings.defaults(), life.loop(), life.listening(), world.newRandom());
        server.addTarget(new IscsiTarget(TARGET, "", units, life.loop()));
        var address = SimulatedProcess.newAddress();
        server.start(List.of(address)).thenAccept(listening -> front.leadsTo(life, address));
    }

    @Override
    public CompletableFuture<Journal> open() {
        SimulatedProcess life = process;
        JournalDisk under = weakness == Weakness.EARLY_ACKNOWLEDGE ? LazyDisk.over(disk, life.loop()) : disk;
        return FileJournal.open(journalSettings, under, life.loop(), life.blocking(), world.newRandom())
                .thenApply(journal -> WeakJournals.of(weakness, journal, life.loop(), () -> volume.state() == VolumeState.READY));
    }

    @Override
    public CompletableFuture<Journal> setAside(Journal journal, String reason) {
        setAside++;
        disk = new LyingDisk(world.newRandom());
        disk.beforeEach(process::step);
        return open();
    }

    /** What was in the cache is there at once; the process only closes its view of it. */
    private CompletableFuture<BlockCache> openCache() {
        BlockCache now = kept;
        SimulatedProcess life = process;
        CompletableFuture<BlockCache> opened = new CompletableFuture<>();
        life.blocking().execute(() -> opened.complete(Forwarding.of(BlockCache.class, (method, arguments) -> {
            if (method.getName().equals("close")) {
                return null;
            }
            if (CACHE_CHANGES.contains(method.getName())) {
                life.step();
            }
            return Forwarding.forward(now, method, arguments);
        })));
        return opened;
    }

    /** The process ends, or the whole machine does: then what was not synced is lost in part, and the cache of that boot is not believed. */
    void kill(boolean power) {
        if (alive()) {
            world.kill(process);
            lose(power);
        }
    }

    /** The same at one of its next calls to disk or network, within whatever it is doing then. */
    void dieAfter(long steps, boolean power, Runnable then) {
        process.dieAfter(steps, () -> {
            lose(power);
            then.run();
        });
    }

    /** It lives on, whatever {@link #dieAfter} said. */
    void spare() {
        if (alive()) {
            process.spare();
        }
    }

    private void lose(boolean power) {
        disk = power ? disk.powerLoss() : disk.processDeath();
        kept = power ? new HeapBlockCache(CACHED_BLOCKS) : kept;
    }

    /** The host's cache is lost; only while the host is down. */
    void dropCache() {
        kept = new HeapBlockCache(CACHED_BLOCKS);
    }

    /** The way a daemon ends at SIGTERM; the process is gone when it is done. */
    CompletableFuture<CloseResult> stop() {
        return server.removeTarget(TARGET).thenCompose(gone -> volume.shutDown()).thenApply(result -> {
            catalog.close();
            world.after(Duration.ofMillis(10), () -> kill(false));
            return result;
        });
    }

    /** The operator looks at the image, reads the time and gives up what came later. */
    CompletableFuture<Void> acceptOlder() {
        return catalog.show(settings.address()).thenAccept(info -> volume.acceptOlder(info.lastApplied()));
    }
}

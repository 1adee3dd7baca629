package io.spindrift.simulation;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.blockcache.BlockCache;
import io.spindrift.blockcache.CacheSettings;
import io.spindrift.blockcache.ChronicleBlockCache;
import io.spindrift.engine.EngineSettings;
import io.spindrift.engine.ImageEngine;
import io.spindrift.image.DiskType;
import io.spindrift.image.HostIdentity;
import io.spindrift.image.ImageAddress;
import io.spindrift.journal.FileDisk;
import io.spindrift.journal.FileJournal;
import io.spindrift.journal.Journal;
import io.spindrift.journal.JournalSettings;
import io.spindrift.store.DirectoryStore;
import io.spindrift.store.StoreException;
import io.spindrift.volume.CachedVolume;
import io.spindrift.volume.JournalSource;
import io.spindrift.volume.VolumeHost;
import io.spindrift.volume.VolumeOpener;
import io.spindrift.volume.VolumeSettings;
import io.spindrift.volume.VolumeState;
import io.spindrift.volume.destage.BatchMemory;
import io.spindrift.volume.destage.DestageSettings;
import io.spindrift.volume.prefetch.PrefetchSettings;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A host daemon with its store in one folder: the real journal, cache, engine and store over real files, on one simulated loop. Made by a {@link PowerLossRun};
 * always ends with {@link #stop}.
 */
final class PowerLossHost implements JournalSource {
    static final int UNITS = 12_288;
    static final ImageAddress ADDRESS = new ImageAddress("alice", DiskType.SYSTEM, "disk0");

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int BLOCKS = UNITS * GuestData.UNIT_BYTES / 4096;
    private static final HostIdentity IDENTITY = new HostIdentity(new UUID(7, 7), "host");
    private static final JournalSettings JOURNAL = new JournalSettings(16 * (64 << 10) + 8192, 64 << 10, 16 << 10);
    private static final int READ = 256;

    private final SimulatedWorld world;
    private final SimulatedProcess process;
    private final Path folder;
    private final UUID boot;
    private final DirectoryStore store;
    private final ImageEngine engine;
    private final CachedVolume volume;
    private long kept;

    /** @param shape what the settings are drawn from: the same at every start, as a settings file is */
    PowerLossHost(SimulatedWorld world, Path folder, UUID boot, long shape) throws StoreException {
        this.world = world;
        this.folder = folder;
        this.boot = boot;
        process = world.start("host");
        store = new DirectoryStore(folder.resolve("store"));
        Random random = new Random(shape);
        EngineSettings settings =
                new EngineSettings(Duration.ofSeconds(30), 1 + random.nextInt(3), 4, 1 << 20, 2 + random.nextInt(8), 0.5, Duration.ofSeconds(1), Duration.ofDays(1));
        engine = new ImageEngine(settings, store, process.loop(), process.blocking(), world.instants(), world.newRandom());
        world.await("the store", PATIENCE, engine.open());
        Duration after = Duration.ofMillis(1 + random.nextInt(1_000));
        PrefetchSettings prefetch = random.nextBoolean() ? PrefetchSettings.of(DiskType.SYSTEM) : PrefetchSettings.off();
        VolumeSettings disk = VolumeSettings.of(ADDRESS, BLOCKS * 4096L).withDestage(new DestageSettings(after, 1 << 20, 1 + random.nextInt(3), 50, 0)).withPrefetch(prefetch);
        volume = new VolumeOpener(disk, new VolumeHost(process.loop(), process.blocking(), engine.catalog(ADDRESS.user()), IDENTITY, this, new BatchMemory(64 << 20), this::cache)).open();
    }

    @Override
    public CompletableFuture<Journal> open() {
        return FileJournal.open(JOURNAL, new FileDisk(folder.resolve("journal")), process.loop(), process.blocking(), world.newRandom()).thenApply(journal -> journal);
    }

    @Override
    public CompletableFuture<Journal> setAside(Journal journal, String reason) {
        throw new SimulationFailure(world, "the only host of an image has a journal that is not of its history: " + reason);
    }

    private CompletableFuture<BlockCache> cache() {
        return ChronicleBlockCache.open(new CacheSettings(4 << 20), folder.resolve("cache"), boot, process.loop(), process.blocking()).thenApply(cache -> {
            kept = cache.stats().blocks();
            return (BlockCache) cache;
        }).whenComplete((cache, thrown) -> {
            if (thrown != null) {
                world.defect(thrown);
            }
        });
    }

    /** Blocks that the cache had when it was opened, before the image said which of them have changed. */
    long kept() {
        return kept;
    }

    void awaitReady() {
        world.runUntil("recovery", PATIENCE, () -> volume.state() == VolumeState.READY || volume.state() == VolumeState.REFUSED);
        if (volume.state() != VolumeState.READY) {
            throw new SimulationFailure(world, "the disk is refused after power loss: " + volume.reason());
        }
    }

    void awaitCache() {
        world.runUntil("a cache in use", PATIENCE, () -> volume.status().join().reads().cache() != null);
    }

    /** @param ended told whether it was carried out */
    void write(long sequence, int unit, int count, boolean fua, Consumer<Boolean> ended) {
        ByteBuf data = Unpooled.wrappedBuffer(GuestData.of(sequence, unit, count));
        volume.write(unit, count, data, fua, completion(ended));
    }

    void unmap(int unit, int count, Consumer<Boolean> ended) {
        volume.unmap(unit, count, completion(ended));
    }

    void flush(Consumer<Boolean> ended) {
        volume.flush(completion(ended));
    }

    void read(int unit, int count, Consumer<ByteBuffer> ended) {
        ByteBuf data = Unpooled.buffer(count * GuestData.UNIT_BYTES);
        volume.read(unit, count, data, completion(good -> ended.accept(good ? data.nioBuffer(0, count * GuestData.UNIT_BYTES) : null)));
    }

    private static Completion completion(Consumer<Boolean> ended) {
        return new Completion() {
            @Override
            public void done() {
                ended.accept(true);
            }

            @Override
            public void failed(BlockFailure failure) {
                ended.accept(false);
            }
        };
    }

    /** What every unit holds. */
    long[] readAll() {
        long[] found = new long[UNITS];
        int[] left = {UNITS};
        for (int first = 0; first < UNITS; first += READ) {
            int from = first;
            read(from, READ, data -> {
                if (data == null) {
                    throw new SimulationFailure(world, "a read of everything failed at unit " + from);
                }
                for (int at = 0; at < READ; at++) {
                    found[from + at] = GuestData.sequence(data, at * GuestData.UNIT_BYTES, from + at);
                }
                left[0] -= READ;
            });
        }
        world.runUntil("a read of everything", PATIENCE, () -> left[0] == 0);
        return found;
    }

    /** What the image holds, as a new engine would read it. */
    long[] image() {
        return new ImageAudit(world, store, ADDRESS, BLOCKS).read();
    }

    /** As at SIGTERM; nothing of it is left open. */
    void stop() {
        try {
            if (!world.await("a clean stop", PATIENCE, volume.shutDown()).clean()) {
                throw new SimulationFailure(world, "a stop left something behind");
            }
        } finally {
            world.await("the end of the store", PATIENCE, engine.close());
            store.close();
        }
    }
}

package io.spindrift.harness.rot;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultEventLoop;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.blockcache.CacheSettings;
import io.spindrift.blockcache.ChronicleBlockCache;
import io.spindrift.engine.EngineSettings;
import io.spindrift.engine.ImageEngine;
import io.spindrift.image.DiskType;
import io.spindrift.image.HostIdentity;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageCatalog;
import io.spindrift.journal.FileDisk;
import io.spindrift.journal.FileJournal;
import io.spindrift.journal.Journal;
import io.spindrift.journal.JournalSettings;
import io.spindrift.store.DirectoryStore;
import io.spindrift.volume.CachedVolume;
import io.spindrift.volume.JournalSource;
import io.spindrift.volume.VolumeHost;
import io.spindrift.volume.VolumeOpener;
import io.spindrift.volume.VolumeSettings;
import io.spindrift.volume.VolumeState;
import io.spindrift.volume.destage.BatchMemory;
import io.spindrift.volume.destage.DestageSettings;
import io.spindrift.volume.outage.OutageSettings;
import io.spindrift.volume.prefetch.PrefetchSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A volume with journal and cache over an engine over a folder, as the daemon wires them, on small files. Used by one thread, which may block. */
final class RotStack implements AutoCloseable {
    static final ImageAddress ADDRESS = new ImageAddress("local", DiskType.DATA, "disk0");
    static final int BLOCKS = 1280;
    static final UUID BOOT = new UUID(7, 7);
    private static final long PATIENCE_SECONDS = 20;
    private static final EventExecutor HOME = new DefaultEventLoop();
    private static final EventExecutor LOOP = new DefaultEventExecutor();
    private static final ExecutorService BLOCKING = Executors.newFixedThreadPool(4, task -> {
        Thread thread = new Thread(task, "blocking");
        thread.setDaemon(true);
        return thread;
    });

    private final Path root;
    private final boolean cached;
    private final DirectoryStore store;
    private final ImageEngine engine;
    private final ImageCatalog catalog;
    private final Random random;
    private CachedVolume volume;
    private boolean closed;

    /** @param remote in place of the engine's own catalog; null for that */
    RotStack(Path root, boolean cached, long seed, ImageCatalog remote) throws Exception {
        this.root = root;
        this.cached = cached;
        random = new Random(seed);
        store = remote == null ? new DirectoryStore(root.resolve("store")) : null;
        engine = remote == null ? engine(store, random) : null;
        catalog = remote == null ? engine.catalog("local") : remote;
    }

    static ImageEngine engine(DirectoryStore store, Random random) {
        EngineSettings settings = new EngineSettings(Duration.ofSeconds(30), 4, 4, 1 << 20, 3, 0, Duration.ofHours(1), Duration.ofDays(1));
        ImageEngine engine = new ImageEngine(settings, store, LOOP, BLOCKING, InstantSource.system(), random);
        engine.open().join();
        return engine;
    }

    void create() throws Exception {
        await(catalog.create(ADDRESS, BLOCKS * 4096L));
    }

    /** @return null where it serves, else why not */
    String open() throws Exception {
        VolumeSettings plain = VolumeSettings.of(ADDRESS, BLOCKS * 4096L);
        VolumeSettings settings = plain.withDestage(new DestageSettings(Duration.ofHours(20), 8 << 20, 2, 90, 0))
                .withPrefetch(new PrefetchSettings(false, plain.prefetch().windowBytes(), plain.prefetch().requestBytes(), false,
                        plain.prefetch().bootWindow(), false, plain.prefetch().idleAfter()))
                .withWaits(new VolumeSettings.Waits(Duration.ZERO, Duration.ofSeconds(30), Duration.ofSeconds(30)))
                .withOutage(OutageSettings.DEFAULT.withLimit(Duration.ofSeconds(10)));
        HostIdentity identity = new HostIdentity(new UUID(3, 4), "rot");
        VolumeHost host = new VolumeHost(HOME, BLOCKING, catalog, identity, new Journals(), new BatchMemory(64 << 20), () -> cached
                ? ChronicleBlockCache.open(new CacheSettings(CACHE_BYTES), root.resolve("cache"), BOOT, HOME, BLOCKING).thenApply(cache -> cache)
                : CompletableFuture.completedFuture(null));
        volume = new VolumeOpener(settings, host).open();
        for (long waited = 0; waited < PATIENCE_SECONDS * 1000; waited += 5) {
            io.spindrift.volume.VolumeStatus now = status();
            VolumeState state = now.state();
            boolean cacheThere = !cached || state != VolumeState.READY || now.reads().cache() != null;
            if (state == VolumeState.READY && (cacheThere || waited > 8_000)) {
                return null;
            }
            boolean stuck = state == VolumeState.OPENING && (now.reason().contains("can't") || waited > 15_000);
            if (state == VolumeState.REFUSED || state == VolumeState.STANDBY || state == VolumeState.FENCED || stuck) {
                return state + ": " + now.reason();
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return "not ready: " + volume.state() + " " + volume.reason();
    }

    static final long CACHE_BYTES = 4 << 20;

    io.spindrift.volume.VolumeStatus status() throws Exception {
        return await(CompletableFuture.supplyAsync(() -> volume.status(), HOME).thenCompose(answer -> answer));
    }

    private final class Journals implements JournalSource {
        @Override
        public CompletableFuture<Journal> open() {
            JournalSettings settings = new JournalSettings((4 * 256 + 8) << 10, 256 << 10, 64 << 10);
            return FileJournal.open(settings, new FileDisk(root.resolve("journal")), HOME, BLOCKING, random).thenApply(journal -> journal);
        }

        @Override
        public CompletableFuture<Journal> setAside(Journal foreign, String reason) {
            return CompletableFuture.failedFuture(new java.io.UncheckedIOException(new java.io.IOException("set aside: " + reason)));
        }
    }

    /** How a request ended: null for well. */
    private static final class Told implements Completion {
        final CompletableFuture<BlockFailure> outcome = new CompletableFuture<>();

        @Override
        public void done() {
            outcome.complete(null);
        }

        @Override
        public void failed(BlockFailure failure) {
            outcome.complete(failure);
        }
    }

    /** @return the bytes, or null where the read is refused */
    byte[] read(long lba, int sectors) throws Exception {
        ByteBuf dst = Unpooled.directBuffer(sectors * 512);
        Told told = new Told();
        HOME.execute(() -> volume.read(lba, sectors, dst, told));
        BlockFailure failure = await(told.outcome);
        byte[] bytes = new byte[sectors * 512];
        dst.getBytes(0, bytes);
        dst.release();
        return failure == null ? bytes : null;
    }

    void write(long lba, byte[] bytes) throws Exception {
        Told told = new Told();
        HOME.execute(() -> volume.write(lba, bytes.length / 512, Unpooled.wrappedBuffer(bytes), false, told));
        require(await(told.outcome));
    }

    void unmap(long lba, int sectors) throws Exception {
        Told told = new Told();
        HOME.execute(() -> volume.unmap(lba, sectors, told));
        require(await(told.outcome));
    }

    private static void require(BlockFailure failure) {
        if (failure != null) {
            throw new IllegalStateException("refused: " + failure);
        }
    }

    /** @return whether everything came into the image */
    boolean flush() throws Exception {
        try {
            await(CompletableFuture.supplyAsync(() -> volume.flushToImage(), HOME).thenCompose(answer -> answer));
            return true;
        } catch (java.util.concurrent.ExecutionException refused) {
            return false;
        }
    }

    void sidecar(byte[] value) throws Exception {
        await(CompletableFuture.supplyAsync(() -> volume.image().writeSidecar("boot-profile", value), HOME).thenCompose(answer -> answer));
    }

    /** @return null where it can't be read */
    byte[] sidecar() throws Exception {
        try {
            return await(CompletableFuture.supplyAsync(() -> volume.image().readSidecar("boot-profile"), HOME).thenCompose(answer -> answer));
        } catch (java.util.concurrent.ExecutionException refused) {
            return null;
        }
    }

    static <T> T await(CompletableFuture<T> future) throws Exception {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new IllegalStateException("no answer within " + PATIENCE_SECONDS + " s", late);
        }
    }

    static EventExecutor loop() {
        return LOOP;
    }

    static ExecutorService blocking() {
        return BLOCKING;
    }

    /** Ends with everything that is dirty in the journal alone: the image is out of reach before the volume can bring anything into it. */
    void closeDirty() throws Exception {
        await(engine.close());
        boolean clean = await(volume.shutDown()).clean();
        store.close();
        volume = null;
        closed = true;
        if (clean) {
            throw new IllegalStateException("nothing was left in the journal");
        }
    }

    @Override
    public void close() throws Exception {
        if (closed) {
            return;
        }
        if (volume != null) {
            await(volume.shutDown());
        }
        if (engine != null) {
            await(engine.close());
            store.close();
        }
    }
}

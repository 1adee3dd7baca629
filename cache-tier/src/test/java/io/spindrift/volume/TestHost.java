package io.spindrift.volume;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.spindrift.block.Completion;
import io.spindrift.blockcache.BlockCache;
import io.spindrift.blockcache.CacheStats;
import io.spindrift.blockcache.HeapBlockCache;
import io.spindrift.image.BlockBytes;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.HostIdentity;
import io.spindrift.image.ImageCatalog;
import io.spindrift.journal.FileJournal;
import io.spindrift.journal.Journal;
import io.spindrift.journal.JournalSettings;
import io.spindrift.journal.LyingDisk;
import io.spindrift.volume.destage.BatchMemory;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A host on the test's own thread: its clock, its loop, its disk, its link, its cache, and the volume it serves. It can die and come back. */
final class TestHost implements JournalSource {
    final Random random;
    final ImageCatalog store;
    final VolumeHistory history;
    final UUID hostId;
    final String name;
    final MockTicker ticker = Ticker.newMockTicker();
    LyingDisk disk;
    BlockCache kept;
    VolumeSettings settings;
    UnaryOperator<Journal> journals = UnaryOperator.identity();
    UnaryOperator<BlockCache> caches = UnaryOperator.identity();
    boolean vouching = true;
    boolean repeatAttach;
    /** Whether the history follows; it takes only stamps for data. */
    boolean traced = true;
    long cacheDelayMillis;
    JournalSettings journalSettings = new JournalSettings(4 << 20, 512 << 10, 64 << 10);
    ManualIoEventLoop loop;
    LinkedCatalog link;
    CachedVolume volume;
    Journal journal;
    int setAside;
    /** Of the journal that was set aside last. */
    LyingDisk aside;
    private Gate gate;

    TestHost(String name, long seed, ImageCatalog store, VolumeHistory history, VolumeSettings settings) {
        this.name = name;
        this.random = new Random(seed);
        this.store = store;
        this.history = history;
        this.settings = settings;
        this.hostId = new UUID(seed, seed);
        this.disk = new LyingDisk(random);
        this.kept = new HeapBlockCache(96);
    }

    /** The process starts. */
    void start() {
        loop = new ManualIoEventLoop(null, Thread.currentThread(), LocalIoHandler.newFactory(), ticker);
        link = new LinkedCatalog(store, loop);
        link.vouching = vouching;
        link.repeatAttach = repeatAttach;
        repeatAttach = false;
        link.applied = traced ? history::applied : batch -> { };
        gate = new Gate(kept);
        VolumeHost host = new VolumeHost(loop, Runnable::run, link, new HostIdentity(hostId, name), this, new BatchMemory(64 << 20), this::openCache);
        volume = new VolumeOpener(settings, host).open();
        run();
    }

    private CompletableFuture<BlockCache> openCache() {
        CompletableFuture<BlockCache> opened = new CompletableFuture<>();
        loop.schedule(() -> opened.complete(kept == null ? null : caches.apply(gate)), cacheDelayMillis, TimeUnit.MILLISECONDS);
        return opened;
    }

    @Override
    public CompletableFuture<Journal> open() {
        return FileJournal.open(journalSettings, disk, loop, Runnable::run, random)
                .thenApply(opened -> journal = journals.apply(traced ? new TracedJournal(opened, history) : opened));
    }

    @Override
    public CompletableFuture<Journal> setAside(Journal foreign, String reason) {
        setAside++;
        aside = disk;
        CompletableFuture<Journal> fresh = new CompletableFuture<>();
        foreign.close(new Completion() {
            @Override
            public void done() {
                reopen(fresh);
            }

            @Override
            public void failed(io.spindrift.block.BlockFailure failure) {
                reopen(fresh);
            }
        });
        return fresh;
    }

    private void reopen(CompletableFuture<Journal> fresh) {
        disk = new LyingDisk(random);
        open().thenAccept(fresh::complete);
    }

    void run() {
        while (loop.runNow() > 0) {
            continue;
        }
    }

    /** Lets time pass, a millisecond at a time. */
    void pass(long millis) {
        for (long at = 0; at < millis; at++) {
            ticker.advance(1, TimeUnit.MILLISECONDS);
            run();
        }
    }

    /** Lets time pass until the volume serves. */
    void untilReady() {
        for (int at = 0; at < 100_000 && volume.state() != VolumeState.READY; at++) {
            pass(1);
        }
        if (volume.state() != VolumeState.READY) {
            throw new AssertionError("not ready but " + volume.state() + ": " + volume.reason());
        }
    }

    /** The process is killed; what it does from here on reaches nothing. */
    void kill(boolean power) {
        LyingDisk after = power ? disk.powerLoss() : disk.processDeath();
        disk.powerFor(0);
        link.down = true;
        link.loseAnswers = true;
        gate.dead = true;
        if (power) {
            kept = new HeapBlockCache(96);
        }
        // Not part of the death: gives buffers back.
        volume.shutDown();
        pass(1);
        for (int at = 0; at < 60 && volume.state() != VolumeState.CLOSED; at++) {
            ticker.advance(1, TimeUnit.SECONDS);
            run();
        }
        pass(50);
        disk = after;
    }

    CloseResult stop() {
        CompletableFuture<CloseResult> closed = volume.shutDown();
        for (int at = 0; at < 60_000 && !closed.isDone(); at++) {
            pass(1);
        }
        pass(50);
        return closed.join();
    }

    /** A completion that says how it went: null while it has not. */
    static class Told implements Completion {
        String outcome;

        @Override
        public void done() {
            outcome = "done";
        }

        @Override
        public void failed(io.spindrift.block.BlockFailure failure) {
            outcome = failure.name();
        }
    }

    /** A cache that outlives its process, and is out of reach of one that is dead. */
    static final class Gate implements BlockCache {
        private final BlockCache target;
        boolean dead;

        Gate(BlockCache target) {
            this.target = target;
        }

        @Override
        public int get(long firstBlock, int blockCount, ByteBuf dst, int dstIndex) {
            return target.get(firstBlock, blockCount, dst, dstIndex);
        }

        @Override
        public boolean contains(long block) {
            return target.contains(block);
        }

        @Override
        public int putRun(long firstBlock, int blockCount, long sequence, BlockBytes src, boolean evict) {
            return dead ? 0 : target.putRun(firstBlock, blockCount, sequence, src, evict);
        }

        @Override
        public void invalidate(long firstBlock, long blockCount) {
            if (!dead) {
                target.invalidate(firstBlock, blockCount);
            }
        }

        @Override
        public void clear() {
            if (!dead) {
                target.clear();
            }
        }

        @Override
        public HistoryPoint point() {
            return target.point();
        }

        @Override
        public void advance(HistoryPoint point) {
            if (!dead) {
                target.advance(point);
            }
        }

        @Override
        public CacheStats stats() {
            return target.stats();
        }

        @Override
        public void close() {
            dead = true;
        }
    }
}

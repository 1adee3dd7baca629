package io.spindrift.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Ticker;
import io.spindrift.engine.log.ImageHistory;
import io.spindrift.engine.log.ImageLoader;
import io.spindrift.engine.map.Place;
import io.spindrift.engine.map.RadixBlockMap;
import io.spindrift.image.AttachRequest;
import io.spindrift.image.Batch;
import io.spindrift.image.Batch.BatchExtent;
import io.spindrift.image.DiskType;
import io.spindrift.image.HostIdentity;
import io.spindrift.image.Image;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.LeasedImage;
import io.spindrift.image.ReadPriority;
import io.spindrift.store.DirectoryStore;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** Prints what the engine costs over a folder: run by hand, with a folder on the disk in question. */
public final class EngineMeasurement {
    private static final Ticker TICKER = Ticker.systemTicker();
    private static final int BATCH = 8 << 20;
    private static final int BATCHES = 64;
    private static final long BLOCKS = 1L << 28;

    private EngineMeasurement() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        map();
        raw(folder);
        EngineSetup setup = new EngineSetup(new DirectoryStore(folder.resolve("store")), EngineSettings.defaults(), TICKER.nanoTime(),
                new AtomicReference<>(Instant.parse("2026-11-21T08:00:00Z")));
        ImageAddress address = new ImageAddress("alice", DiskType.DATA, "m" + TICKER.nanoTime());
        UUID imageId = setup.await(setup.catalog("alice").create(address, BLOCKS * Image.BLOCK_BYTES)).imageId();
        AttachRequest request = new AttachRequest(new HostIdentity(new UUID(1, 1), "host"), new UUID(1, 2), null);
        LeasedImage image = setup.await(setup.catalog("alice").attach(address, request, setup.home()));
        long sequence = writes(setup, image, 0, false);
        sequence = writes(setup, image, sequence, true);
        reads(setup, image);
        small(setup, image, sequence);
        setup.close();
        recovery(folder, imageId);
    }

    private static void map() {
        System.gc();
        long before = used();
        RadixBlockMap map = new RadixBlockMap();
        Random random = new Random(1);
        for (int i = 0; i < 1_200_000; i++) {
            map.put(random.nextLong(BLOCKS), Place.of(1 + i / 2048, i % 2048));
        }
        System.gc();
        System.out.printf("map: %d random blocks over 1 TiB in %.1f MB%n", map.allocatedBlocks(), (used() - before) / 1e6);
    }

    private static long used() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static void raw(Path folder) throws Exception {
        ByteBuffer data = ByteBuffer.allocateDirect(BATCH);
        long start = TICKER.nanoTime();
        for (int i = 0; i < BATCHES; i++) {
            try (FileChannel file = FileChannel.open(folder.resolve("raw"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                file.truncate(0);
                file.write(data.rewind());
                file.force(true);
            }
        }
        print("raw: write and fsync of files of 8 MiB", start, (long) BATCHES * BATCH);
    }

    private static void print(String what, long start, long bytes) {
        double seconds = (TICKER.nanoTime() - start) / 1e9;
        System.out.printf("%s: %.0f MB/s (%.2f s)%n", what, bytes / 1e6 / seconds, seconds);
    }

    private static long writes(EngineSetup setup, LeasedImage image, long sequence, boolean scattered) throws Exception {
        ByteBuf data = Unpooled.directBuffer(BATCH).writerIndex(BATCH);
        List<Supplier<CompletableFuture<Long>>> calls = new ArrayList<>();
        Random random = new Random(2);
        for (int i = 0; i < BATCHES; i++) {
            List<BatchExtent> extents = new ArrayList<>();
            long block = scattered ? random.nextInt(1000) : i * (BATCH / 4096L);
            for (int at = 0; at < BATCH / 4096; at++) {
                extents.add(new BatchExtent(block, 1, data.retainedSlice(at * 4096, 4096)));
                block += scattered ? 2 + random.nextInt(100) : 1;
            }
            Batch batch = new Batch(image.lease().epoch(), sequence + i, sequence + i + 1, extents);
            calls.add(() -> image.apply(batch));
        }
        long start = TICKER.nanoTime();
        setup.callAll(calls);
        print("apply: batches of 8 MiB, " + (scattered ? "scattered blocks" : "sequential"), start, (long) BATCHES * BATCH);
        data.release();
        return sequence + BATCHES;
    }

    private static void reads(EngineSetup setup, LeasedImage image) throws Exception {
        Random random = new Random(3);
        for (int depth : new int[] {1, 16}) {
            long start = TICKER.nanoTime();
            int count = 20_000;
            for (int i = 0; i < count; i += depth) {
                List<Supplier<CompletableFuture<Void>>> calls = new ArrayList<>();
                for (int j = 0; j < depth; j++) {
                    calls.add(() -> image.read(random.nextInt(BATCHES * (BATCH / 4096)), 1, ReadPriority.DEMAND).thenAccept(r -> r.data().release()));
                }
                setup.callAll(calls);
            }
            System.out.printf("read: 4 KiB at random, depth %d: %.1f us each%n", depth, (TICKER.nanoTime() - start) / 1e3 / count);
        }
        long start = TICKER.nanoTime();
        for (int i = 0; i < 128; i++) {
            long first = i * 1024L;
            setup.call(() -> image.read(first, 1024, ReadPriority.DEMAND).thenAccept(r -> r.data().release()));
        }
        print("read: 4 MiB one after the other", start, 128L << 22);
    }

    private static void small(EngineSetup setup, LeasedImage image, long from) throws Exception {
        long sequence = from;
        long start = TICKER.nanoTime();
        for (int i = 0; i < 10_000; i++) {
            long at = sequence++;
            ByteBuf data = Unpooled.directBuffer(4096).writerIndex(4096);
            Batch batch = new Batch(image.lease().epoch(), at, at + 1, List.of(new BatchExtent(at % 1000, 1, data)));
            setup.call(() -> image.apply(batch));
        }
        System.out.printf("apply: 10,000 batches of 4 KiB one after the other: %.0f us each%n", (TICKER.nanoTime() - start) / 1e3 / 10_000);
    }

    private static void recovery(Path folder, UUID imageId) throws Exception {
        try (DirectoryStore store = new DirectoryStore(folder.resolve("store"))) {
            long start = TICKER.nanoTime();
            var chain = new ImageLoader(store).load(new ImageHistory(imageId, BLOCKS, 0));
            System.out.printf("recovery: %d entries above checkpoint %d: %.0f ms%n", chain.history().number() - chain.checkpointNumber(),
                    chain.checkpointNumber(), (TICKER.nanoTime() - start) / 1e6);
            start = TICKER.nanoTime();
            int count = 0;
            for (var entry : store.list("images/" + imageId + "/log/", "", 10_000)) {
                long number = Long.parseLong(entry.name().substring(entry.name().length() - 16), 16);
                count += new ImageLoader(store).entry(imageId, number, entry.length()) == null ? 0 : 1;
            }
            System.out.printf("headers: %d read in %.0f ms%n", count, (TICKER.nanoTime() - start) / 1e6);
        }
    }
}

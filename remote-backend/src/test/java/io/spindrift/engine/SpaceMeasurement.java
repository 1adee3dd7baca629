package io.spindrift.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Ticker;
import io.spindrift.image.AttachRequest;
import io.spindrift.image.Batch;
import io.spindrift.image.Batch.BatchExtent;
import io.spindrift.image.DiskType;
import io.spindrift.image.HostIdentity;
import io.spindrift.image.Image;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.LeasedImage;
import io.spindrift.store.DirectoryStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * Prints what a store needs for what is live in it: an image of so many MiB is filled and overwritten four times at random, 4 KiB each, then
 * half of it is unmapped. Run by hand: FOLDER MIB COMPACT_BELOW.
 */
public final class SpaceMeasurement {
    private static final Ticker TICKER = Ticker.systemTicker();
    private static final int BATCH_BLOCKS = 2048;

    private SpaceMeasurement() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        int blocks = Integer.parseInt(arguments[1]) * 256;
        EngineSettings settings = new EngineSettings(Duration.ofSeconds(30), 4, 8, 64L << 20, 256, Double.parseDouble(arguments[2]),
                Duration.ofSeconds(2), Duration.ofDays(7));
        EngineSetup setup = new EngineSetup(new DirectoryStore(folder), settings, 1, new AtomicReference<>(Instant.parse("2026-11-21T08:00:00Z")));
        ImageAddress address = new ImageAddress("alice", DiskType.DATA, "disk0");
        setup.await(setup.catalog("alice").create(address, blocks * (long) Image.BLOCK_BYTES));
        LeasedImage image = setup.await(setup.catalog("alice")
                .attach(address, new AttachRequest(new HostIdentity(new UUID(1, 1), "host"), new UUID(1, 2), null), setup.home()));
        Random random = new Random(1);
        long start = TICKER.nanoTime();
        long sequence = 0;
        for (long written = 0; written < 5L * blocks; written += BATCH_BLOCKS) {
            boolean fill = written < blocks;
            TreeSet<Long> chosen = new TreeSet<>();
            while (chosen.size() < BATCH_BLOCKS) {
                chosen.add(fill ? written + chosen.size() : random.nextInt(blocks));
            }
            apply(setup, image, sequence++, chosen);
            if (written % blocks == 0) {
                print("after " + written / blocks + " x", folder, setup, image, start);
            }
        }
        print("all written", folder, setup, image, start);
        quiet(setup, 15_000);
        print("quiet for 15 s", folder, setup, image, start);
        List<BatchExtent> half = List.of(new BatchExtent(0, blocks / 2, null));
        long last = sequence;
        setup.call(() -> image.apply(new Batch(image.lease().epoch(), last, last + 1, half)));
        print("half unmapped", folder, setup, image, start);
        quiet(setup, 15_000);
        print("quiet for 15 s", folder, setup, image, start);
        setup.close();
    }

    private static void apply(EngineSetup setup, LeasedImage image, long sequence, Iterable<Long> blocks) throws Exception {
        ByteBuf data = Unpooled.directBuffer(BATCH_BLOCKS * Image.BLOCK_BYTES).writerIndex(BATCH_BLOCKS * Image.BLOCK_BYTES);
        List<BatchExtent> extents = new ArrayList<>();
        for (long block : blocks) {
            extents.add(new BatchExtent(block, 1, data.retainedSlice(extents.size() * Image.BLOCK_BYTES, Image.BLOCK_BYTES)));
        }
        data.release();
        setup.call(() -> image.apply(new Batch(image.lease().epoch(), sequence, sequence + 1, extents)));
    }

    private static void quiet(EngineSetup setup, int ms) throws Exception {
        setup.home().schedule(() -> { }, ms, java.util.concurrent.TimeUnit.MILLISECONDS).get();
    }

    private static void print(String what, Path folder, EngineSetup setup, LeasedImage image, long start) throws Exception {
        long stored = 0;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                stored += Files.isRegularFile(file) ? Files.size(file) : 0;
            }
        } catch (java.io.UncheckedIOException e) {
            stored = -1;
        }
        long live = setup.call(image::info).allocatedBytes();
        System.out.printf("%6.1f s %-16s live %5d MiB, store %5d MiB, %.2f times%n", (TICKER.nanoTime() - start) / 1e9, what, live >> 20, stored >> 20,
                stored / (double) live);
    }
}

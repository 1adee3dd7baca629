package io.spindrift.blockcache;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.spindrift.image.Image;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.UUID;

/** Not a test: nanoseconds and bytes allocated per operation. Arguments: a folder, the cache's size in MiB. */
public final class CacheMeasure {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 3;
    private final SplittableRandom random = new SplittableRandom(1);
    private final ByteBuf bytes = PooledByteBufAllocator.DEFAULT.directBuffer(32 * Image.BLOCK_BYTES);
    private final BlockCache cache;
    private final int blocks;
    private long nextNew;

    private CacheMeasure(BlockCache cache) {
        this.cache = cache;
        blocks = (int) cache.stats().capacityBlocks();
        nextNew = blocks;
        bytes.writeZero(bytes.capacity());
    }

    public static void main(String[] arguments) {
        CacheSettings settings = new CacheSettings(Long.parseLong(arguments[1]) << 20);
        long start = System.nanoTime();
        BlockCache cache = ChronicleBlockCache.open(settings, Path.of(arguments[0]), new UUID(1, 1), ImmediateEventExecutor.INSTANCE,
            Runnable::run).join();
        System.out.printf("open %d ms, %s%n", (System.nanoTime() - start) / 1_000_000, cache.stats());
        CacheMeasure measure = new CacheMeasure(cache);
        for (long block = 0; block < measure.blocks; block++) {
            cache.put(block, 1, measure.bytes, 0, true);
        }
        for (int round = 0; round < ROUNDS; round++) {
            measure.round();
        }
        start = System.nanoTime();
        cache.close();
        System.out.printf("close %d ms%n", (System.nanoTime() - start) / 1_000_000);
    }

    private void round() {
        measure("get 4 KiB hit", 500_000, () -> cache.get(random.nextInt(blocks), 1, bytes, 0));
        measure("get 4 KiB miss", 500_000, () -> cache.get(-2 - random.nextInt(blocks), 1, bytes, 0));
        measure("get 128 KiB hit", 50_000, () -> cache.get(random.nextInt(blocks - 32), 32, bytes, 0));
        measure("put replace", 200_000, () -> cache.put(random.nextInt(blocks), 2, bytes, 0, true));
        measure("put new, evicting", 200_000, () -> cache.put(nextNew++, 3, bytes, 0, true));
        cache.invalidate(0, Long.MAX_VALUE);
        nextNew = blocks;
        measure("put new, free", blocks, new Runnable() {
            private long block;

            @Override
            public void run() {
                cache.put(block++, 4, bytes, 0, true);
            }
        });
    }

    private static void measure(String what, int times, Runnable operation) {
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        for (int i = 0; i < times; i++) {
            operation.run();
        }
        long nanos = System.nanoTime() - start;
        System.out.printf("%-20s %7d ns  %6.1f B%n", what, nanos / times,
            (THREADS.getCurrentThreadAllocatedBytes() - allocated) / (double) times);
    }
}

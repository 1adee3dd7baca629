package io.spindrift.microbench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.spindrift.blockcache.BlockCache;
import io.spindrift.blockcache.CacheSettings;
import io.spindrift.blockcache.ChronicleBlockCache;
import io.spindrift.image.Image;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The block cache as it is, blocks in a slab beside a Chronicle Map, at random blocks of a full cache. {@link ValueCacheBenchmark} is the other way. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CacheBenchmark {
    private static final int RUN = 32;

    @Param("256")
    private int mebibytes;

    private final SplittableRandom random = new SplittableRandom(1);
    private Scratch scratch;
    private BlockCache cache;
    private int blocks;
    private long nextNew;
    private ByteBuf buffer;

    @Setup
    public void open() throws IOException {
        scratch = new Scratch();
        Path folder = scratch.folder().resolve("cache");
        cache = ChronicleBlockCache.open(new CacheSettings((long) mebibytes << 20), folder, new UUID(1, 1), ImmediateEventExecutor.INSTANCE,
            Runnable::run).join();
        blocks = (int) cache.stats().capacityBlocks();
        buffer = PooledByteBufAllocator.DEFAULT.directBuffer(RUN * Image.BLOCK_BYTES).writeZero(RUN * Image.BLOCK_BYTES);
        for (int block = 0; block < blocks; block++) {
            cache.put(block, 1, buffer, 0, true);
        }
        nextNew = blocks;
        scratch.begin();
    }

    @TearDown
    public void close() throws IOException {
        scratch.tell("puts", (cache.stats().puts() - blocks) * Image.BLOCK_BYTES);
        cache.close();
        buffer.release();
        scratch.close();
    }

    @Benchmark
    public int getHit4KiB() {
        return cache.get(random.nextInt(blocks), 1, buffer, 0);
    }

    @Benchmark
    public int getMiss() {
        return cache.get(-2L - random.nextInt(blocks), 1, buffer, 0);
    }

    @Benchmark
    public int getHit128KiB() {
        return cache.get(random.nextInt(blocks - RUN), RUN, buffer, 0);
    }

    @Benchmark
    public boolean putReplacing4KiB() {
        return cache.put(random.nextInt(blocks), 2, buffer, 0, true);
    }

    @Benchmark
    public boolean putNewEvicting4KiB() {
        return cache.put(nextNew++, 3, buffer, 0, true);
    }
}

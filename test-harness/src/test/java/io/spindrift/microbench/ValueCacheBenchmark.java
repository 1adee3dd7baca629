package io.spindrift.microbench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.spindrift.image.Image;
import java.io.IOException;
import java.util.SplittableRandom;
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

/** What {@link CacheBenchmark} does, over a Chronicle Map that holds the blocks in its values. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ValueCacheBenchmark {
    private static final int RUN = 32;

    @Param("256")
    private int mebibytes;

    private final SplittableRandom random = new SplittableRandom(1);
    private Scratch scratch;
    private ValueMapCache cache;
    private int blocks;
    private long puts;
    private ByteBuf buffer;

    @Setup
    public void open() throws IOException {
        scratch = new Scratch();
        blocks = mebibytes << 8;
        cache = new ValueMapCache(scratch.folder().resolve("values"), blocks);
        buffer = PooledByteBufAllocator.DEFAULT.directBuffer(RUN * Image.BLOCK_BYTES).writeZero(RUN * Image.BLOCK_BYTES);
        for (int block = 0; block < blocks; block++) {
            cache.put(block, buffer, 0);
        }
        scratch.begin();
    }

    @TearDown
    public void close() throws IOException {
        scratch.tell("puts", puts * Image.BLOCK_BYTES);
        cache.close();
        buffer.release();
        scratch.close();
    }

    @Benchmark
    public boolean getHit4KiB() {
        return cache.get(random.nextInt(blocks), buffer, 0);
    }

    @Benchmark
    public boolean getMiss() {
        return cache.get(-2L - random.nextInt(blocks), buffer, 0);
    }

    @Benchmark
    public boolean getHit128KiB() {
        long first = random.nextInt(blocks - RUN);
        boolean all = true;
        for (int i = 0; i < RUN; i++) {
            all &= cache.get(first + i, buffer, i * Image.BLOCK_BYTES);
        }
        return all;
    }

    @Benchmark
    public void putReplacing4KiB() {
        cache.put(random.nextInt(blocks), buffer, 0);
        puts++;
    }
}

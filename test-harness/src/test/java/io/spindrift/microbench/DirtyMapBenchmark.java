package io.spindrift.microbench;

import io.spindrift.volume.map.DirtyMap;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The map of dirty blocks with 256 MiB in it and some unmapped extents: nanoseconds for each of what a command asks. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DirtyMapBenchmark {
    private static final int BLOCKS = 65_536;
    private static final int FAR = 1 << 24;

    private final SplittableRandom random = new SplittableRandom(1);
    private final DirtyMap map = new DirtyMap();
    private long position;
    private long sequence = 1;

    @Setup
    public void fill() {
        for (long block = 0; block < BLOCKS; block++) {
            map.write(block * DirtyMap.SECTORS, DirtyMap.SECTORS, next());
        }
        for (int extent = 0; extent < 64; extent++) {
            map.unmap((FAR + extent * 1000L) * DirtyMap.SECTORS, 500L * DirtyMap.SECTORS, sequence++);
        }
    }

    private long next() {
        position += DirtyMap.BLOCK_BYTES + 64;
        return position;
    }

    private long anywhere() {
        return random.nextInt(BLOCKS);
    }

    @Benchmark
    public void writeBlock() {
        map.write(anywhere() * DirtyMap.SECTORS, DirtyMap.SECTORS, next());
    }

    @Benchmark
    public void writeOneSectorThenWhole() {
        long block = anywhere();
        map.write(block * DirtyMap.SECTORS + 3, 1, next());
        map.write(block * DirtyMap.SECTORS, DirtyMap.SECTORS, next());
    }

    @Benchmark
    public long lookUpDirty() {
        return map.wholePosition(anywhere());
    }

    @Benchmark
    public int lookUpClean() {
        return map.cleanRun(BLOCKS + anywhere(), 1);
    }

    @Benchmark
    public int cleanRunOf64() {
        return map.cleanRun(BLOCKS + anywhere(), 64);
    }

    @Benchmark
    public void writeAndClear() {
        long block = BLOCKS * 2L + anywhere();
        long at = next();
        map.write(block * DirtyMap.SECTORS, DirtyMap.SECTORS, at);
        map.clear(block, at + DirtyMap.BLOCK_BYTES, sequence);
    }
}

package io.spindrift.microbench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.journal.FileDisk;
import io.spindrift.journal.FileJournal;
import io.spindrift.journal.JournalCorruptException;
import io.spindrift.journal.JournalSettings;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The journal over real files, its blocking work done on the spot: microseconds for a record. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class JournalBenchmark {
    private static final int TOGETHER = 32;
    private static final int BLOCK = 4096;
    private static final int LARGE = 256 << 10;
    private static final int RECORD = BLOCK + 64;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final SplittableRandom random = new SplittableRandom(1);
    private final ByteBuf data = PooledByteBufAllocator.DEFAULT.directBuffer(LARGE).writeZero(LARGE);
    private final Counter counter = new Counter();
    private Scratch scratch;
    private FileJournal journal;
    private long readable;

    private static final class Counter implements Completion {
        private long done;

        @Override
        public void done() {
            done++;
        }

        @Override
        public void failed(BlockFailure failure) {
            throw new IllegalStateException(failure.toString());
        }
    }

    @Setup
    public void open() throws IOException {
        scratch = new Scratch();
        var opening = FileJournal.open(JournalSettings.of(1L << 29), new FileDisk(scratch.folder().resolve("journal")), channel.eventLoop(), Runnable::run, random);
        channel.runPendingTasks();
        journal = opening.join();
        for (int i = 0; i < 1000; i++) {
            append(BLOCK);
        }
        channel.runPendingTasks();
        readable = journal.lastDataPosition();
    }

    @TearDown
    public void close() throws IOException {
        journal.trim(journal.lastSequence());
        channel.runPendingTasks();
        journal.close(counter);
        channel.runPendingTasks();
        data.release();
        scratch.close();
    }

    private void append(int bytes) {
        if (!journal.hasRoom(bytes)) {
            channel.runPendingTasks();
            journal.trim(journal.lastSequence() - 1);
            channel.runPendingTasks();
        }
        journal.appendWrite(8, bytes / 512, data, counter);
    }

    @Benchmark
    public long appendAlone4KiB() {
        append(BLOCK);
        channel.runPendingTasks();
        return counter.done;
    }

    @Benchmark
    @OperationsPerInvocation(TOGETHER)
    public long appendTogether4KiB() {
        for (int i = 0; i < TOGETHER; i++) {
            append(BLOCK);
        }
        channel.runPendingTasks();
        return counter.done;
    }

    @Benchmark
    public long append256KiB() {
        append(LARGE);
        channel.runPendingTasks();
        return counter.done;
    }

    @Benchmark
    public long appendAndSync4KiB() {
        append(BLOCK);
        journal.sync(counter);
        channel.runPendingTasks();
        return counter.done;
    }

    @Benchmark
    public void read4KiB() throws JournalCorruptException {
        journal.read(readable - random.nextInt(500) * (long) RECORD, BLOCK, data, 0);
    }
}

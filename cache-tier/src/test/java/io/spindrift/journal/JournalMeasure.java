package io.spindrift.journal;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Not a test: what appends, syncs, reads and an opening cost. Argument: a folder. */
public final class JournalMeasure {
    private static final JournalSettings SETTINGS = JournalSettings.of(1L << 30);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final SplittableRandom random = new SplittableRandom(1);
    private final FileJournal journal;
    private long done;
    private final Completion counted = new Completion() {
        @Override
        public void done() {
            done++;
        }

        @Override
        public void failed(BlockFailure failure) {
            throw new IllegalStateException(failure.toString());
        }
    };

    private JournalMeasure(Path folder) {
        long start = System.nanoTime();
        var opening = FileJournal.open(SETTINGS, new FileDisk(folder), channel.eventLoop(), Runnable::run, random);
        channel.runPendingTasks();
        journal = opening.join();
        System.out.printf("open %d ms, last %d%n", (System.nanoTime() - start) / 1_000_000, journal.lastSequence());
    }

    public static void main(String[] arguments) throws Exception {
        JournalMeasure measure = new JournalMeasure(Path.of(arguments[0]));
        for (int round = 0; round < 3; round++) {
            measure.appends(4096, 1, 100_000);
            measure.appends(4096, 32, 400_000);
            measure.appends(256 << 10, 1, 8_000);
            measure.syncs();
            measure.reads();
        }
        for (int i = 0; i < 150_000; i++) {
            measure.append(measure.block, 4096);
            if (i % 32 == 0) {
                measure.channel.runPendingTasks();
            }
        }
        measure.channel.runPendingTasks();
        System.out.println("left unclosed with " + measure.journal.usedBytes() + " bytes; run again to see it opened");
        Runtime.getRuntime().halt(0);
    }

    private final ByteBuf block = PooledByteBufAllocator.DEFAULT.directBuffer(1 << 20).writeZero(1 << 20);

    private void append(ByteBuf data, int bytes) {
        if (!journal.hasRoom(bytes)) {
            channel.runPendingTasks();
            journal.trim(journal.lastSequence() - 1);
            channel.runPendingTasks();
        }
        journal.appendWrite(8, bytes / 512, data, counted);
    }

    private void appends(int bytes, int each, int count) {
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            append(block, bytes);
            if (i % each == each - 1) {
                channel.runPendingTasks();
            }
        }
        double micros = (System.nanoTime() - start) / 1000.0 / count;
        System.out.printf("append %7d, %2d a turn: %8.2f us  %7.0f MB/s  %5.1f B allocated%n", bytes, each, micros, bytes / micros,
            (THREADS.getCurrentThreadAllocatedBytes() - allocated) / (double) count);
    }

    private void syncs() {
        journal.sync(counted);
        channel.runPendingTasks();
        long start = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            append(block, 4096);
            journal.sync(counted);
            channel.runPendingTasks();
        }
        System.out.printf("append and sync %.0f us%n", (System.nanoTime() - start) / 1000.0 / 100);
    }

    private void reads() throws JournalCorruptException {
        long position = journal.lastDataPosition();
        long start = System.nanoTime();
        for (int i = 0; i < 200_000; i++) {
            journal.read(position - random.nextInt(100) * 4160L, 4096, block, 0);
        }
        System.out.printf("read 4 KiB %.2f us%n", (System.nanoTime() - start) / 1000.0 / 200_000);
    }
}

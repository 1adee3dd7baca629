package io.spindrift.journal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import java.io.FileOutputStream;
import java.io.FileDescriptor;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A child appends and tells each acknowledged sequence; it is killed with signal 9, and the journal holds them all. */
class JournalKillTest {
    private static final JournalSettings SETTINGS = new JournalSettings((64 << 20) + (8 << 10), 1 << 20, 64 << 10);
    @TempDir
    Path parent;

    @Test
    void whatWasAcknowledgedSurvivesTheKill() throws Exception {
        for (int round = 0; round < 3; round++) {
            long[] counts = round("round-" + round, "after", 2000 + 777 * round);
            assertTrue(counts[0] > 1000);
            assertTrue(counts[1] >= counts[0], () -> "acknowledged up to " + counts[0] + ", found " + counts[1]);
        }
    }

    @Test
    void anAcknowledgementBeforeTheWriteLosesSome() throws Exception {
        long[] counts = round("control", "before", 2000);
        assertTrue(counts[1] < counts[0], () -> "the control acknowledged up to " + counts[0] + " and lost nothing: " + counts[1]);
    }

    /** The last acknowledged sequence, and the last one found. */
    private long[] round(String name, String when, int lines) throws Exception {
        Path folder = parent.resolve(name);
        List<String> told = KilledProcess.run(Child.class, lines, folder.toString(), when);
        String last = told.get(told.size() - 1);
        long acknowledged = Long.parseLong(last.length() < 12 ? told.get(told.size() - 2) : last);
        EmbeddedChannel channel = new EmbeddedChannel();
        var opening = FileJournal.open(SETTINGS, new FileDisk(folder), channel.eventLoop(), Runnable::run, new SplittableRandom(1));
        channel.runPendingTasks();
        FileJournal journal = opening.join();
        long[] seen = new long[1];
        journal.replay(0, (sequence, lba, sectors, position, unmap) -> {
            assertTrue(sequence == ++seen[0] && lba == 8 * sequence && sectors == 8);
            ByteBuf read = Unpooled.buffer(4096).writerIndex(4096);
            try {
                journal.read(position, 4096, read, 0);
            } catch (JournalCorruptException e) {
                throw new AssertionError(e);
            }
            for (int i = 0; i < 512; i++) {
                assertTrue(read.getLong(i * 8) == sequence, "record " + sequence);
            }
            return true;
        });
        journal.close(new Told(() -> { }));
        channel.runPendingTasks();
        return new long[] {acknowledged, seen[0]};
    }

    private record Told(Runnable then) implements Completion {
        @Override
        public void done() {
            then.run();
        }

        @Override
        public void failed(BlockFailure failure) {
            throw new AssertionError(failure);
        }
    }

    /** Appends for ever, eight records a turn; tells a sequence when it is written, or for the control before. */
    public static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws IOException {
            PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.US_ASCII);
            boolean before = arguments[1].equals("before");
            EmbeddedChannel channel = new EmbeddedChannel();
            var opening = FileJournal.open(SETTINGS, new FileDisk(Path.of(arguments[0])), channel.eventLoop(), Runnable::run, new SplittableRandom(2));
            channel.runPendingTasks();
            FileJournal journal = opening.join();
            ByteBuf data = Unpooled.directBuffer(4096);
            for (long next = 1; journal.hasRoom(4096); next++) {
                long sequence = next;
                data.clear();
                for (int i = 0; i < 512; i++) {
                    data.writeLong(sequence);
                }
                journal.appendWrite(8 * sequence, 8, data, new Told(() -> {
                    if (!before) {
                        tell(out, sequence);
                    }
                }));
                if (before) {
                    tell(out, sequence);
                }
                if (sequence % (before ? 4096 : 8) == 0) {
                    channel.runPendingTasks();
                }
            }
        }

        private static void tell(PrintStream out, long sequence) {
            out.printf("%012d%n", sequence);
            out.flush();
        }
    }
}

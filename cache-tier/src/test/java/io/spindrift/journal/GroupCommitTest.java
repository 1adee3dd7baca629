package io.spindrift.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which syncs a journal carries out, and whom each answers. What blocks waits until the test lets it run. */
class GroupCommitTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final SplittableRandom random = new SplittableRandom(3);
    private final ArrayDeque<Runnable> blocking = new ArrayDeque<>();
    private final LyingDisk disk = new LyingDisk(random);
    private FileJournal journal;
    private int answered;

    @BeforeEach
    void open() {
        JournalSettings settings = new JournalSettings(8 << 20, 1 << 20, 64 << 10);
        var opening = FileJournal.open(settings, disk, channel.eventLoop(), blocking::add, random);
        letAllRun();
        journal = opening.join();
        letAllRun();
    }

    private void turn() {
        channel.runPendingTasks();
    }

    /** @return how much of what blocks there was */
    private int letAllRun() {
        int ran = 0;
        turn();
        while (!blocking.isEmpty()) {
            blocking.poll().run();
            ran++;
            turn();
        }
        return ran;
    }

    private void append() {
        journal.appendUnmap(8, 8, new Counted());
        turn();
    }

    private void sync() {
        journal.sync(new Counted());
    }

    private final class Counted implements Completion {
        @Override
        public void done() {
            answered++;
        }

        @Override
        public void failed(BlockFailure failure) {
            throw new AssertionError(failure);
        }
    }

    private void rhythm(int records, int times) {
        for (int time = 0; time < times; time++) {
            for (int record = 0; record < records; record++) {
                append();
            }
            sync();
            letAllRun();
        }
        answered = 0;
    }

    @Test
    void withoutARhythmNothingIsSyncedThatNobodyAskedFor() {
        rhythm(1, 1);
        rhythm(2, 1);
        append();
        assertEquals(0, blocking.size());
        append();
        assertEquals(0, blocking.size());
    }

    @Test
    void aSyncThatIsExpectedBeginsBeforeItIsAskedForAndAnswersWhoAsksMeanwhile() {
        rhythm(2, 3);
        append();
        assertEquals(0, blocking.size());
        append();
        assertEquals(1, blocking.size());
        sync();
        assertEquals(2, answered, "the two appends");
        assertEquals(1, letAllRun(), "no second sync");
        assertEquals(3, answered);
    }

    @Test
    void aSyncThatHasEndedAnswersWhoAsksAfterwards() {
        rhythm(1, 3);
        append();
        assertEquals(1, letAllRun());
        sync();
        assertEquals(0, letAllRun());
        assertEquals(2, answered);
    }

    @Test
    void whatIsAppendedWhileASyncRunsIsNoneOfIts() {
        rhythm(1, 3);
        append();
        append();
        sync();
        blocking.poll().run();
        turn();
        assertEquals(2, answered, "the appends; the sync that ended knew one of them");
        assertEquals(1, letAllRun());
        assertEquals(3, answered);
    }

    @Test
    void aWrongGuessEndsTheGuessing() {
        rhythm(1, 3);
        append();
        assertEquals(1, letAllRun());
        for (int record = 0; record < 20; record++) {
            append();
            assertEquals(0, blocking.size());
        }
    }

    @Test
    void longRhythmsAreNotWorthAGuess() {
        rhythm(40, 3);
        for (int record = 0; record < 40; record++) {
            append();
        }
        assertEquals(0, blocking.size());
    }

    @Test
    void whatWasSyncedUnaskedIsDurable() {
        rhythm(1, 3);
        journal.appendWrite(16, 8, Unpooled.buffer(4096).writeZero(4096), new Counted());
        letAllRun();
        long written = journal.lastSequence();
        LyingDisk after = disk.powerLoss();
        var opening = FileJournal.open(new JournalSettings(8 << 20, 1 << 20, 64 << 10), after, channel.eventLoop(), blocking::add, random);
        letAllRun();
        assertEquals(written, opening.join().lastSequence());
    }
}

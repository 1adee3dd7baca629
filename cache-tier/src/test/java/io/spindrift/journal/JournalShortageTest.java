package io.spindrift.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.image.HistoryPoint;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A journal whose disk has less room than its capacity, or none for what it writes: it waits, loses nothing, and goes on. */
class JournalShortageTest {
    private static final JournalSettings SETTINGS = new JournalSettings((8 * 64 + 8) << 10, 64 << 10, 16 << 10);
    private static final HistoryPoint LEASE = new HistoryPoint(new UUID(1, 2), 3, new UUID(4, 5), 100);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final SplittableRandom random = new SplittableRandom(3);
    private final JournalModel model = new JournalModel();
    private LyingDisk disk = new LyingDisk(random);
    private FileJournal journal;
    private int notes;

    @BeforeEach
    void open() {
        channel.freezeTime();
        journal = opened();
        model.cutAt(LEASE.sequence());
    }

    private FileJournal opened() {
        var opening = FileJournal.open(SETTINGS, disk, channel.eventLoop(), Runnable::run, random);
        turns();
        FileJournal made = opening.join();
        made.begin(LEASE.withSequence(Math.max(LEASE.sequence(), made.lastSequence())), model.completion(() -> notes++));
        turns();
        return made;
    }

    private void turns() {
        for (int turn = 0; turn < 10; turn++) {
            channel.runPendingTasks();
        }
    }

    private void pass(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        turns();
    }

    /** Appends as a volume does: as long as there is room. @return how many records */
    private int fill() {
        int records = 0;
        while (journal.hasRoom(4096)) {
            model.append(journal, random, 8);
            turns();
            records++;
            assertTrue(records < 1_000);
        }
        return records;
    }

    @Test
    void aDiskThatIsSmallerThanTheCapacityHoldsWritesAndFailsNothing() throws Exception {
        disk.room(disk.usedBytes() + (64 << 10));
        int here = fill();
        assertTrue(here > 20 && here < 150, here + " records in three segments");
        assertTrue(journal.shortage().contains("No space left"), journal.shortage());
        assertNull(journal.failure());
        assertEquals(journal.lastSequence(), model.writtenUpTo, "what was taken is acknowledged");
        pass(60_000);
        assertFalse(journal.hasRoom(4096));
        disk.room(Long.MAX_VALUE);
        pass(2_100);
        assertEquals("", journal.shortage());
        assertTrue(fill() > here, "five more segments");
        assertEquals("", journal.shortage(), "full by its capacity, which is no shortage");
        assertEquals(model.entries.size(), model.check(journal, LEASE.sequence()));
    }

    @Test
    void filesThatAreTrimmedAreUsedWhileTheDiskIsFull() throws Exception {
        disk.room(disk.usedBytes() + (64 << 10));
        fill();
        long trimmed = 0;
        for (int round = 0; round < 20; round++) {
            trimmed = journal.lastSequence();
            journal.trim(trimmed);
            turns();
            assertTrue(fill() > 3, "round " + round + ": " + journal.shortage());
        }
        assertEquals(journal.lastSequence(), model.writtenUpTo);
        disk = disk.processDeath();
        long last = journal.lastSequence();
        journal = opened();
        assertEquals(last, journal.lastSequence());
        assertEquals(last - trimmed, model.check(journal, trimmed));
    }

    @Test
    void recordsThatCantBeWrittenWaitAndAreAcknowledgedOnce() throws Exception {
        model.append(journal, random, 8);
        turns();
        disk.fullForWrites(true);
        long before = journal.lastSequence();
        model.append(journal, random, 8);
        model.append(journal, random, 8);
        int[] synced = new int[1];
        journal.sync(model.completion(() -> synced[0]++));
        turns();
        pass(30_000);
        assertEquals(before, model.writtenUpTo, "half written is not written");
        assertEquals(0, synced[0]);
        assertFalse(journal.hasRoom(512));
        assertEquals(3, model.check(journal, LEASE.sequence()), "what waits is read as it was appended");
        disk.fullForWrites(false);
        pass(2_100);
        assertEquals(before + 2, model.writtenUpTo);
        assertEquals(1, synced[0]);
        disk = disk.powerLoss();
        journal = opened();
        assertEquals(3, model.check(journal, LEASE.sequence()));
    }

    @Test
    void aDeathInAShortageLosesNothing() throws Exception {
        disk.room(disk.usedBytes());
        fill();
        assertFalse(journal.shortage().isEmpty());
        notes = 0;
        // A note of a lease in between must not vouch for the segment that could not be made.
        journal.begin(LEASE, model.completion(() -> notes++));
        turns();
        assertEquals(1, notes);
        long last = journal.lastSequence();
        disk = disk.processDeath();
        disk.room(Long.MAX_VALUE);
        journal = opened();
        assertEquals(last, journal.lastSequence());
        assertEquals(model.entries.size(), model.check(journal, LEASE.sequence()));
    }

    @Test
    void aNoteThatFindsNoRoomIsToldAndTheJournalLives() {
        disk.fullForWrites(true);
        String[] told = new String[1];
        journal.begin(LEASE, new Completion() {
            @Override
            public void done() {
                told[0] = "done";
            }

            @Override
            public void failed(BlockFailure why) {
                told[0] = why.name();
            }
        });
        turns();
        assertEquals("FULL", told[0]);
        assertNull(journal.failure());
        disk.fullForWrites(false);
        notes = 0;
        journal.begin(LEASE, model.completion(() -> notes++));
        turns();
        assertEquals(1, notes);
    }

    @Test
    void aCloseDoesNotWaitForRoom() {
        disk.fullForWrites(true);
        model.append(journal, random, 8);
        turns();
        String[] told = new String[1];
        journal.close(new Completion() {
            @Override
            public void done() {
                told[0] = "done";
            }

            @Override
            public void failed(BlockFailure why) {
                told[0] = why.name();
            }
        });
        turns();
        assertEquals("done", told[0]);
        assertEquals(LEASE.sequence(), model.writtenUpTo, "it was not acknowledged");
    }
}

package io.spindrift.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.spindrift.image.HistoryPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Journal} does. The home loop is an {@link EmbeddedChannel}'s, whose turns the tests take. */
public abstract class JournalContract {
    protected static final HistoryPoint LEASE = new HistoryPoint(new UUID(1, 2), 3, new UUID(4, 5), 100);
    protected final EmbeddedChannel channel = new EmbeddedChannel();
    protected Journal journal;
    private final JournalModel model = new JournalModel();
    private final SplittableRandom random = new SplittableRandom(1);

    /** A new journal of 256 KiB to 4 MiB whose home is {@link #channel}'s loop and whose blocking work runs at once. */
    protected abstract Journal make() throws Exception;

    @BeforeEach
    void open() throws Exception {
        journal = make();
        int[] noted = new int[1];
        journal.begin(LEASE, model.completion(() -> noted[0]++));
        turns();
        assertEquals(1, noted[0]);
        model.cutAt(LEASE.sequence());
    }

    @AfterEach
    void close() {
        journal.close(model.completion(() -> { }));
        turns();
    }

    protected void turns() {
        for (int turn = 0; turn < 10; turn++) {
            channel.runPendingTasks();
        }
    }

    @Test
    void sequencesGoOnFromTheImages() {
        assertEquals(100, journal.lastSequence());
        assertEquals(LEASE, journal.lease());
        assertEquals(101, model.append(journal, random, 8));
        assertEquals(102, model.append(journal, random, 8));
        assertEquals(102, journal.lastSequence());
        turns();
        assertEquals(102, model.writtenUpTo);
    }

    @Test
    void recordsAreReadBeforeAndAfterTheyAreWritten() throws Exception {
        for (int i = 0; i < 20; i++) {
            model.append(journal, random, 20);
        }
        assertEquals(20, model.check(journal, 100));
        turns();
        assertEquals(20, model.check(journal, 100));
        assertEquals(5, model.check(journal, 115));
        assertEquals(0, model.check(journal, 120));
    }

    @Test
    void aSyncSpeaksForEverythingAppendedBefore() {
        model.append(journal, random, 8);
        model.sync(journal);
        model.append(journal, random, 8);
        assertEquals(100, model.syncedUpTo);
        turns();
        assertEquals(101, model.syncedUpTo);
        assertEquals(102, model.writtenUpTo);
        model.sync(journal);
        model.sync(journal);
        turns();
        assertEquals(102, model.syncedUpTo);
    }

    @Test
    void positionsRise() {
        long last = journal.lastDataPosition();
        for (int i = 0; i < 50; i++) {
            model.append(journal, random, 8);
            assertTrue(journal.lastDataPosition() > last);
            last = journal.lastDataPosition();
        }
    }

    @Test
    void theVisitorEndsTheReplay() throws Exception {
        for (int i = 0; i < 9; i++) {
            model.append(journal, random, 8);
        }
        List<Long> seen = new ArrayList<>();
        journal.replay(103, (sequence, lba, sectors, position, unmap) -> {
            seen.add(sequence);
            return seen.size() < 2;
        });
        assertEquals(List.of(104L, 105L), seen);
    }

    @Test
    void aFullJournalHasNoRoomUntilItIsTrimmed() throws Exception {
        long first = -1;
        while (journal.hasRoom(32 * 512)) {
            model.append(journal, random, 32);
            first = first < 0 ? journal.lastDataPosition() : first;
            turns();
        }
        assertEquals(0, model.failures);
        assertTrue(journal.usedBytes() <= journal.capacityBytes());
        assertTrue(journal.usedBytes() > journal.capacityBytes() / 2, journal.usedBytes() + " of " + journal.capacityBytes());
        long half = (100 + journal.lastSequence()) / 2;
        journal.trim(half);
        turns();
        assertTrue(journal.hasRoom(32 * 512));
        assertTrue(journal.trimmedPosition() > first);
        model.check(journal, half);
        long gone = first;
        ByteBuf read = Unpooled.buffer(512);
        assertThrows(JournalCorruptException.class, () -> journal.read(gone, 512, read, 0));
        journal.trim(journal.lastSequence());
        assertEquals(0, journal.usedBytes());
    }

    @Test
    void itGoesRoundForEver() throws Exception {
        for (int i = 0; i < 3000; i++) {
            assertTrue(journal.hasRoom(16 * 512));
            model.append(journal, random, 16);
            if (i % 16 == 15) {
                turns();
                model.check(journal, journal.lastSequence() - 16);
                journal.trim(journal.lastSequence() - random.nextInt(8));
            }
        }
        turns();
        assertEquals(3100, model.writtenUpTo);
        assertEquals(0, model.failures);
    }

    @Test
    void nothingIsTakenAfterTheClose() {
        journal.close(model.completion(() -> { }));
        turns();
        assertFalse(journal.hasRoom(512));
        journal.appendUnmap(1, 1, model.completion(() -> { }));
        journal.sync(model.completion(() -> { }));
        turns();
        assertEquals(2, model.failures);
    }
}

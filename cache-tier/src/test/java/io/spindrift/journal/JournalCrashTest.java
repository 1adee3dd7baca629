package io.spindrift.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Power losses and process deaths at seeded points: what was synced is there, what is there is a prefix of what was appended. */
class JournalCrashTest {
    private static final JournalSettings SETTINGS = new JournalSettings((8 * 64 + 8) << 10, 64 << 10, 16 << 10);
    private EmbeddedChannel channel;
    /** Records of one size lie where others lay: what comes back then fits. */
    private int maxSectors;
    private final ArrayDeque<Runnable> blocking = new ArrayDeque<>();

    @Test
    void everythingSyncedSurvivesEveryPowerLoss() throws Exception {
        int survivedUnsynced = 0;
        int lost = 0;
        for (int seed = 0; seed < 1500; seed++) {
            int[] counts = lives(seed, true);
            lost += counts[0];
            survivedUnsynced += counts[1];
        }
        assertTrue(lost > 1000, "the disk lies: " + lost + " records lost");
        assertTrue(survivedUnsynced > 100, "and sometimes it does not: " + survivedUnsynced);
    }

    @Test
    void withoutSyncsRecordsAreLost() throws Exception {
        int lostWritten = 0;
        for (int seed = 0; seed < 60; seed++) {
            lostWritten += lives(seed, false)[0];
        }
        assertTrue(lostWritten > 0, "a control that syncs nothing must lose written records");
    }

    /** The image has records that were never synced, so their segment is given up; a sync of what came later holds all the same. */
    @Test
    void aSegmentGivenUpUnsyncedStopsNoRecovery() throws Exception {
        for (int seed = 0; seed < 40; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            LyingDisk disk = new LyingDisk(random);
            JournalModel model = new JournalModel();
            maxSectors = 24;
            FileJournal journal = open(disk, random, -1).join();
            for (int record = 0; record < 20 + seed; record++) {
                model.append(journal, random, maxSectors);
                drain();
            }
            journal.trim(model.writtenUpTo);
            model.append(journal, random, maxSectors);
            model.sync(journal);
            drain();
            assertEquals(model.writtenUpTo, model.syncedUpTo);
            long found = open(disk.powerLoss(), random, -1).join().lastSequence();
            assertTrue(found >= model.syncedUpTo, "seed " + seed + ": synced up to " + model.syncedUpTo + ", found " + found);
        }
    }

    /** Four lives of one journal; answers records written but lost, and records kept beyond the last sync. */
    private int[] lives(int seed, boolean syncs) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        LyingDisk disk = new LyingDisk(random);
        maxSectors = seed % 2 == 0 ? 1 : 24;
        JournalModel model = new JournalModel();
        int[] counts = new int[2];
        long applied = 0;
        boolean died = false;
        for (int life = 0; life < 4; life++) {
            CompletableFuture<FileJournal> opening = open(disk, random, life);
            if (opening.isCompletedExceptionally()) {
                disk = disk.powerLoss();
                opening = open(disk, random, -1);
            } else if (died) {
                model.syncedUpTo = model.writtenUpTo;
            }
            FileJournal journal = opening.join();
            String at = "seed " + seed + " life " + life;
            long last = journal.lastSequence();
            assertTrue(last >= model.syncedUpTo, () -> at + ": synced up to " + model.syncedUpTo + ", found " + last);
            counts[0] += (int) Math.max(0, model.writtenUpTo - last);
            counts[1] += (int) (last - model.syncedUpTo);
            model.cutAt(last);
            model.check(journal, applied);
            disk.powerFor(random.nextInt(400));
            applied = work(journal, model, random, syncs, applied);
            assertTrue(disk.usedBytes() <= SETTINGS.capacityBytes(), at);
            died = random.nextInt(4) == 0;
            disk = died ? disk.processDeath() : disk.powerLoss();
        }
        return counts;
    }

    private CompletableFuture<FileJournal> open(LyingDisk disk, SplittableRandom random, int life) {
        blocking.clear();
        channel = new EmbeddedChannel();
        if (life > 0 && random.nextInt(3) == 0) {
            disk.powerFor(random.nextInt(12));
        }
        CompletableFuture<FileJournal> opening = FileJournal.open(SETTINGS, disk, channel.eventLoop(), blocking::add, random);
        drain();
        return opening;
    }

    private long work(FileJournal journal, JournalModel model, SplittableRandom random, boolean syncs, long appliedBefore) {
        long applied = appliedBefore;
        for (int step = 0; step < 150; step++) {
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3, 4, 5 -> {
                    if (journal.hasRoom(24 * 512)) {
                        model.append(journal, random, maxSectors);
                    }
                }
                case 6, 7 -> channel.runPendingTasks();
                case 8, 9 -> runOne();
                case 10 -> {
                    if (syncs) {
                        model.sync(journal);
                    }
                }
                default -> {
                    long synced = syncs ? model.syncedUpTo : 0;
                    if (synced > applied && random.nextInt(3) == 0) {
                        applied = applied + 1 + random.nextLong(synced - applied);
                        journal.trim(applied);
                    }
                }
            }
        }
        return applied;
    }

    private void runOne() {
        Runnable task = blocking.poll();
        if (task != null) {
            task.run();
        }
    }

    private void drain() {
        do {
            runOne();
            channel.runPendingTasks();
        } while (!blocking.isEmpty());
        assertEquals(0, blocking.size());
    }
}

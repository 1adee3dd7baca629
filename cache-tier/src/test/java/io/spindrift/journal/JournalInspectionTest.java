package io.spindrift.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.spindrift.image.HistoryPoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A journal that nobody uses is looked into: it is told as it is, damage included, and stays as it was. */
class JournalInspectionTest {
    private static final JournalSettings SETTINGS = new JournalSettings((8 * 64 + 8) << 10, 64 << 10, 16 << 10);
    private static final HistoryPoint LEASE = new HistoryPoint(new UUID(1, 2), 3, new UUID(4, 5), 100);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final SplittableRandom random = new SplittableRandom(4);
    private final JournalModel model = new JournalModel();
    private LyingDisk disk = new LyingDisk(random);

    private FileJournal filled(int records) {
        var opening = FileJournal.open(SETTINGS, disk, channel.eventLoop(), Runnable::run, random);
        turns();
        FileJournal journal = opening.join();
        journal.begin(LEASE, model.completion(() -> { }));
        turns();
        model.cutAt(LEASE.sequence());
        for (int at = 0; at < records; at++) {
            model.append(journal, random, 8);
            turns();
        }
        return journal;
    }

    private void turns() {
        for (int turn = 0; turn < 10; turn++) {
            channel.runPendingTasks();
        }
    }

    private Map<String, byte[]> bytes() {
        Map<String, byte[]> all = new HashMap<>();
        disk.list().stream().filter(name -> !name.equals(JournalFormat.LOCK_FILE)).forEach(name -> all.put(name, disk.bytes(name).clone()));
        return all;
    }

    @Test
    void everyRecordIsShownWithItsBytesAndNothingIsChanged() throws Exception {
        FileJournal journal = filled(120);
        journal.trim(130);
        turns();
        disk = disk.processDeath();
        Map<String, byte[]> before = bytes();
        List<Long> shown = new ArrayList<>();
        try (JournalInspection inspection = JournalInspection.open(disk)) {
            assertEquals(journal.id(), inspection.id());
            assertEquals(LEASE, inspection.lease());
            assertEquals(220, inspection.lastSequence());
            assertEquals(List.of(), inspection.problems());
            inspection.replay((sequence, lba, sectors, position, unmap) -> {
                JournalModel.Entry entry = model.entries.get(sequence);
                assertEquals(entry.lba(), lba);
                assertEquals(entry.sectors(), sectors);
                shown.add(sequence);
                if (!unmap) {
                    check(inspection, entry, position);
                }
                return true;
            });
        }
        assertEquals(220, shown.get(shown.size() - 1));
        assertTrue(shown.get(0) > 100 && shown.get(0) <= 131 && shown.size() == 221 - shown.get(0), "those that may not be in the image: " + shown.get(0));
        bytes().forEach((name, now) -> assertArrayEquals(before.get(name), now, name));
    }

    private static void check(JournalInspection inspection, JournalModel.Entry entry, long position) {
        ByteBuf expected = JournalModel.data(entry);
        ByteBuffer read = ByteBuffer.allocate(expected.readableBytes());
        try {
            inspection.read(position, read);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        assertEquals(expected.nioBuffer(), read.flip());
    }

    @Test
    void damageIsToldAndWhatLiesBehindItInOtherSegmentsIsShown() throws Exception {
        FileJournal journal = filled(120);
        journal.sync(model.completion(() -> { }));
        turns();
        journal.begin(LEASE, model.completion(() -> { }));
        turns();
        disk = disk.processDeath();
        disk.bytes(JournalFormat.segmentFile(0))[JournalFormat.SEGMENT_HEADER_BYTES + 20] ^= 1;
        List<Long> shown = new ArrayList<>();
        try (JournalInspection inspection = JournalInspection.open(disk)) {
            inspection.replay((sequence, lba, sectors, position, unmap) -> shown.add(sequence));
            assertEquals(220, inspection.lastSequence());
        }
        assertTrue(shown.get(0) > 110, "the first segment's records are behind its damage");
        assertEquals(220, shown.get(shown.size() - 1));
    }

    @Test
    void oneThatIsInUseAndOneOfAnotherVersionAreRefusedByName() throws Exception {
        FileJournal journal = filled(3);
        LyingDisk used = disk;
        assertTrue(assertThrows(IOException.class, () -> JournalInspection.open(used)).getMessage().contains("in use"));
        journal.close(model.completion(() -> { }));
        turns();
        disk.bytes(JournalFormat.STATE_FILE)[11] = 9;
        disk.bytes(JournalFormat.STATE_FILE)[4096 + 11] = 9;
        String refusal = assertThrows(JournalCorruptException.class, () -> JournalInspection.open(used)).getMessage();
        assertTrue(refusal.contains("journal.state: format version 9"), refusal);
    }
}

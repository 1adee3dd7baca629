package io.spindrift.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileJournalTest extends JournalContract {
    private static final JournalSettings SETTINGS = new JournalSettings((8 * 64 + 8) << 10, 64 << 10, 16 << 10);
    @TempDir
    Path parent;
    private final SplittableRandom random = new SplittableRandom(2);

    @Override
    protected Journal make() {
        return open(new FileDisk(folder()));
    }

    private Path folder() {
        return parent.resolve("journal");
    }

    private FileJournal open(JournalDisk disk) {
        var opening = FileJournal.open(SETTINGS, disk, channel.eventLoop(), Runnable::run, random);
        turns();
        return opening.join();
    }

    private Throwable refusal(JournalDisk disk) {
        return assertThrows(CompletionException.class, () -> open(disk)).getCause();
    }

    private void end(boolean clean) {
        Outcome outcome = new Outcome();
        if (clean) {
            journal.closeClean(outcome);
        } else {
            journal.close(outcome);
        }
        turns();
        assertEquals(List.of("done"), outcome.heard);
    }

    private static final class Outcome implements Completion {
        final List<String> heard = new ArrayList<>();

        @Override
        public void done() {
            heard.add("done");
        }

        @Override
        public void failed(BlockFailure failure) {
            heard.add(failure.toString());
        }
    }

    @Test
    void aClosedJournalIsFoundAsItWas() throws Exception {
        JournalModel model = new JournalModel();
        model.cutAt(100);
        for (int i = 0; i < 40; i++) {
            model.append(journal, random, 8);
        }
        UUID id = journal.id();
        end(false);
        journal = open(new FileDisk(folder()));
        assertFalse(journal.wasClean());
        assertEquals(id, journal.id());
        assertEquals(LEASE, journal.lease());
        assertEquals(140, journal.lastSequence());
        assertEquals(40, model.check(journal, 100));
    }

    @Test
    void aCleanJournalGoesOnFromAnySequence() throws Exception {
        JournalModel model = new JournalModel();
        model.cutAt(100);
        model.append(journal, random, 8);
        turns();
        end(true);
        journal = open(new FileDisk(folder()));
        assertTrue(journal.wasClean());
        assertEquals(101, journal.lastSequence());
        assertEquals(0, journal.usedBytes());
        journal.begin(LEASE.withSequence(50), new Outcome());
        turns();
        model.cutAt(50);
        assertEquals(51, model.append(journal, random, 8));
        turns();
        end(false);
        journal = open(new FileDisk(folder()));
        assertFalse(journal.wasClean());
        assertEquals(1, model.check(journal, 50));
    }

    @Test
    void twoCantHaveIt() {
        assertInstanceOf(IOException.class, refusal(new FileDisk(folder())));
        assertTrue(refusal(new FileDisk(folder())).getMessage().contains("in use"));
    }

    @Test
    void filesStayWithinTheSetting() throws Exception {
        aFullJournalHasNoRoomUntilItIsTrimmed();
        itGoesRoundForEver(journal);
        try (Stream<Path> files = Files.list(folder())) {
            long bytes = files.mapToLong(file -> file.toFile().length()).sum();
            assertTrue(bytes <= SETTINGS.capacityBytes(), bytes + " bytes");
        }
    }

    private void itGoesRoundForEver(Journal filled) {
        for (int i = 0; i < 500; i++) {
            filled.trim(filled.lastSequence() - 3);
            filled.appendUnmap(i, 1, new Outcome());
            turns();
        }
    }

    private void spoil(String file, int at) throws IOException {
        try (FileChannel channel = FileChannel.open(folder().resolve(file), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) (one.get(0) ^ 0x10)).clear();
            channel.write(one, at);
        }
    }

    @Test
    void damageToWhatWasSyncedIsNamedNotCut() throws Exception {
        JournalModel model = new JournalModel();
        model.cutAt(100);
        for (int i = 0; i < 40; i++) {
            model.append(journal, random, 8);
        }
        end(false);
        int header = JournalFormat.SEGMENT_HEADER_BYTES + 9;
        spoil("00000.segment", header);
        Throwable refused = refusal(new FileDisk(folder()));
        assertInstanceOf(JournalCorruptException.class, refused);
        assertTrue(refused.getMessage().contains("damaged, though it was synced"), refused.getMessage());
        spoil("00000.segment", header);
        journal = open(new FileDisk(folder()));
        assertEquals(40, model.check(journal, 100), "nothing was touched");
    }

    @Test
    void aDamagedHeaderAnotherVersionOrAForeignFileIsRefusedByName() throws Exception {
        end(false);
        spoil("00000.segment", 20);
        assertTrue(refusal(new FileDisk(folder())).getMessage().contains("missing or its header damaged"));
        spoil("00000.segment", 20);
        spoil("journal.state", 11);
        spoil("journal.state", 4096 + 11);
        assertTrue(refusal(new FileDisk(folder())).getMessage().contains("journal.state: format version 18"));
        spoil("journal.state", 11);
        spoil("journal.state", 4096 + 11);
        Files.writeString(folder().resolve("letter.txt"), "dear journal");
        assertTrue(refusal(new FileDisk(folder())).getMessage().contains("letter.txt: not a journal's file"));
        Files.delete(folder().resolve("letter.txt"));
        Files.write(folder().resolve("journal.state"), new byte[10]);
        assertTrue(refusal(new FileDisk(folder())).getMessage().contains("journal.state: has 10 bytes"));
        Files.delete(folder().resolve("journal.state"));
        assertTrue(refusal(new FileDisk(folder())).getMessage().contains("a segment without journal.state"));
        Path aside = new FileDisk(folder()).setAside("no state");
        assertEquals("journal.aside-1", aside.getFileName().toString());
        assertTrue(Files.exists(aside.resolve("00000.segment")));
        journal = make();
        assertEquals(0, journal.lastSequence());
    }

    @Test
    void aFailedWriteFailsEverybodyFromThereOn() {
        end(false);
        LyingDisk disk = new LyingDisk(random);
        journal = open(disk);
        disk.breakWith(new IOException("Input/output error"));
        Outcome appended = new Outcome();
        Outcome synced = new Outcome();
        journal.appendUnmap(1, 1, appended);
        journal.sync(synced);
        turns();
        Outcome later = new Outcome();
        journal.appendUnmap(1, 1, later);
        turns();
        assertEquals(List.of("UNAVAILABLE"), appended.heard);
        assertEquals(List.of("UNAVAILABLE"), synced.heard);
        assertEquals(List.of("UNAVAILABLE"), later.heard);
    }

    @Test
    void whatCouldNotBeWrittenIsStillReadAsItWas() throws Exception {
        end(false);
        LyingDisk disk = new LyingDisk(random);
        journal = open(disk);
        disk.breakWith(new IOException("Input/output error"));
        Outcome appended = new Outcome();
        journal.appendWrite(8, 8, Unpooled.buffer(4096).writeZero(4088).writeLong(77), appended);
        long position = journal.lastDataPosition();
        turns();
        assertEquals(List.of("UNAVAILABLE"), appended.heard);
        ByteBuf read = Unpooled.buffer(4096).writeZero(4096);
        journal.read(position, 4096, read, 0);
        assertEquals(77, read.getLong(4088), "who reads what is dirty, and the destage, must not be shown anything else");
    }

    @Test
    void longDataThatCouldNotBeWrittenIsKeptWhenItsBufferGoesBack() throws Exception {
        end(false);
        LyingDisk disk = new LyingDisk(random);
        journal = open(disk);
        disk.breakWith(new IOException("Input/output error"));
        ByteBuf lent = Unpooled.directBuffer(32 << 10).writeZero((32 << 10) - 8).writeLong(78);
        Outcome appended = new Outcome();
        journal.appendWrite(8, 64, lent, appended);
        long position = journal.lastDataPosition();
        turns();
        assertEquals(List.of("UNAVAILABLE"), appended.heard);
        assertEquals(1, lent.refCnt(), "nothing of it is held any more");
        lent.setZero(0, 32 << 10).release();
        ByteBuf read = Unpooled.buffer(32 << 10).writeZero(32 << 10);
        journal.read(position, 32 << 10, read, 0);
        assertEquals(78, read.getLong((32 << 10) - 8));
    }

    @Test
    void recordsLongAndShortAreFoundAgain() throws Exception {
        JournalModel model = new JournalModel();
        model.cutAt(journal.lastSequence());
        long first = journal.lastSequence();
        for (int turn = 0; turn < 6; turn++) {
            for (int i = 0; i < 4; i++) {
                model.append(journal, random, 64);
            }
            model.check(journal, first);
            turns();
            model.check(journal, first);
        }
        end(false);
        journal = open(new FileDisk(folder()));
        model.check(journal, first);
    }

    @Test
    void twoJournalsHaveTwoNames() {
        UUID first = journal.id();
        end(false);
        journal = open(new LyingDisk(random));
        assertNotEquals(first, journal.id());
    }

    @Test
    void whatLayBehindACutNeverComesBack() throws Exception {
        end(false);
        LyingDisk disk = new LyingDisk(random);
        journal = open(disk);
        byte[] segment = disk.bytes("00000.segment");
        JournalModel model = new JournalModel();
        for (int i = 0; i < 5; i++) {
            model.append(journal, random, 1);
        }
        turns();
        int third = JournalFormat.SEGMENT_HEADER_BYTES;
        for (JournalModel.Entry entry : model.entries.headMap(3L).values()) {
            third += JournalFormat.RECORD_HEADER_BYTES + (entry.unmap() ? 0 : 512);
        }
        segment[third + 20] ^= 1;
        JournalModel.Entry torn = model.entries.get(3L);
        disk = disk.processDeath();
        journal = open(disk);
        assertEquals(2, journal.lastSequence());
        model.cutAt(2);
        if (torn.unmap()) {
            journal.appendUnmap(1, 1, new Outcome());
        } else {
            journal.appendWrite(1, 1, JournalModel.data(new JournalModel.Entry(1, 1, false, 99)), new Outcome());
        }
        turns();
        journal = open(disk.processDeath());
        assertEquals(3, journal.lastSequence(), "records 4 and 5 were behind the cut");
    }
}

package io.spindrift.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A byte of the journal that rots is never read as data, wherever it lies and whenever it rots. */
class JournalIntegrityTest {
    private static final JournalSettings SETTINGS = new JournalSettings(64 << 20, 16 << 20, 16 << 10);
    private final SplittableRandom random = new SplittableRandom(5);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private LyingDisk disk = new LyingDisk(random);
    private FileJournal journal;
    private byte[] file;

    @BeforeEach
    void open() {
        reopen();
        journal.begin(JournalContract.LEASE, done());
        turns();
    }

    private void reopen() {
        var opening = FileJournal.open(SETTINGS, disk, channel.eventLoop(), Runnable::run, random);
        turns();
        journal = opening.join();
        file = disk.bytes("00000.segment");
    }

    private void turns() {
        for (int turn = 0; turn < 10; turn++) {
            channel.runPendingTasks();
        }
    }

    private static Completion done() {
        return new Completion() {
            @Override
            public void done() {
                // As it should be.
            }

            @Override
            public void failed(BlockFailure failure) {
                throw new AssertionError(failure);
            }
        };
    }

    private byte[] bytes(int sectors) {
        byte[] bytes = new byte[sectors * 512];
        random.nextBytes(bytes);
        return bytes;
    }

    /** @return where the record's data begins */
    private int write(long lba, byte[] data) {
        journal.appendWrite(lba, data.length / 512, Unpooled.wrappedBuffer(data), done());
        turns();
        return (int) (journal.lastDataPosition() % SETTINGS.segmentBytes());
    }

    private byte[] read(long position, int length) throws JournalCorruptException {
        ByteBuf into = Unpooled.buffer(length + 7);
        journal.read(position, length, into, 7);
        return ByteBufUtil.getBytes(into, 7, length);
    }

    @Test
    void everyPartOfARecordIsReadAsItWasWritten() throws Exception {
        for (int round = 0; round < 40; round++) {
            long lba = random.nextInt(1000);
            byte[] data = bytes(1 + random.nextInt(round == 0 ? 1 : 200));
            write(lba, data);
            long position = journal.lastDataPosition();
            for (int part = 0; part < 20; part++) {
                int from = random.nextInt(data.length / 512);
                int count = 1 + random.nextInt(data.length / 512 - from);
                byte[] expected = java.util.Arrays.copyOfRange(data, from * 512, (from + count) * 512);
                assertArrayEquals(expected, read(position + from * 512L, count * 512));
            }
        }
    }

    @Test
    void theLargestRecordHasItsTable() throws Exception {
        byte[] data = bytes(journal.maxRecordBytes() / 512);
        write(3, data);
        assertArrayEquals(data, read(journal.lastDataPosition(), data.length));
        journal.close(done());
        turns();
        long position = journal.lastDataPosition();
        reopen();
        assertArrayEquals(data, read(position, data.length));
    }

    @Test
    void checksumsAreThoseOfTheWholeBlocks() throws Exception {
        byte[] data = bytes(5 + 8 * 8 + 2);
        write(11, data);
        int[] checksums = new int[9];
        journal.checksums(journal.lastDataPosition() + 5 * 512, 8, checksums, 1);
        for (int block = 0; block < 8; block++) {
            CRC32C crc = new CRC32C();
            crc.update(data, (5 + block * 8) * 512, 4096);
            assertEquals((int) crc.getValue(), checksums[1 + block]);
        }
    }

    @Test
    void aBitThatFlipsWhileTheJournalIsOpenIsNotServedAndOnlyItsBlockIsLost() throws Exception {
        byte[] data = bytes(5 + 64 + 2);
        int at = write(11, data);
        long position = journal.lastDataPosition();
        for (int trial = 0; trial < 200; trial++) {
            int where = random.nextInt(data.length);
            file[at + where] ^= (byte) (1 << random.nextInt(8));
            int sector = where / 512;
            JournalCorruptException corrupt = assertThrows(JournalCorruptException.class, () -> read(position, data.length));
            assertTrue(corrupt.getMessage().contains("00000.segment") && corrupt.getMessage().contains("record 101"), corrupt.getMessage());
            assertThrows(JournalCorruptException.class, () -> read(position + sector * 512L, 512));
            int piece = sector < 5 ? 0 : 1 + (sector - 5) / 8;
            int other = piece == 0 ? 5 : 0;
            assertArrayEquals(java.util.Arrays.copyOfRange(data, other * 512, (other + 5) * 512), read(position + other * 512L, 5 * 512));
            System.arraycopy(data, where, file, at + where, 1);
        }
    }

    @Test
    void aSyncedRecordThatRottedIsKeptAndRefusedAndWhatFollowsIsThere() throws Exception {
        byte[] rotten = bytes(16);
        byte[] good = bytes(8);
        int at = write(0, rotten);
        long first = journal.lastDataPosition();
        write(16, good);
        long second = journal.lastDataPosition();
        journal.close(done());
        turns();
        file[at + 4096 + 5] ^= 4;
        reopen();
        assertEquals(102, journal.lastSequence(), "nothing is cut off");
        assertArrayEquals(good, read(second, 4096));
        assertArrayEquals(java.util.Arrays.copyOf(rotten, 4096), read(first, 4096));
        assertThrows(JournalCorruptException.class, () -> read(first + 4096, 4096));
    }

    @Test
    void aTornRecordThatWasNotSyncedIsCut() throws Exception {
        write(0, bytes(8));
        journal.sync(done());
        turns();
        int at = write(16, bytes(16));
        file[at + 4096 + 5] ^= 4;
        disk = disk.processDeath();
        reopen();
        // The state on the disk does not know of the sync, so both may be torn; the first is not.
        assertEquals(101, journal.lastSequence());
    }

    @Test
    void aChecksumInTheTableThatRottedIsDamageToo() throws Exception {
        byte[] data = bytes(24);
        int at = write(0, data);
        long position = journal.lastDataPosition();
        journal.close(done());
        turns();
        file[at + data.length + 4] ^= 1;
        reopen();
        assertArrayEquals(java.util.Arrays.copyOf(data, 4096), read(position, 4096));
        assertThrows(JournalCorruptException.class, () -> read(position + 4096, 4096));
        assertArrayEquals(java.util.Arrays.copyOfRange(data, 8192, 12288), read(position + 8192, 4096));
    }

    @Test
    void nothingButOneRecordsDataIsRead() {
        write(0, bytes(8));
        long position = journal.lastDataPosition();
        write(8, bytes(8));
        assertThrows(JournalCorruptException.class, () -> read(position, 4096 + 512));
        assertThrows(JournalCorruptException.class, () -> read(position - 64, 64));
        journal.appendUnmap(0, 8, done());
        assertThrows(JournalCorruptException.class, () -> read(journal.lastDataPosition(), 512));
    }
}

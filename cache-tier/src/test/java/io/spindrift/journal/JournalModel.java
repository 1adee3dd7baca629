package io.spindrift.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** What was appended to a journal, and whether the journal holds a prefix of it. */
final class JournalModel {
    /** One append; its bytes follow from the stamp. */
    record Entry(long lba, long sectors, boolean unmap, long stamp) {}

    final TreeMap<Long, Entry> entries = new TreeMap<>();
    long writtenUpTo;
    long syncedUpTo;
    long failures;
    private long stamps;

    long append(Journal journal, RandomGenerator random, int maxSectors) {
        boolean unmap = random.nextInt(8) == 0;
        int sectors = 1 + random.nextInt(maxSectors);
        Entry entry = new Entry(random.nextLong(1L << 40), unmap ? sectors * (1L << 20) : sectors, unmap, ++stamps);
        long[] sequence = new long[1];
        ByteBuf data = unmap ? Unpooled.EMPTY_BUFFER : lent(entry, random.nextBoolean());
        Completion written = completion(() -> {
            assertEquals(writtenUpTo + 1, sequence[0], "completions are in order");
            writtenUpTo = sequence[0];
            // The buffer is the caller's again, who uses it for something else.
            data.setZero(0, data.capacity()).release();
        });
        if (unmap) {
            sequence[0] = journal.appendUnmap(entry.lba, entry.sectors, written);
        } else {
            sequence[0] = journal.appendWrite(entry.lba, sectors, data, written);
        }
        assertTrue(entries.put(sequence[0], entry) == null, "sequence " + sequence[0] + " was used before");
        return sequence[0];
    }

    void sync(Journal journal) {
        long upTo = journal.lastSequence();
        journal.sync(completion(() -> syncedUpTo = Math.max(syncedUpTo, upTo)));
    }

    Completion completion(Runnable done) {
        return new Completion() {
            @Override
            public void done() {
                done.run();
            }

            @Override
            public void failed(BlockFailure failure) {
                failures++;
            }
        };
    }

    private static ByteBuf lent(Entry entry, boolean direct) {
        ByteBuf data = data(entry);
        return direct ? Unpooled.directBuffer(data.readableBytes()).writeBytes(data) : data;
    }

    static ByteBuf data(Entry entry) {
        ByteBuf data = Unpooled.buffer((int) entry.sectors * 512);
        for (long i = 0; i < entry.sectors * 64; i++) {
            data.writeLong(entry.stamp * 0x9E3779B97F4A7C15L + i);
        }
        return data;
    }

    /** Every record above {@code after} is there, in order, with its bytes; answers how many. */
    int check(Journal journal, long after) throws JournalCorruptException {
        long[] expected = {after + 1};
        journal.replay(after, (sequence, lba, sectors, position, unmap) -> {
            assertEquals(expected[0]++, sequence);
            Entry entry = entries.get(sequence);
            assertTrue(entry != null, "record " + sequence + " was never appended");
            assertEquals(entry, new Entry(lba, sectors, unmap, entry.stamp));
            if (!unmap) {
                checkData(journal, entry, position);
            }
            return true;
        });
        assertEquals(journal.lastSequence() + 1, Math.max(expected[0], journal.lastSequence() + 1));
        assertEquals(Math.max(after, journal.lastSequence()), expected[0] - 1, "the last record shown");
        return (int) (expected[0] - 1 - after);
    }

    private static void checkData(Journal journal, Entry entry, long position) {
        ByteBuf expected = data(entry);
        ByteBuf read = Unpooled.buffer(expected.readableBytes()).writerIndex(expected.readableBytes());
        try {
            journal.read(position, read.readableBytes(), read, 0);
        } catch (JournalCorruptException e) {
            throw new AssertionError(e);
        }
        assertEquals(expected, read, "the bytes of stamp " + entry.stamp);
    }

    /** The power went: what the journal no longer has never happened. */
    void cutAt(long sequence) {
        entries.tailMap(sequence, false).clear();
        writtenUpTo = sequence;
        syncedUpTo = sequence;
        failures = 0;
    }
}

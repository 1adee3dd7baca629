package io.spindrift.volume;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.block.Completion;
import io.spindrift.image.BlockChecksums;
import io.spindrift.journal.Journal;
import io.spindrift.journal.JournalCorruptException;
import io.spindrift.journal.JournalVisitor;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Journals that break a law, to show that the checks see it. */
final class BrokenJournals {
    private BrokenJournals() {}

    /** Recovery finds nothing. */
    static Journal withoutReplay(TestHost host, Journal target) {
        return new TracedJournal(target, host.history) {
            @Override
            public void replay(long afterSequence, JournalVisitor visitor) throws JournalCorruptException {
                if (host.volume.state() == VolumeState.READY) {
                    super.replay(afterSequence, visitor);
                }
            }

            @Override
            public long appendWrite(long lba, int sectorCount, ByteBuf src, Completion written) {
                return target.appendWrite(lba, sectorCount, src, written);
            }

            @Override
            public long appendUnmap(long lba, long sectorCount, Completion written) {
                return target.appendUnmap(lba, sectorCount, written);
            }
        };
    }

    /** Reads give the newest version of a sector, as they would if batches were cut from the dirty map instead of the journal. */
    static Journal newestOnly(TestHost host, Journal target) {
        return new Newest(target, host.history);
    }

    /** Knows where the newest version of each sector lies. */
    private static final class Newest extends TracedJournal {
        private final TreeMap<Long, long[]> records = new TreeMap<>();
        private final Map<Long, Long> newest = new HashMap<>();

        Newest(Journal target, VolumeHistory history) {
            super(target, history);
        }

        @Override
        public long appendWrite(long lba, int sectorCount, ByteBuf src, Completion written) {
            long sequence = target.appendWrite(lba, sectorCount, src, written);
            long position = target.lastDataPosition();
            records.put(position, new long[] {lba, sectorCount});
            for (int at = 0; at < sectorCount; at++) {
                newest.put(lba + at, position + at * 512L);
            }
            return sequence;
        }

        @Override
        public long appendUnmap(long lba, long sectorCount, Completion written) {
            for (long sector = lba; sector < lba + sectorCount; sector++) {
                newest.remove(sector);
            }
            return target.appendUnmap(lba, sectorCount, written);
        }

        @Override
        public void read(long position, int lengthBytes, ByteBuf dst, int dstIndex) throws JournalCorruptException {
            for (int at = 0; at < lengthBytes; at += 512) {
                Map.Entry<Long, long[]> record = records.floorEntry(position + at);
                long from = position + at;
                if (record != null && from < record.getKey() + record.getValue()[1] * 512) {
                    from = newest.getOrDefault(record.getValue()[0] + (from - record.getKey()) / 512, from);
                }
                target.read(from, 512, dst, dstIndex + at);
            }
        }

        @Override
        public void checksums(long position, int blockCount, int[] into, int at) throws JournalCorruptException {
            ByteBuf bytes = Unpooled.buffer(blockCount * 4096).writeZero(blockCount * 4096);
            read(position, blockCount * 4096, bytes, 0);
            System.arraycopy(BlockChecksums.ofAll(bytes), 0, into, at, blockCount);
        }
    }
}

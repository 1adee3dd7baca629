package io.spindrift.volume.destage;

import io.netty.buffer.ByteBuf;
import io.spindrift.journal.Journal;
import io.spindrift.journal.JournalCorruptException;
import io.spindrift.volume.map.DirtyMap;

/** Puts the sectors of a block that was written in part over what lies below them. */
public final class Sectors {
    private Sectors() {}

    /**
     * @param sectors as of {@link DirtyMap#partial}
     * @param blockIndex absolute index of the block's first byte in {@code dst}; absent sectors are left as they are
     */
    public static void overlay(Journal journal, long[] sectors, ByteBuf dst, int blockIndex) throws JournalCorruptException {
        int sector = 0;
        while (sector < sectors.length) {
            long value = sectors[sector];
            int index = blockIndex + sector * DirtyMap.SECTOR_BYTES;
            if (value >= 0) {
                int run = adjacent(sectors, sector);
                journal.read(value, run * DirtyMap.SECTOR_BYTES, dst, index);
                sector += run;
            } else {
                if (value != DirtyMap.ABSENT) {
                    dst.setZero(index, DirtyMap.SECTOR_BYTES);
                }
                sector++;
            }
        }
    }

    private static int adjacent(long[] sectors, int from) {
        int next = from + 1;
        while (next < sectors.length && sectors[next] == sectors[from] + (long) (next - from) * DirtyMap.SECTOR_BYTES) {
            next++;
        }
        return next - from;
    }
}

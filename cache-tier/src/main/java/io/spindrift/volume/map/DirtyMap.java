package io.spindrift.volume.map;

import java.util.Arrays;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Which sectors are newer than the image, and where the newest version of each lies in the journal. A block that was written whole costs one long in
 * a primitive map; one written in part has eight, a position for each sector; an unmap of whole blocks is one extent, whatever its size.
 *
 * <p>An unmap drops the entries below it and a write lies on top of the extents, so an entry is always newer than an extent that holds its block: look
 * into the entries first. Made by the volume, and once more for each cut of the destage; lives on the home loop.
 */
public final class DirtyMap {
    public static final int SECTORS = 8;
    public static final int SECTOR_BYTES = 512;
    public static final int BLOCK_BYTES = SECTORS * SECTOR_BYTES;

    /** In {@link #partial}: the sector is not known here. Below it: zeros, with the sequence of the unmap in {@link #zeroed}. */
    public static final long ABSENT = -1;

    private final Long2LongHashMap whole = new Long2LongHashMap(ABSENT);
    private final Long2ObjectHashMap<long[]> partial = new Long2ObjectHashMap<>();
    private final ZeroExtents zeros = new ZeroExtents();

    /** How a sector unmapped with {@code sequence} shows among positions. */
    private static long zeroed(long sequence) {
        return ABSENT - 1 - sequence;
    }

    /** @param position where the data of the first sector lies in the journal; the rest follows it */
    public void write(long lba, long sectorCount, long position) {
        long at = lba;
        long end = lba + sectorCount;
        while (at < end) {
            long block = at / SECTORS;
            int from = (int) (at % SECTORS);
            int to = (int) Math.min(SECTORS, end - block * SECTORS);
            long here = position + (at - lba) * SECTOR_BYTES;
            if (to - from == SECTORS) {
                if (!partial.isEmpty()) {
                    partial.remove(block);
                }
                whole.put(block, here);
            } else {
                writePart(block, from, to, here);
            }
            at += to - from;
        }
    }

    private void writePart(long block, int from, int to, long position) {
        long[] sectors = asPartial(block);
        for (int sector = from; sector < to; sector++) {
            sectors[sector] = position + (long) (sector - from) * SECTOR_BYTES;
        }
        for (int sector = 0; sector < SECTORS; sector++) {
            if (sectors[sector] < 0 || sectors[sector] != sectors[0] + (long) sector * SECTOR_BYTES) {
                return;
            }
        }
        partial.remove(block);
        whole.put(block, sectors[0]);
    }

    public void unmap(long lba, long sectorCount, long sequence) {
        long end = lba + sectorCount;
        long firstWhole = (lba + SECTORS - 1) / SECTORS;
        long endWhole = end / SECTORS;
        if (firstWhole > endWhole) {
            unmapPart(lba / SECTORS, (int) (lba % SECTORS), (int) (end % SECTORS), sequence);
            return;
        }
        if (lba % SECTORS != 0) {
            unmapPart(lba / SECTORS, (int) (lba % SECTORS), SECTORS, sequence);
        }
        if (end % SECTORS != 0) {
            unmapPart(endWhole, 0, (int) (end % SECTORS), sequence);
        }
        if (firstWhole < endWhole) {
            drop(firstWhole, endWhole);
            zeros.add(firstWhole, endWhole, sequence);
        }
    }

    private void unmapPart(long block, int from, int to, long sequence) {
        Arrays.fill(asPartial(block), from, to, zeroed(sequence));
    }

    private long[] asPartial(long block) {
        long[] sectors = partial.get(block);
        if (sectors == null) {
            sectors = new long[SECTORS];
            long position = whole.remove(block);
            for (int sector = 0; sector < SECTORS; sector++) {
                sectors[sector] = position < 0 ? ABSENT : position + (long) sector * SECTOR_BYTES;
            }
            partial.put(block, sectors);
        }
        return sectors;
    }

    private void drop(long first, long end) {
        if (end - first > dataBlocks()) {
            for (long block : sortedBlocks()) {
                if (block >= first && block < end) {
                    dropBlock(block);
                }
            }
            return;
        }
        for (long block = first; block < end; block++) {
            dropBlock(block);
        }
    }

    private void dropBlock(long block) {
        whole.remove(block);
        partial.remove(block);
    }

    public boolean isEmpty() {
        return whole.isEmpty() && partial.isEmpty() && zeros.size() == 0;
    }

    /** Blocks that have data here, whole or in part. */
    public int dataBlocks() {
        return whole.size() + partial.size();
    }

    /** What is not in the image: every dirty block counts whole, every unmapped extent as a sector, so that 0 means clean. */
    public long dirtyBytes() {
        return (long) dataBlocks() * BLOCK_BYTES + (long) zeros.size() * SECTOR_BYTES;
    }

    public boolean hasData(long block) {
        return whole.get(block) >= 0 || !partial.isEmpty() && partial.get(block) != null;
    }

    /** How many of the {@code count} blocks from {@code block} on, counted from the first, are neither dirty nor unmapped here. */
    public int cleanRun(long block, int count) {
        int limit = (int) Math.min(count, zeros.next(block) - block);
        if (whole.isEmpty() && partial.isEmpty()) {
            return limit;
        }
        int run = 0;
        while (run < limit && !hasData(block + run)) {
            run++;
        }
        return run;
    }

    /** Where the block's 4 KiB lie together; {@link #ABSENT} where they don't. */
    public long wholePosition(long block) {
        return whole.get(block);
    }

    /** How many blocks from {@code block} on, whose data is at {@code position}, lie one after the other in the journal too. */
    public int adjacentRun(long block, long position, int count) {
        int run = 1;
        while (run < count && whole.get(block + run) == position + (long) run * BLOCK_BYTES) {
            run++;
        }
        return run;
    }

    /**
     * The eight sectors of a block that was written in part: a position, {@link #ABSENT}, or below that for zeros. Not to be changed.
     *
     * @return null where the block has no such entry
     */
    public long[] partial(long block) {
        return partial.isEmpty() ? null : partial.get(block);
    }

    /** Whether sectors that the entry of this block does not have are zeros. */
    public boolean zero(long block) {
        return zeros.contains(block);
    }

    public int zeroExtents() {
        return zeros.size();
    }

    public long zeroStart(int at) {
        return zeros.start(at);
    }

    public long zeroEnd(int at) {
        return zeros.end(at);
    }

    /** The blocks that have data, in rising order. */
    public long[] sortedBlocks() {
        long[] blocks = new long[dataBlocks()];
        int at = 0;
        Long2LongHashMap.KeyIterator wholes = whole.keySet().iterator();
        while (wholes.hasNext()) {
            blocks[at++] = wholes.nextValue();
        }
        Long2ObjectHashMap<long[]>.KeyIterator partials = partial.keySet().iterator();
        while (partials.hasNext()) {
            blocks[at++] = partials.nextLong();
        }
        Arrays.sort(blocks);
        return blocks;
    }

    /** Forgets the extents whose unmap is in the image. Before {@link #clear}: an extent must not shine through where an entry was taken away. */
    public void clearZeros(long sequence) {
        zeros.clearUpTo(sequence);
    }

    /**
     * Forgets of a block what is in the image.
     *
     * @param endPosition data before it is
     * @param sequence unmaps up to it are
     */
    public void clear(long block, long endPosition, long sequence) {
        long position = whole.get(block);
        if (position >= 0 && position < endPosition) {
            whole.remove(block);
        }
        long[] sectors = partial(block);
        if (sectors == null) {
            return;
        }
        boolean left = false;
        for (int sector = 0; sector < SECTORS; sector++) {
            long value = sectors[sector];
            if (value >= 0 ? value < endPosition : value < ABSENT && value >= zeroed(sequence)) {
                sectors[sector] = ABSENT;
            }
            left |= sectors[sector] != ABSENT;
        }
        if (!left) {
            partial.remove(block);
        }
    }
}

package io.spindrift.volume.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The map against a plain array of sectors, and its edges one at a time. */
class DirtyMapTest {
    private static final int BLOCKS = 64;
    private static final int SECTORS = BLOCKS * 8;

    /** What the model holds for a sector: a position, a sequence of an unmap, or neither. */
    private final long[] positions = new long[SECTORS];
    private final long[] unmaps = new long[SECTORS];
    private final DirtyMap map = new DirtyMap();

    private void write(int lba, int count, long position) {
        map.write(lba, count, position);
        for (int at = 0; at < count; at++) {
            positions[lba + at] = position + at * 512L;
            unmaps[lba + at] = -1;
        }
    }

    private void unmap(int lba, int count, long sequence) {
        map.unmap(lba, count, sequence);
        Arrays.fill(positions, lba, lba + count, -1);
        Arrays.fill(unmaps, lba, lba + count, sequence);
    }

    private void clear(long endPosition, long sequence) {
        map.clearZeros(sequence);
        for (long block : map.sortedBlocks()) {
            map.clear(block, endPosition, sequence);
        }
        for (int at = 0; at < SECTORS; at++) {
            positions[at] = positions[at] < endPosition ? -1 : positions[at];
            unmaps[at] = unmaps[at] <= sequence ? -1 : unmaps[at];
        }
    }

    private void check() {
        for (int block = 0; block < BLOCKS; block++) {
            boolean clean = true;
            for (int sector = 0; sector < 8; sector++) {
                int at = block * 8 + sector;
                assertEquals(state(positions[at], unmaps[at]), stateOf(block, sector), "block " + block + " sector " + sector);
                clean &= positions[at] < 0 && unmaps[at] < 0;
            }
            assertEquals(clean ? 1 : 0, map.cleanRun(block, 1), "block " + block);
        }
    }

    private static String state(long position, long unmapped) {
        return position >= 0 ? "at " + position : unmapped >= 0 ? "zeros" : "clean";
    }

    private String stateOf(long block, int sector) {
        long whole = map.wholePosition(block);
        if (whole >= 0) {
            return "at " + (whole + sector * 512L);
        }
        long[] partial = map.partial(block);
        if (partial != null && partial[sector] != DirtyMap.ABSENT) {
            return partial[sector] >= 0 ? "at " + partial[sector] : "zeros";
        }
        return map.zero(block) ? "zeros" : "clean";
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void agreesWithAnArrayOfSectors(long seed) {
        Arrays.fill(positions, -1);
        Arrays.fill(unmaps, -1);
        Random random = new Random(seed);
        long position = 0;
        for (int sequence = 1; sequence <= 600; sequence++) {
            int count = 1 + random.nextInt(random.nextInt(5) == 0 ? 200 : 20);
            int lba = random.nextInt(SECTORS - count);
            if (random.nextInt(3) > 0) {
                position += 64;
                write(lba, count, position);
                position += count * 512L;
            } else {
                unmap(lba, count, sequence);
            }
            if (random.nextInt(40) == 0) {
                clear(position, sequence);
                assertTrue(map.isEmpty());
                assertEquals(0, map.dirtyBytes());
            } else {
                check();
            }
        }
    }

    @Test
    void whatIsLetGoOfIsOnlyWhatWasThere() {
        Arrays.fill(positions, -1);
        Arrays.fill(unmaps, -1);
        write(0, 8, 100);
        write(8, 3, 5_000);
        unmap(16, 32, 3);
        long end = 10_000;
        write(0, 2, 20_000);
        unmap(24, 8, 5);
        clear(end, 4);
        check();
        assertEquals("at 20000", stateOf(0, 0));
        assertEquals("clean", stateOf(0, 2));
        assertEquals("zeros", stateOf(3, 0));
        assertNull(map.partial(1));
        assertFalse(map.zero(2));
    }

    @Test
    void sectorsThatCompleteABlockInOrderBecomeOneEntry() {
        for (int sector = 0; sector < 8; sector++) {
            map.write(sector, 1, 512L * sector);
        }
        assertEquals(0, map.wholePosition(0));
        map.write(8, 8, 4096);
        assertEquals(2, map.adjacentRun(0, 0, 8));
    }

    @Test
    void anUnmapOfAnySizeIsOneExtent() {
        map.unmap(0, 1L << 40, 7);
        assertEquals(1, map.zeroExtents());
        assertEquals(512, map.dirtyBytes());
        map.unmap(80, 80, 8);
        assertEquals(3, map.zeroExtents());
        map.clearZeros(7);
        assertEquals(1, map.zeroExtents());
        assertEquals(10, map.zeroStart(0));
        assertEquals(20, map.zeroEnd(0));
    }
}

package io.spindrift.volume.prefetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BootProfileFormatTest {
    private static final long BLOCKS = 1L << 30;

    private static long[] someRuns(int count) {
        Random random = new Random(5);
        long[] runs = new long[2 * count];
        for (int at = 0; at < count; at++) {
            runs[2 * at] = random.nextLong(BLOCKS - 1000);
            runs[2 * at + 1] = 1 + random.nextInt(1000);
        }
        return runs;
    }

    @Test
    void comesBackAsItWas() {
        long[] runs = someRuns(5_000);
        assertArrayEquals(runs, BootProfileFormat.decode(BootProfileFormat.encode(runs, 5_000), BLOCKS));
        assertArrayEquals(new long[0], BootProfileFormat.decode(BootProfileFormat.encode(runs, 0), BLOCKS));
    }

    @Test
    void damageAndForeignBytesAreRefused() {
        byte[] good = BootProfileFormat.encode(someRuns(100), 100);
        Random random = new Random(6);
        for (int round = 0; round < 500; round++) {
            byte[] bad = good.clone();
            bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            assertThrows(IllegalArgumentException.class, () -> BootProfileFormat.decode(bad, BLOCKS));
            byte[] cut = Arrays.copyOf(good, random.nextInt(good.length));
            assertThrows(IllegalArgumentException.class, () -> BootProfileFormat.decode(cut, BLOCKS));
        }
        assertThrows(IllegalArgumentException.class, () -> BootProfileFormat.decode(good, 10));
    }
}

package io.spindrift.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PlaceChooserTest {
    private static final int PLACES = 1_000;
    private static final int CHOICES = 400_000;

    private static long[] chosen(PlaceChooser places) {
        long[] counts = new long[PLACES];
        for (int i = 0; i < CHOICES; i++) {
            counts[(int) places.choose()]++;
        }
        return counts;
    }

    /** How much of all went to the fifth of the places that got most. */
    private static double shareOfTheHottestFifth(long[] counts) {
        long[] sorted = counts.clone();
        Arrays.sort(sorted);
        return Arrays.stream(sorted, PLACES - PLACES / 5, PLACES).sum() / (double) CHOICES;
    }

    @Test
    void fourFifthsGoToOneFifth() {
        assertEquals(0.80, shareOfTheHottestFifth(chosen(PlaceChooser.random(PLACES, true, new SplittableRandom(1)))), 0.01);
    }

    @Test
    void theHotPlacesLieScattered() {
        long[] counts = chosen(PlaceChooser.random(PLACES, true, new SplittableRandom(1)));
        long[] tenths = new long[10];
        for (int place = 0; place < PLACES; place++) {
            tenths[place / 100] += counts[place];
        }
        for (long tenth : tenths) {
            assertEquals(0.1, tenth / (double) CHOICES, 0.03, Arrays.toString(tenths));
        }
    }

    @Test
    void withoutZipfAllPlacesAreAlike() {
        double share = shareOfTheHottestFifth(chosen(PlaceChooser.random(PLACES, false, new SplittableRandom(1))));
        assertTrue(share < 0.25, "share " + share);
    }

    @Test
    void theSameSeedChoosesTheSame() {
        PlaceChooser one = PlaceChooser.random(PLACES, true, new SplittableRandom(5));
        PlaceChooser other = PlaceChooser.random(PLACES, true, new SplittableRandom(5));
        for (int i = 0; i < 100; i++) {
            assertEquals(one.choose(), other.choose());
        }
    }

    @Test
    void partsInOrderMakeTheWhole() {
        BitSet seen = new BitSet();
        for (int share = 0; share < 7; share++) {
            PlaceChooser part = PlaceChooser.inOrder(PLACES, share, 7, new SplittableRandom(1));
            long before = part.choose();
            seen.set((int) before);
            for (long i = 1; i < part.places(); i++) {
                long next = part.choose();
                assertEquals(before + 1, next);
                assertTrue(!seen.get((int) next), "place " + next + " is two sessions'");
                seen.set((int) next);
                before = next;
            }
            assertEquals(before - part.places() + 1, part.choose(), "and from the start again");
        }
        assertEquals(PLACES, seen.cardinality());
        assertThrows(IllegalArgumentException.class, () -> PlaceChooser.inOrder(3, 3, 4, new SplittableRandom(1)));
    }
}

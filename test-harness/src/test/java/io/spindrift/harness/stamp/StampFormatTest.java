package io.spindrift.harness.stamp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.bench.StampFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StampFormatTest {
    private static final int UNIT = 4096;

    private final StampFormat format = new StampFormat(UNIT, 77);
    private final ByteBuffer bytes = ByteBuffer.allocate(2 * UNIT);

    @Test
    void aStampIsReadBack() {
        for (long sequence : new long[] {1, 2, 99, Long.MAX_VALUE}) {
            format.write(bytes, UNIT, 5, sequence);
            assertEquals(sequence, format.sequence(bytes, UNIT, 5));
        }
    }

    @Test
    void zerosAreNeverWritten() {
        assertEquals(StampFormat.ZEROS, format.sequence(bytes, 0, 5));
        bytes.put(UNIT - 1, (byte) 1);
        assertEquals(StampFormat.WRONG, format.sequence(bytes, 0, 5));
    }

    @Test
    void everyFlippedByteIsFound() {
        format.write(bytes, 0, 5, 9);
        for (int i = 0; i < UNIT; i++) {
            bytes.put(i, (byte) (bytes.get(i) ^ 0x10));
            assertEquals(StampFormat.WRONG, format.sequence(bytes, 0, 5), "byte " + i);
            bytes.put(i, (byte) (bytes.get(i) ^ 0x10));
        }
        assertEquals(9, format.sequence(bytes, 0, 5));
    }

    @Test
    void anotherPlaceAndAnotherRunAreWrong() {
        format.write(bytes, 0, 5, 9);
        assertEquals(StampFormat.WRONG, format.sequence(bytes, 0, 6));
        assertEquals(StampFormat.WRONG, new StampFormat(UNIT, 78).sequence(bytes, 0, 5));
    }

    @Test
    void halfOfTwoWritesIsTorn() {
        format.write(bytes, 0, 5, 9);
        format.write(bytes, UNIT, 5, 10);
        bytes.put(0, bytes, UNIT, UNIT / 2);
        assertEquals(StampFormat.WRONG, format.sequence(bytes, 0, 5));
    }

    @Test
    void theLedgerAllowsWhatMayBeThere(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("ledger");
        try (StampLedger ledger = StampLedger.open(file, UNIT, 10, 5)) {
            ledger.issued(3, 7);
            assertTrue(ledger.allows(3, 0));
            assertTrue(ledger.allows(3, 7));
            ledger.acknowledged(3, 7);
            ledger.issued(3, 9);
            assertFalse(ledger.allows(3, 0), "what was acknowledged is lost");
            assertTrue(ledger.allows(3, 7) && ledger.allows(3, 9));
            assertFalse(ledger.allows(3, 10), "nobody sent this");
            assertTrue(ledger.everIssued(3, 0));
        }
        try (StampLedger again = StampLedger.open(file, UNIT, 10, 6)) {
            assertEquals(5, again.run());
            assertFalse(again.allows(3, 0), "the ledger remembers");
        }
        assertThrows(IOException.class, () -> StampLedger.open(file, 512, 10, 5));
    }
}

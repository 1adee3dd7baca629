package io.spindrift.scsi.log;

import static io.spindrift.scsi.SpaceGauge.Place.JOURNAL;
import static io.spindrift.scsi.SpaceGauge.Place.STORE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.scsi.SpaceGauge;
import io.spindrift.scsi.target.ScsiFixture;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Space that runs out, from the gauge to the unit attention, and informational exceptions. */
class ThresholdTest {
    private static final String TEST_UNIT_READY = "00 00 00 00 00 00";
    private static final String HEAD = "5C 02 00 24 00 00 00 00 00 00 00 00 00 00 00 00 ";
    private static final String AVAILABLE = "00 01 00 00 00 00 00 00 ";
    private static final String USED = "01 02 00 00 00 00 00 00";

    private final LogFixture fixture = new LogFixture();
    private final FakeGauge gauge = fixture.gauge;
    private final ScsiFixture scsi = fixture.scsi;

    private void used(SpaceGauge.Place place, int percent) {
        gauge.set(place, percent * LogFixture.MIB, 100 * LogFixture.MIB);
    }

    private void told(int... descriptors) {
        for (int descriptor : descriptors) {
            ScsiFixture.Call call = scsi.none(TEST_UNIT_READY);
            call.failed(0x6, 0x3807);
            assertEquals(String.format("F0 00 06 00 00 00 %02X", descriptor), HexFormat.ofDelimiter(" ").withUpperCase().formatHex(call.command.sense, 0, 7));
        }
        scsi.none(TEST_UNIT_READY).good();
    }

    @Test
    void everyNexusIsToldOnceOfEachCrossing() {
        scsi.establish(ScsiFixture.OTHER);
        used(JOURNAL, 89);
        told();
        used(JOURNAL, 90);
        used(JOURNAL, 94);
        told(16);
        scsi.call(TEST_UNIT_READY).from(ScsiFixture.OTHER).go().failed(0x6, 0x3807);
        scsi.call(TEST_UNIT_READY).from(ScsiFixture.OTHER).go().good();
        used(JOURNAL, 81);
        used(JOURNAL, 95);
        told();
        used(JOURNAL, 80);
        used(JOURNAL, 93);
        told(16);
    }

    @Test
    void journalAndStoreCrossForThemselves() {
        used(STORE, 92);
        told(16);
        used(JOURNAL, 93);
        told(16);
        used(JOURNAL, 10);
        used(JOURNAL, 93);
        used(STORE, 94);
        told(16);
    }

    @Test
    void whoComesLaterIsNotTold() {
        used(JOURNAL, 93);
        scsi.establish(ScsiFixture.OTHER);
        scsi.call(TEST_UNIT_READY).from(ScsiFixture.OTHER).go().good();
    }

    @Test
    void countsOfSetsAreThoseOfTheStore() {
        fixture.select(HEAD + "09 03 00 00 00 00 00 0F " + "80 01 00 00 00 00 00 0A " + "81 02 00 00 00 00 00 50").good();
        gauge.set(JOURNAL, 99 * LogFixture.MIB, 100 * LogFixture.MIB);
        gauge.set(STORE, 79 * LogFixture.MIB, 100 * LogFixture.MIB);
        told();
        gauge.set(STORE, 80 * LogFixture.MIB + LogFixture.MIB / 2, 100 * LogFixture.MIB);
        told(32);
        gauge.set(STORE, 90 * LogFixture.MIB + LogFixture.MIB / 2, 100 * LogFixture.MIB);
        told(24);
        gauge.set(STORE, 50 * LogFixture.MIB, 100 * LogFixture.MIB);
        gauge.set(STORE, 95 * LogFixture.MIB, 100 * LogFixture.MIB);
        told(24, 32);
    }

    @Test
    void aThresholdThatIsSetBeyondWhatThereIsIsReachedAtOnce() {
        used(STORE, 50);
        told();
        fixture.select(HEAD + "89 03 00 00 00 00 00 3C " + AVAILABLE + USED).good();
        told(16);
        fixture.select(HEAD + "09 03 00 00 00 00 00 3C " + AVAILABLE + USED).good();
        fixture.select(HEAD + "89 03 00 00 00 00 00 3C " + AVAILABLE + USED).good();
        told(16);
    }

    @Test
    void whoDoesNotWantToBeToldIsNot() {
        fixture.select("01 0A 00 00 00 00 00 00 00 00 00 00").good();
        used(JOURNAL, 93);
        told();
        assertEquals("AF 00 00 08 00 00 03 04 38 07 FF 00", scsi.in("4D 00 6F 00 00 00 00 01 00 00").good().hexData());
        fixture.select(HEAD + "09 03 00 00 00 00 00 0F " + AVAILABLE + USED).good();
        assertEquals("AF 00 00 08 00 00 03 04 00 00 FF 00", scsi.in("4D 00 6F 00 00 00 00 01 00 00").good().hexData());
    }

    @Test
    void requestSenseTellsAndTakesAndThenNotes() {
        used(JOURNAL, 93);
        assertEquals("72 06 38 07 00 00 00 0C 00 0A 80 00 00 00 00 00 00 00 00 10", scsi.in("03 01 00 00 FF 00").good().hexData());
        assertEquals("72 00 38 07 00 00 00 00", scsi.in("03 01 00 00 FF 00").good().hexData(), "while it lasts");
        fixture.select("1C 0A 00 00 00 00 00 00 00 00 00 00").good();
        assertEquals("72 00 00 00 00 00 00 00", scsi.in("03 01 00 00 FF 00").good().hexData(), "MRIE 0");
        fixture.select("1C 0A 00 06 00 00 00 00 00 00 00 00").good();
        used(JOURNAL, 10);
        assertEquals("72 00 00 00 00 00 00 00", scsi.in("03 01 00 00 FF 00").good().hexData());
    }

    @Test
    void anExceptionCanBeTested() {
        scsi.establish(ScsiFixture.OTHER);
        fixture.select("1C 0A 04 06 00 00 00 00 00 00 00 00").good();
        scsi.call(TEST_UNIT_READY).from(ScsiFixture.OTHER).go().failed(0x6, 0x2A01);
        scsi.none(TEST_UNIT_READY).good();
        assertEquals("72 00 5D FF 00 00 00 00", scsi.in("03 01 00 00 FF 00").good().hexData());
        assertEquals("AF 00 00 08 00 00 03 04 5D FF FF 00", scsi.in("4D 00 6F 00 00 00 00 01 00 00").good().hexData());
        fixture.select("1C 0A 04 02 00 00 00 00 00 00 00 00").good();
        scsi.none(TEST_UNIT_READY).failed(0x6, 0x5DFF);
        scsi.none(TEST_UNIT_READY).good();
        fixture.select("0A 0A 00 10 00 00 00 00 01 2C 00 00").good();
        scsi.none(TEST_UNIT_READY).good();
        fixture.select("1C 0A 0C 02 00 00 00 00 00 00 00 00").good();
        assertEquals("AF 00 00 08 00 00 03 04 00 00 FF 00", scsi.in("4D 00 6F 00 00 00 00 01 00 00").good().hexData(), "DEXCPT");
    }

    @Test
    void resetsComeFirstAndThresholdsLast() {
        used(JOURNAL, 93);
        fixture.memory.resize(32768);
        scsi.target.resetLogicalUnit(0, ScsiFixture.OTHER);
        scsi.none(TEST_UNIT_READY).failed(0x6, 0x2903);
        scsi.none(TEST_UNIT_READY).failed(0x6, 0x2A09);
        told(16);
    }

    @Test
    void aUnitThatIsGoneDoesNotListen() {
        assertTrue(gauge.isListenedTo());
        scsi.target.removeUnit(0).join();
        assertFalse(gauge.isListenedTo());
    }

    @Test
    void aPlaceHasACapacity() {
        assertThrows(IllegalArgumentException.class, () -> new SpaceGauge.Space(0, 0));
        assertThrows(IllegalArgumentException.class, () -> new SpaceGauge.Space(-1, 1));
        assertEquals(0, new SpaceGauge.Space(2, 1).freeBytes());
    }
}

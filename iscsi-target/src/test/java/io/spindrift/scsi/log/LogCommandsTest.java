package io.spindrift.scsi.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.spindrift.scsi.SpaceGauge;
import io.spindrift.scsi.target.ScsiFixture;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogCommandsTest {
    private final LogFixture fixture = new LogFixture();
    private final ScsiFixture scsi = fixture.scsi;

    private String page(String code) {
        return scsi.in("4D 00 " + code + " 00 00 00 01 00 00").good().hexData();
    }

    @Test
    void thePagesAreListed() {
        assertEquals("00 00 00 03 00 0C 2F", scsi.in("4D 00 40 00 00 00 00 01 00 00").good().hexData());
        assertEquals("40 FF 00 0C 00 00 00 FF 0C 00 0C FF 2F 00 2F FF", scsi.in("4D 00 40 FF 00 00 00 01 00 00").good().hexData());
        assertEquals("4C FF 00 04 0C 00 0C FF", scsi.in("4D 00 4C FF 00 00 00 01 00 00").good().hexData());
        assertEquals("00 00 00 03", scsi.in("4D 00 40 00 00 00 00 00 04 00").good().hexData());
    }

    @Test
    void whatIsNotKnownOfSpaceIsLeftOut() {
        assertEquals("8C 00 00 00", page("4C 00"));
        fixture.gauge.set(SpaceGauge.Place.JOURNAL, 3 * LogFixture.MIB + 1, 64 * LogFixture.MIB);
        assertEquals("8C 00 00 24 00 03 03 08 00 5F 00 00 01 00 00 00 FF F0 03 08 00 00 00 3C 01 00 00 00 FF F1 03 08 00 00 00 04 01 00 00 00", page("4C 00"));
    }

    @Test
    void theStoreIsCountedInThresholdSets() {
        fixture.gauge.set(SpaceGauge.Place.STORE, 700 * LogFixture.MIB, 1000 * LogFixture.MIB);
        assertEquals("8C 00 00 24 00 01 03 08 00 00 01 2C 02 00 00 00 00 02 03 08 00 00 02 BC 02 00 00 00 00 03 03 08 00 1E 00 00 02 00 00 00", page("4C 00"));
        fixture.gauge.set(SpaceGauge.Place.JOURNAL, 9 * LogFixture.MIB, 10 * LogFixture.MIB);
        scsi.none("00 00 00 00 00 00").failed(0x6, 0x3807);
        assertEquals("00 0A", scsi.in("4D 00 4C 00 00 00 03 00 0A 00").good().hexData().substring(24, 29), "the place that has less");
        fixture.gauge.set(SpaceGauge.Place.STORE, 0, Long.MAX_VALUE);
        assertEquals("FF FF FF FF", page("4C 00").substring(24, 35));
    }

    @Test
    void parametersBeginWhereThePointerSays() {
        fixture.gauge.set(SpaceGauge.Place.STORE, 700 * LogFixture.MIB, 1000 * LogFixture.MIB);
        assertEquals("8C 00 00 0C 00 03", scsi.in("4D 00 4C 00 00 00 03 01 00 00").good().hexData().substring(0, 17));
        assertEquals(4 + 24, scsi.in("4D 00 4C 00 00 00 02 01 00 00").good().data.length);
        scsi.in("4D 00 4C 00 00 00 04 01 00 00").failed(0x5, 0x2400);
        scsi.in("4D 00 6F 00 00 00 01 01 00 00").failed(0x5, 0x2400);
    }

    @Test
    void thereIsNoExceptionAndNoTemperature() {
        assertEquals("AF 00 00 08 00 00 03 04 00 00 FF 00", page("6F 00"));
    }

    /** List parameters: the PC field is ignored. */
    @ParameterizedTest
    @ValueSource(strings = {"2F", "6F", "AF", "EF"})
    void everyPageControlGivesThePage(String code) {
        assertEquals("AF 00 00 08 00 00 03 04 00 00 FF 00", page(code + " 00"));
    }

    /** With the field pointer, and the bit where one is told. */
    @ParameterizedTest
    @CsvSource({
        "4D 01 40 00 00 00 00 01 00 00, C8 00 01",
        "4D 02 40 00 00 00 00 01 00 00, C9 00 01",
        "4D 00 4D 00 00 00 00 01 00 00, CD 00 02",
        "4D 00 4C 01 00 00 00 01 00 00, C0 00 03",
        "4D 00 40 00 00 00 01 01 00 00, C0 00 05",
        "4D 00 40 FF 00 00 01 01 00 00, C0 00 05",
    })
    void whatIsNotThereIsRefused(String cdb, String pointer) {
        ScsiFixture.Call call = scsi.in(cdb);
        call.failed(0x5, 0x2400);
        assertEquals(pointer, HexFormat.ofDelimiter(" ").withUpperCase().formatHex(call.command.sense, 15, 18));
    }
}

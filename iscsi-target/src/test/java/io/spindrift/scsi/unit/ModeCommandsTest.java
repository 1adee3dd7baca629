package io.spindrift.scsi.unit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.spindrift.scsi.target.ScsiFixture;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModeCommandsTest {
    private static final String CACHING = "08 12 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00";
    private static final String CONTROL = "0A 0A 00 10 00 00 00 00 00 00 00 00";

    private final ScsiFixture scsi = ScsiFixture.memory();

    @Test
    void sixByteHeaderDescriptorAndPages() {
        assertEquals("1F 00 10 08 00 00 40 00 00 00 02 00 " + CACHING, scsi.in("1A 00 08 00 FF 00").good().hexData());
        assertEquals("0F 00 10 00 " + CONTROL, scsi.in("1A 08 0A 00 FF 00").good().hexData());
        assertEquals("23 00 10 00 " + CACHING + " " + CONTROL, scsi.in("1A 08 3F 00 FF 00").good().hexData());
        assertEquals("23 00 10 00", scsi.in("1A 08 3F FF 04 00").good().hexData());
    }

    @Test
    void tenByteHeaderWithShortAndLongDescriptor() {
        assertEquals("00 1A 00 10 00 00 00 08 00 00 40 00 00 00 02 00 " + CONTROL.substring(0, 35),
                scsi.in("5A 00 0A 00 00 00 00 00 FF 00").good().hexData());
        assertEquals("00 22 00 10 01 00 00 10 00 00 00 00 00 00 40 00 00 00 00 00 00 00 02 00 " + CONTROL,
                scsi.in("5A 10 0A 00 00 00 00 00 FF 00").good().hexData());
    }

    @ParameterizedTest
    @CsvSource({"1A 08 C8 00 FF 00, 3900", "1A 08 07 00 FF 00, 2400", "1A 08 08 01 FF 00, 2400", "1A 08 3F 01 FF 00, 2400"})
    void whatIsNotThereIsRefused(String cdb, String codes) {
        scsi.in(cdb).failed(0x5, Integer.parseInt(codes, 16));
    }

    @Test
    void whatCanBeChangedIsToldAndChanged() {
        assertEquals("0F 00 10 00 0A 0A 04 00 08 00 00 00 00 00 00 00", scsi.in("1A 08 4A 00 FF 00").good().hexData());
        scsi.establish(ScsiFixture.OTHER);
        scsi.out("15 10 00 00 10 00", ScsiFixture.hex("00 00 00 00 0A 0A 00 10 08 00 00 00 00 00 00 00")).good();
        scsi.out("2A 00 00 00 00 00 00 00 01 00", new byte[512]).failed(0x7, 0x2702);
        assertEquals("0F 00 90 00 0A 0A 00 10 08 00 00 00 00 00 00 00", scsi.in("1A 08 0A 00 FF 00").good().hexData());
        assertEquals("0F 00 90 00 " + CONTROL, scsi.in("1A 08 8A 00 FF 00").good().hexData(), "default values");
        scsi.call("00 00 00 00 00 00").from(ScsiFixture.OTHER).go().failed(0x6, 0x2A01);
        scsi.target.resetLogicalUnit(0, ScsiFixture.NEXUS);
        scsi.none("00 00 00 00 00 00").failed(0x6, 0x2903);
        scsi.out("2A 00 00 00 00 00 00 00 01 00", new byte[512]).good();
    }

    @Test
    void descriptorSenseIsUsedWhenAskedFor() {
        scsi.out("55 10 00 00 00 00 00 00 14 00", ScsiFixture.hex("00 00 00 00 00 00 00 00 0A 0A 04 10 00 00 00 00 00 00 00 00")).good();
        byte[] sense = scsi.none("28 00 00 00 40 00 00 00 01 00").command.sense;
        assertEquals("72052100 00000008 0206 0000 C0000200".replace(" ", "").toUpperCase(), hex(sense));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().withUpperCase().formatHex(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "15 10 00 00 10 00, 00 00 00 00 0A 0A 00 20 00 00 00 00 00 00 00 00, 2600",
        "15 10 00 00 10 00, 00 00 00 00 0B 0A 00 10 00 00 00 00 00 00 00 00, 2600",
        "15 10 00 00 0C 00, 00 00 00 00 0A 0A 04 10 00 00 00 00, 1A00",
        "15 10 00 00 02 00, 00 00, 1A00",
        "15 10 00 00 04 00, 00 00 00 08, 1A00",
        "15 11 00 00 04 00, 00 00 00 00, 2400",
        "15 00 00 00 04 00, 00 00 00 00, 2400",
        "15 10 00 00 0C 00, 00 00 00 08 00 00 00 00 00 00 10 00, 2600",
    })
    void aWrongListChangesNothing(String cdb, String list, String codes) {
        scsi.out(cdb, ScsiFixture.hex(list)).failed(0x5, Integer.parseInt(codes, 16));
        assertEquals("0F 00 10 00 " + CONTROL, scsi.in("1A 08 0A 00 FF 00").good().hexData());
    }
}

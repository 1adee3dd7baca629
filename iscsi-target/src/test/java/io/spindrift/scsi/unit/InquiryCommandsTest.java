package io.spindrift.scsi.unit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.scsi.data.Threshold;
import io.spindrift.scsi.target.ScsiFixture;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InquiryCommandsTest {
    private final ScsiFixture scsi = ScsiFixture.memory();

    private byte[] page(String code) {
        byte[] page = scsi.in("12 01 " + code + " FF FF 00").good().data;
        assertEquals(code, String.format("%02X", page[1]));
        assertEquals(page.length - 4, (page[2] & 0xFF) << 8 | page[3] & 0xFF, "page length");
        return page;
    }

    @Test
    void standardDataHasItsFieldsInPlace() {
        byte[] data = scsi.in("12 00 00 00 FF 00").good().data;
        assertEquals(96, data.length);
        assertEquals("00 00 06 12 5B 18 00 02", new Hex(data).at(0, 8));
        assertEquals("SPNDRFT VIRTUAL-DISK    0100", new String(data, 8, 28, StandardCharsets.US_ASCII));
        assertEquals("00 A0 04 60 04 C0 09 60 00 00", new Hex(data).at(58, 10));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "5, 5", "36, 36", "96, 96", "255, 96"})
    void dataIsCutToTheAllocationLength(int allocation, int moved) {
        ScsiFixture.Call call = scsi.in(String.format("12 00 00 00 %02X 00", allocation)).good();
        assertEquals(moved, call.data.length);
        assertEquals(moved, call.command.transferLength);
    }

    @ParameterizedTest
    @ValueSource(strings = {"12 00 80 00 FF 00", "12 01 84 00 FF 00", "12 02 00 00 FF 00", "12 01 01 00 FF 00"})
    void whatIsNotSupportedIsAnInvalidField(String cdb) {
        scsi.in(cdb).failed(0x5, 0x2400);
    }

    @Test
    void everyListedPageIsThere() {
        byte[] list = page("00");
        assertEquals("00 80 83 86 87 8F B0 B1 B2", new Hex(list).at(4, list.length - 4));
        for (int i = 4; i < list.length; i++) {
            page(String.format("%02X", list[i]));
        }
    }

    @Test
    void theSerialNumberIsTheIdentity() {
        assertEquals("0123456789ab4def8123456789abcdef", new String(page("80"), 4, 32, StandardCharsets.US_ASCII));
    }

    @Test
    void designatorsNameTheUnitThePortAndTheDevice() {
        Hex page = new Hex(page("83"));
        assertEquals("01 03 00 08", page.at(4, 4));
        assertEquals("3", page.at(8, 1).substring(0, 1));
        assertEquals("01 0A 00 12 10 00 01 23 45 67 89 AB 4D EF 81 23 45 67 89 AB CD EF", page.at(16, 22));
        assertEquals("02 01 00 28", page.at(38, 4));
        int port = 38 + 4 + 0x28;
        assertEquals("51 94 00 04 00 00 00 01 51 95 00 04 00 00 00 01", page.at(port, 16));
        assertEquals("53 98 00", page.at(port + 16, 3));
        String names = new String(page.bytes, port + 16, page.bytes.length - port - 16, StandardCharsets.UTF_8);
        assertTrue(names.contains(ScsiFixture.NEXUS.targetPort() + "\0"), names);
        assertTrue(names.contains("iqn.2026-11.io.spindrift:disk0\0"), names);
    }

    private static long naa(UUID identity) {
        return ByteBuffer.wrap(LogicalUnitSettings.defaults(identity).designators().get(0).bytes()).getLong();
    }

    @Test
    void everyBitOfTheIdentityCountsInTheNaa() {
        long base = naa(ScsiFixture.IDENTITY);
        assertEquals(3, base >>> 60);
        for (int bit = 0; bit < 64; bit++) {
            UUID high = new UUID(ScsiFixture.IDENTITY.getMostSignificantBits() ^ 1L << bit, ScsiFixture.IDENTITY.getLeastSignificantBits());
            UUID low = new UUID(ScsiFixture.IDENTITY.getMostSignificantBits(), ScsiFixture.IDENTITY.getLeastSignificantBits() ^ 1L << bit);
            assertNotEquals(base, naa(high), "bit " + bit);
            assertNotEquals(base, naa(low), "bit " + bit);
        }
    }

    @Test
    void blockLimitsAreThoseOfTheSettings() {
        assertEquals("00 B0 00 3C 01 80 00 08 00 00 20 00 00 00 08 00 00 00 00 00 00 10 00 00 00 00 01 00 "
                + "00 00 00 08 80 00 00 00 00 00 00 00 00 00 80 00 00 00 20 00 00 00 00 00", new Hex(page("B0")).at(0, 52));
        assertEquals(64, page("B0").length);
    }

    @Test
    void theThresholdSetIsAMebibyteUnlessThereAreTooMany() {
        assertEquals(11, Threshold.setExponent(16384, 512));
        assertEquals(8, Threshold.setExponent(16384, 4096));
        assertEquals(11, Threshold.setExponent((1L << 43) - 1, 512));
        assertEquals(12, Threshold.setExponent(1L << 43, 512));
    }

    @Test
    void extendedInquiryAndModePagePolicy() {
        assertEquals(64, page("86").length);
        assertEquals("00 86 00 3C 00 01 01 01 08 00", new Hex(page("86")).at(0, 10));
        assertEquals("00 87 00 04 3F FF 00 00", new Hex(page("87")).at(0, 8));
    }

    @Test
    void theMediumDoesNotRotateAndIsThin() {
        assertEquals("00 B1 00 3C 00 01 00 50", new Hex(page("B1")).at(0, 8));
        assertEquals("00 B2 00 04 0B E4 02 64", new Hex(page("B2")).at(0, 8));
    }

    private record Hex(byte[] bytes) {
        String at(int from, int length) {
            return HexFormat.ofDelimiter(" ").withUpperCase().formatHex(Arrays.copyOfRange(bytes, from, from + length));
        }
    }
}

package io.spindrift.scsi.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.unit.Opcode;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The table, and the commands that report it. */
class OpcodeTableTest {
    private final ScsiFixture scsi = ScsiFixture.memory();

    @Test
    void everyEntryFitsItsGroupAndIsFound() {
        for (Opcode entry : scsi.target.opcodes().all()) {
            byte[] cdb = entry.usage().clone();
            assertEquals(Cdb.length(cdb), entry.cdbLength(), entry.toString());
            assertEquals(0x04, cdb[cdb.length - 1], entry + ": NACA is looked at");
            assertSame(entry, scsi.target.opcodes().find(cdb), entry.toString());
            assertTrue(!entry.hasServiceAction() || (cdb[1] & 0x1F) == entry.serviceAction(), entry.toString());
        }
    }

    @Test
    void allOperationCodesAreReportedInOrder() {
        int entries = scsi.target.opcodes().all().size();
        byte[] data = scsi.in("A3 0C 00 00 00 00 00 01 00 00 00 00").good().data;
        assertEquals(4 + 8 * entries, data.length);
        assertEquals(8 * entries, Cdb.u32(data, 0));
        for (int at = 12; at < data.length; at += 8) {
            assertTrue(Cdb.u8(data, at) * 32 + data[at + 3] > Cdb.u8(data, at - 8) * 32 + data[at - 5]);
        }
        byte[] timeouts = scsi.in("A3 0C 80 00 00 00 00 01 00 00 00 00").good().data;
        assertEquals(4 + 20 * entries, timeouts.length);
        assertEquals("02 00 06 00 0A", HexFormat.ofDelimiter(" ").withUpperCase().formatHex(timeouts, 9, 14));
    }

    @Test
    void oneOperationCodeIsReportedWithItsUsage() {
        assertEquals("00 03 00 0A 28 F8 FF FF FF FF 00 FF FF 04", scsi.in("A3 0C 01 28 00 00 00 00 10 00 00 00").good().hexData());
        assertEquals("00 03 00 0A 28 F8 FF FF FF FF 00 FF FF 04", scsi.in("A3 0C 03 28 00 00 00 00 10 00 00 00").good().hexData());
        assertEquals("00 01 00 00", scsi.in("A3 0C 01 87 00 00 00 00 10 00 00 00").good().hexData());
        assertEquals("00 01 00 00", scsi.in("A3 0C 02 9E 00 11 00 00 10 00 00 00").good().hexData());
        assertEquals("00 83 00 10 9E 10", scsi.in("A3 0C 82 9E 00 10 00 00 10 00 00 00").good().hexData().substring(0, 17));
        assertEquals(4 + 16 + 12, scsi.in("A3 0C 83 9E 00 10 00 00 10 00 00 00").good().data.length);
    }

    @Test
    void askingTheWrongWayIsAnInvalidField() {
        scsi.in("A3 0C 01 9E 00 00 00 00 10 00 00 00").failed(0x5, 0x2400);
        scsi.in("A3 0C 02 28 00 00 00 00 10 00 00 00").failed(0x5, 0x2400);
        scsi.in("A3 0C 04 28 00 00 00 00 10 00 00 00").failed(0x5, 0x2400);
        scsi.in("A3 0B 00 00 00 00 00 00 10 00 00 00").failed(0x5, 0x2400);
    }

    @Test
    void taskManagementFunctionsAreReported() {
        assertEquals("DE 07 00 00", scsi.in("A3 0D 00 00 00 00 00 00 10 00 00 00").good().hexData());
        assertEquals(16, scsi.in("A3 0D 80 00 00 00 00 00 10 00 00 00").good().data.length);
        scsi.in("A3 0D 00 00 00 00 00 00 00 03 00 00").failed(0x5, 0x2400);
    }
}

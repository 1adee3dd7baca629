package io.spindrift.scsi.copy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.spindrift.block.MemoryDevice;
import io.spindrift.scsi.copy.CopyFixture.ListOf;
import io.spindrift.scsi.target.ScsiFixture;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** RECEIVE COPY RESULTS and what INQUIRY tells of copies. */
class CopyReportsTest {
    private static final EventExecutor HOME = ImmediateEventExecutor.INSTANCE;

    private final ScsiFixture disk = new CopyFixture().disk(1, HOME, new MemoryDevice(ScsiFixture.GEOMETRY));

    private ScsiFixture.Call status(int identifier) {
        return disk.in(String.format("84 00 %02X 00 00 00 00 00 00 00 00 00 04 00 00 00", identifier));
    }

    private ScsiFixture.Call details(int identifier) {
        return disk.in(String.format("84 04 %02X 00 00 00 00 00 00 00 00 00 04 00 00 00", identifier));
    }

    private static ListOf list(int identifier, int usage) {
        return new ListOf().identified(identifier, usage).unit(1).segment(0, 0, 16, 0, 64).segment(0, 0, 16, 0, 128);
    }

    @Test
    void theResultOfACopyIsKeptUntilItsIdentifierIsUsedAgain() {
        status(1).failed(0x5, 0x2400);
        CopyFixture.copy(disk, list(1, 0)).good();
        assertEquals("00 00 00 08 01 00 02 00 00 00 40 00", status(1).good().hexData());
        assertEquals("00 00 00 00", details(1).good().hexData());
        status(2).failed(0x5, 0x2400);
        CopyFixture.copy(disk, new ListOf().identified(1, 0).unit(1).segment(0, 0, 16, 0, 64).segment(0, 1, 1, 0, 0)).failed(0xA, 0x0804);
        assertEquals("00 00 00 08 02 00 01 00 00 00 20 00", status(1).good().hexData());
    }

    @Test
    void theDetailsOfAFailureAreItsStatusAndSense() {
        byte[] sense = CopyFixture.copy(disk, new ListOf().identified(3, 0).unit(1).segment(0, 1, 1, 0, 0)).failed(0xA, 0x0804).command.sense;
        byte[] data = details(3).good().data;
        assertEquals(60 + sense.length, data.length);
        assertEquals(56 + sense.length, ByteBuffer.wrap(data).getInt(0));
        assertEquals(0x02, data[56]);
        assertEquals(sense.length, ByteBuffer.wrap(data).getShort(58));
        assertEquals(ByteBuffer.wrap(sense), ByteBuffer.wrap(data, 60, sense.length));
        details(4).failed(0x5, 0x2400);
    }

    @Test
    void aResultThatNobodyWantsIsNotKept() {
        CopyFixture.copy(disk, list(1, 2)).good();
        status(1).failed(0x5, 0x2400);
        CopyFixture.copy(disk, list(0, 3)).good();
        status(0).failed(0x5, 0x2400);
    }

    @Test
    void resultsAreOfOneNexusAndGoWithItAndWithAReset() {
        disk.establish(ScsiFixture.OTHER);
        CopyFixture.copy(disk, list(1, 0)).good();
        disk.call("84 00 01 00 00 00 00 00 00 00 00 00 04 00 00 00").wants(1024).from(ScsiFixture.OTHER).go().failed(0x5, 0x2400);
        disk.target.nexusLost(CopyFixture.nexus(1));
        disk.establish(CopyFixture.nexus(1));
        status(1).failed(0x5, 0x2400);
        CopyFixture.copy(disk, list(1, 0)).good();
        disk.target.resetLogicalUnit(0, ScsiFixture.OTHER);
        status(1).failed(0x6, 0x2903);
        status(1).failed(0x5, 0x2400);
    }

    @Test
    void theLimitsAreTold() {
        assertEquals("00 00 00 2A 01 00 00 00 00 10 00 10 00 00 03 C0 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
                + " 00 00 00 08 08 09 00 00 00 00 00 02 02 E4",
                disk.in("84 03 00 00 00 00 00 00 00 00 00 00 04 00 00 00").good().hexData());
        assertEquals(4, disk.in("84 03 00 00 00 00 00 00 00 00 00 00 00 04 00 00").good().data.length);
    }

    @Test
    void theThirdPartyCopyPageListsCommandsLimitsAndDescriptors() {
        byte[] page = disk.in("12 01 8F 04 00 00").good().data;
        assertEquals("00 8F 00 5C"
                + " 00 01 00 0C 08 83 01 00 84 03 00 03 04 00 00 00"
                + " 00 04 00 1C 00 00 00 00 00 10 00 10 00 00 03 C0 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
                + " 00 08 00 04 02 02 E4 00"
                + " 80 01 00 20 00 00 00 08 00 00 00 08 02 00 00 00 09 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
                java.util.HexFormat.ofDelimiter(" ").withUpperCase().formatHex(page));
        byte[] pages = disk.in("12 01 00 04 00 00").good().data;
        byte[] sorted = Arrays.copyOfRange(pages, 4, pages.length);
        assertEquals(1, new String(sorted, java.nio.charset.StandardCharsets.ISO_8859_1).chars().filter(code -> code == 0x8F).count());
        assertEquals(0x08, disk.in("12 00 00 00 60 00").good().data[5] & 0x08, "3PC");
    }
}

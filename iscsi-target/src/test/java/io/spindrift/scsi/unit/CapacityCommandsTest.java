package io.spindrift.scsi.unit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.spindrift.block.BlockGeometry;
import io.spindrift.block.MemoryDevice;
import io.spindrift.scsi.target.ScsiFixture;
import org.junit.jupiter.api.Test;

class CapacityCommandsTest {
    private final ScsiFixture scsi = ScsiFixture.memory();

    @Test
    void readCapacityTellsTheLastBlockAndTheLengths() {
        assertEquals("00 00 3F FF 00 00 02 00", scsi.in("25 00 00 00 00 00 00 00 00 00").good().hexData());
        assertEquals("00 00 00 00 00 00 3F FF 00 00 02 00 00 03 C0 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
                scsi.in("9E 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00").good().hexData());
        assertEquals(12, scsi.in("9E 10 00 00 00 00 00 00 00 00 00 00 00 0C 00 00").good().command.transferLength);
    }

    @Test
    void readCapacity10SaysWhenItIsTooSmall() {
        ScsiFixture large = ScsiFixture.over(new MemoryDevice(new BlockGeometry(1L << 33, 4096, 4096)));
        assertEquals("FF FF FF FF 00 00 10 00", large.in("25 00 00 00 00 00 00 00 00 00").good().hexData());
        assertEquals("00 00 00 01 FF FF FF FF 00 00 10 00 00 00 C0 00",
                large.in("9E 10 00 00 00 00 00 00 00 00 00 00 00 10 00 00").good().hexData());
    }

    @Test
    void anLbaWithoutPartialMediumIsInvalid() {
        scsi.in("25 00 00 00 00 01 00 00 00 00").failed(0x5, 0x2400);
    }

    @Test
    void anUnknownServiceActionIsAnInvalidField() {
        scsi.in("9E 11 00 00 00 00 00 00 00 00 00 00 00 20 00 00").failed(0x5, 0x2400);
    }
}

package io.spindrift.scsi.media;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.spindrift.block.BlockGeometry;
import io.spindrift.block.MemoryDevice;
import io.spindrift.scsi.target.ScsiFixture;
import org.junit.jupiter.api.Test;

class LbaStatusTest {
    private final ScsiFixture scsi = ScsiFixture.memory();

    @Test
    void everyBlockIsMappedOrUnknown() {
        assertEquals("00 00 00 14 00 00 00 00 00 00 00 00 00 00 10 00 00 00 30 00 00 00 00 00",
                scsi.in("9E 12 00 00 00 00 00 00 10 00 00 00 00 18 00 00").good().hexData());
        assertEquals(8, scsi.in("9E 12 00 00 00 00 00 00 10 00 00 00 00 08 00 00").good().command.transferLength);
        ScsiFixture large = ScsiFixture.over(new MemoryDevice(new BlockGeometry(1L << 33, 4096, 4096)));
        assertEquals("00 00 00 14 00 00 00 00 00 00 00 00 00 00 00 01 FF FF FF FF 00 00 00 00",
                large.in("9E 12 00 00 00 00 00 00 00 01 00 00 00 18 00 00").good().hexData());
    }

    @Test
    void theStatusOfABlockThatIsNotThereIsOutOfRange() {
        scsi.in("9E 12 00 00 00 00 00 00 40 00 00 00 00 18 00 00").failed(0x5, 0x2100);
        scsi.in("9E 12 FF FF FF FF FF FF FF FF 00 00 00 18 00 00").failed(0x5, 0x2100);
    }
}

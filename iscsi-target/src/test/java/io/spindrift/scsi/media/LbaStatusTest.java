package io.spindrift.scsi.media;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.spindrift.block.BlockGeometry;
import io.spindrift.block.Completion;
import io.spindrift.block.ForwardingDevice;
import io.spindrift.block.MemoryDevice;
import io.spindrift.block.NullDevice;
import io.spindrift.scsi.target.ScsiFixture;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class LbaStatusTest {
    private final ScsiFixture scsi = ScsiFixture.memory();

    @Test
    void whatHasDataIsMappedAndTheRestDeallocated() {
        scsi.out("2A 00 00 00 11 00 00 00 01 00", new byte[512]).good();
        assertEquals("00 00 00 34 00 00 00 00 "
                        + "00 00 00 00 00 00 10 00 00 00 01 00 01 00 00 00 "
                        + "00 00 00 00 00 00 11 00 00 00 00 80 00 00 00 00 "
                        + "00 00 00 00 00 00 11 80 00 00 2E 80 01 00 00 00",
                scsi.in("9E 12 00 00 00 00 00 00 10 00 00 00 10 00 00 00").good().hexData());
    }

    @Test
    void aRunFromWithinAPhysicalBlockIsToldFromTheNextOnWhereItGoesOnThere() {
        ScsiFixture pieces = ScsiFixture.over(new Chequered());
        assertEquals("00 00 00 00 00 00 00 04 00 00 00 04 00 00 00 00 00 00 00 00 00 00 00 08 00 00 00 08 01",
                pieces.in("9E 12 00 00 00 00 00 00 00 04 00 00 00 28 00 00").good().hexData().substring(24, 110));
        assertEquals("00 00 00 00 00 00 10 08 00 00 2F F8", scsi.in("9E 12 00 00 00 00 00 00 10 01 00 00 00 18 00 00").good().hexData().substring(24, 59));
        assertEquals("00 00 00 00 00 00 3F FA 00 00 00 06", scsi.in("9E 12 00 00 00 00 00 00 3F FA 00 00 00 18 00 00").good().hexData().substring(24, 59));
    }

    @Test
    void neighboursOfOneKindAreOneDescriptor() {
        Chequered device = new Chequered();
        ScsiFixture pieces = ScsiFixture.over(device);
        byte[] data = pieces.in("9E 12 00 00 00 00 00 00 00 00 00 01 00 00 00 00").good().data;
        assertEquals(8 + 16 * LbaStatus.MOST_RUNS, data.length);
        assertEquals("00 00 00 00 00 00 00 08 00 00 00 08 01 00 00 00", HexFormat.ofDelimiter(" ").formatHex(data, 24, 40));
        assertEquals(56, pieces.in("9E 12 00 00 00 00 00 00 00 00 00 00 00 38 00 00").good().data.length);
    }

    /** Every other physical block is mapped, and each run is told in two parts. */
    private static final class Chequered extends ForwardingDevice {
        Chequered() {
            super(new MemoryDevice(new BlockGeometry(1L << 33, 512, 4096)));
        }

        @Override
        public void extents(long lba, long blockCount, ExtentVisitor visitor, Completion completion) {
            long at = lba;
            while (at < lba + blockCount && visitor.extent(at, 4, at / 8 % 2 == 0)) {
                at += 4;
            }
            completion.done();
        }
    }

    @Test
    void aDeviceThatKnowsNothingSaysMapped() {
        ScsiFixture scsi = ScsiFixture.over(new NullDevice(ScsiFixture.GEOMETRY));
        assertEquals("00 00 00 14 00 00 00 00 00 00 00 00 00 00 10 00 00 00 30 00 00 00 00 00",
                scsi.in("9E 12 00 00 00 00 00 00 10 00 00 00 00 18 00 00").good().hexData());
        assertEquals(8, scsi.in("9E 12 00 00 00 00 00 00 10 00 00 00 00 08 00 00").good().command.transferLength);
        ScsiFixture large = ScsiFixture.over(new NullDevice(new BlockGeometry(1L << 33, 4096, 4096)));
        assertEquals("00 00 00 14 00 00 00 00 00 00 00 00 00 00 00 01 FF FF FF FF 00 00 00 00",
                large.in("9E 12 00 00 00 00 00 00 00 01 00 00 00 18 00 00").good().hexData());
    }

    @Test
    void theStatusOfABlockThatIsNotThereIsOutOfRange() {
        scsi.in("9E 12 00 00 00 00 00 00 40 00 00 00 00 18 00 00").failed(0x5, 0x2100);
        scsi.in("9E 12 FF FF FF FF FF FF FF FF 00 00 00 18 00 00").failed(0x5, 0x2100);
    }
}

package io.spindrift.scsi.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.spindrift.block.Completion;
import io.spindrift.block.ForwardingDevice;
import io.spindrift.block.MemoryDevice;
import io.spindrift.scsi.target.ScsiFixture;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WriteVerifyTest {
    private final Forgetful device = new Forgetful();
    private final ScsiFixture scsi = ScsiFixture.over(device);

    /** Says what it is asked, and loses a bit of what it is told to. */
    private static final class Forgetful extends ForwardingDevice {
        private final List<String> asked = new ArrayList<>();
        private boolean forgets;

        Forgetful() {
            super(new MemoryDevice(ScsiFixture.GEOMETRY));
        }

        @Override
        public void read(long lba, int blockCount, ByteBuf dst, Completion completion) {
            asked.add("read " + lba + "+" + blockCount);
            super.read(lba, blockCount, dst, completion);
            if (forgets) {
                int last = dst.writerIndex() + blockCount * 512 - 1;
                dst.setByte(last, dst.getByte(last) ^ 1);
            }
        }

        @Override
        public void write(long lba, int blockCount, ByteBuf src, boolean fua, Completion completion) {
            asked.add((fua ? "durable write " : "write ") + lba + "+" + blockCount);
            super.write(lba, blockCount, src, fua, completion);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "2E 00 00 00 00 05 00 00 02 00",
        "AE 02 00 00 00 05 00 00 00 02 00 00",
        "8E 02 00 00 00 00 00 00 00 05 00 00 00 02 00 00",
    })
    void writesDurablyAndReadsAgain(String cdb) {
        byte[] data = ScsiFixture.pattern(1024, 7);
        assertEquals(1024, scsi.out(cdb, data).good().command.transferLength);
        assertEquals(List.of("durable write 5+2", "read 5+2"), device.asked);
        assertArrayEquals(data, scsi.in("28 00 00 00 00 05 00 00 02 00").data);
    }

    @Test
    void onlyACheckOfBytesFindsWrongOnes() {
        device.forgets = true;
        scsi.out("2E 00 00 00 00 05 00 00 02 00", new byte[1024]).good();
        scsi.out("2E 02 00 00 00 05 00 00 02 00", new byte[1024]).failed(0xE, 0x1D00);
    }

    @Test
    void noBlocksAreFine() {
        scsi.none("2E 00 00 00 00 05 00 00 00 00").good();
        assertEquals(List.of(), device.asked);
    }

    @ParameterizedTest
    @ValueSource(strings = {"04", "06", "20"})
    void otherChecksAndProtectionAreRefused(String byte1) {
        scsi.out("2E " + byte1 + " 00 00 00 05 00 00 02 00", new byte[1024]).failed(0x5, 0x2400);
    }

    @Test
    void blocksThatAreNotThereAreOutOfRange() {
        scsi.out("2E 00 00 00 3F FF 00 00 02 00", new byte[1024]).failed(0x5, 0x2100);
        assertEquals(List.of(), device.asked);
    }
}

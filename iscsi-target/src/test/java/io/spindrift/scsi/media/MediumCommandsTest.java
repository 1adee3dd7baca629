package io.spindrift.scsi.media;

import io.spindrift.scsi.target.ScsiFixture;
import org.junit.jupiter.api.Test;

class MediumCommandsTest {
    private final ScsiFixture scsi = ScsiFixture.memory();

    @Test
    void aDiskWithoutAMotorStartsAndStops() {
        scsi.none("1B 00 00 00 01 00").good();
        scsi.none("1B 00 00 00 00 00").good();
        scsi.none("1B 00 00 00 02 00").failed(0x5, 0x2400);
        scsi.none("1B 00 00 00 30 00").failed(0x5, 0x2400);
        scsi.none("1E 00 00 00 01 00").good();
        scsi.none("1E 00 00 00 00 00").good();
        scsi.none("1E 00 00 00 03 00").failed(0x5, 0x2400);
    }
}

package io.spindrift.scsi.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.spindrift.block.BlockFailure;
import io.spindrift.block.Readiness;
import io.spindrift.scsi.target.ScsiFixture;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiagnosticCommandsTest {
    private final LogFixture fixture = new LogFixture();
    private final ScsiFixture scsi = fixture.scsi;

    @Test
    void theSelfTestGoesAsFarAsAFlush() {
        scsi.none("1D 04 00 00 00 00").good();
        scsi.none("1D 14 00 00 00 00").good();
        assertEquals(List.of("flush", "flush"), fixture.device.calls);
        fixture.device.flushFailure = BlockFailure.UNAVAILABLE;
        scsi.none("1D 04 00 00 00 00").failed(0x4, 0x3E03);
        fixture.memory.readiness(Readiness.BECOMING_READY);
        scsi.none("00 00 00 00 00 00").failed(0x6, 0x2A06);
        scsi.none("1D 04 00 00 00 00").failed(0x2, 0x0401);
    }

    @Test
    void nothingToDoIsDone() {
        scsi.none("1D 00 00 00 00 00").good();
        assertEquals(List.of(), fixture.device.calls);
    }

    @Test
    void theListOfPagesIsThePageThereIs() {
        scsi.out("1D 10 00 00 04 00", new byte[4]).good();
        assertEquals("00 00 00 01 00", scsi.in("1C 00 00 00 FF 00").good().hexData());
        assertEquals("00 00 00 01 00", scsi.in("1C 01 00 00 FF 00").good().hexData());
        assertEquals("00 00", scsi.in("1C 01 00 00 02 00").good().hexData());
        scsi.in("1C 01 40 00 FF 00").failed(0x5, 0x2400);
    }

    @ParameterizedTest
    @CsvSource({
        "1D 20 00 00 00 00, '', 2400",
        "1D 00 00 00 04 00, 00 00 00 00, 2400",
        "1D 14 00 00 04 00, 00 00 00 00, 2400",
        "1D 10 00 00 04 00, 40 00 00 00, 2600",
        "1D 10 00 00 04 00, 00 00 00 01, 2600",
        "1D 10 00 00 05 00, 00 00 00 01 00, 2600",
        "1D 10 00 00 02 00, 00 00, 1A00",
        "1D 10 00 00 04 00, 00 00, 1A00",
    })
    void whatIsNotSupportedIsRefused(String cdb, String list, String codes) {
        scsi.out(cdb, ScsiFixture.hex(list)).failed(0x5, Integer.parseInt(codes, 16));
    }
}

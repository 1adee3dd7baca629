package io.spindrift.scsi.media;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.block.ForwardingDevice;
import io.spindrift.block.MemoryDevice;
import io.spindrift.scsi.target.ScsiFixture;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreFetchTest {
    private static final int CONDITION_MET = 4;

    private final Warm device = new Warm();
    private final ScsiFixture scsi = ScsiFixture.over(device);

    private static final class Warm extends ForwardingDevice {
        private final List<String> asked = new ArrayList<>();
        private final List<Completion> waiting = new ArrayList<>();
        private BlockFailure failure;
        private boolean slow;

        Warm() {
            super(new MemoryDevice(ScsiFixture.GEOMETRY));
        }

        @Override
        public void preFetch(long lba, long blockCount, Completion completion) {
            asked.add(lba + "+" + blockCount);
            if (slow) {
                waiting.add(completion);
            } else if (failure != null) {
                completion.failed(failure);
            } else {
                completion.done();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "34 00 00 00 00 10 00 00 02 00, 16+2",
        "34 02 00 00 00 10 00 00 02 00, 16+2",
        "34 00 00 00 00 10 00 00 00 00, 16+16368",
        "90 00 00 00 00 00 00 00 00 10 00 00 00 02 00 00, 16+2",
        "90 02 00 00 00 00 00 00 3F FF 00 00 00 00 00 00, 16383+1",
    })
    void theConditionIsMetWhereAllBlocksAreNear(String cdb, String range) {
        ScsiFixture.Call call = scsi.none(cdb);
        assertEquals(CONDITION_MET, call.command.status);
        assertEquals(1, call.completions);
        assertEquals(List.of(range), device.asked);
    }

    @Test
    void withoutImmedItWaits() {
        device.slow = true;
        ScsiFixture.Call call = scsi.none("34 00 00 00 00 10 00 00 02 00");
        ScsiFixture.Call immediate = scsi.none("34 02 00 00 00 10 00 00 02 00");
        assertEquals(0, call.completions);
        assertEquals(CONDITION_MET, immediate.command.status);
        device.waiting.forEach(Completion::done);
        assertEquals(CONDITION_MET, call.command.status);
        assertEquals(1, immediate.completions);
    }

    @Test
    void whatHasNoRoomIsGood() {
        device.failure = BlockFailure.FULL;
        scsi.none("34 00 00 00 00 10 00 00 02 00").good();
        scsi.none("34 02 00 00 00 10 00 00 02 00").good();
    }

    @Test
    void failuresAreTold() {
        device.failure = BlockFailure.CORRUPT;
        scsi.none("34 00 00 00 00 10 00 00 02 00").failed(0x3, 0x1100);
        device.failure = BlockFailure.UNAVAILABLE;
        scsi.none("90 00 00 00 00 00 00 00 00 10 00 00 00 02 00 00").failed(0x2, 0x0401);
    }

    @Test
    void blocksThatAreNotThereAreOutOfRange() {
        scsi.none("34 00 00 00 40 00 00 00 01 00").failed(0x5, 0x2100);
        scsi.none("34 00 00 00 3F FF 00 00 02 00").failed(0x5, 0x2100);
        scsi.none("90 00 FF FF FF FF FF FF FF FF 00 00 00 01 00 00").failed(0x5, 0x2100);
        assertEquals(List.of(), device.asked);
    }
}

package io.spindrift.scsi.medium;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.spindrift.block.ErrorDevice;
import io.spindrift.block.MemoryDevice;
import io.spindrift.scsi.Nexus;
import io.spindrift.scsi.data.ParameterData;
import io.spindrift.scsi.target.ScsiFixture;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MediumCommandsTest {
    private static final String EJECT = "1B 00 00 00 02 00";
    private static final String LOAD = "1B 00 00 00 03 00";
    private static final String PREVENT = "1E 00 00 00 01 00";
    private static final String ALLOW = "1E 00 00 00 00 00";
    private static final String TEST_UNIT_READY = "00 00 00 00 00 00";

    private final List<String> asked = new ArrayList<>();
    private final ErrorDevice device = new ErrorDevice(new MemoryDevice(ScsiFixture.GEOMETRY));
    private final ScsiFixture fixed = ScsiFixture.over(device);
    private final ScsiFixture removable = new ScsiFixture(ScsiFixture.settings().withRemovable(true), device);

    private void listen() {
        device.rule((verb, lba, count) -> {
            asked.add(verb.name());
            return null;
        });
    }

    private ScsiFixture.Call from(Nexus nexus, String cdb) {
        return removable.call(cdb).from(nexus).go();
    }

    @Test
    void aDiskWithoutAMotorStartsAndStops() {
        listen();
        fixed.none("1B 00 00 00 01 00").good();
        fixed.none("1B 00 00 00 04 00").good();
        assertEquals(List.of(), asked);
        fixed.none("1B 00 00 00 00 00").good();
        fixed.none("1B 01 00 00 00 00").good();
        assertEquals(List.of("FLUSH", "FLUSH"), asked);
    }

    @Test
    void aFixedDiskIsNeitherEjectedNorKept() {
        fixed.none(EJECT).failed(0x5, 0x2400);
        fixed.none(LOAD).failed(0x5, 0x2400);
        fixed.none(PREVENT).good();
        fixed.none(ALLOW).good();
        fixed.none("1E 00 00 00 03 00").failed(0x5, 0x2400);
        assertEquals("00", fixed.in("12 00 00 00 FF 00").good().hexData().substring(3, 5));
    }

    @Test
    void aPowerConditionChangesNothing() {
        listen();
        for (int condition = 1; condition < 16; condition++) {
            removable.none(String.format("1B 00 00 00 %X2 00", condition)).good();
            removable.none(TEST_UNIT_READY).good();
        }
        assertEquals(List.of(), asked);
    }

    @Test
    void stoppingDoesNotEject() {
        removable.none("1B 00 00 00 00 00").good();
        removable.none(TEST_UNIT_READY).good();
    }

    @Test
    void whatIsEjectedIsNotThereUntilItIsLoaded() {
        removable.establish(ScsiFixture.OTHER);
        assertEquals("80", removable.in("12 00 00 00 FF 00").good().hexData().substring(3, 5));
        listen();
        removable.none(EJECT).good();
        assertEquals(List.of("FLUSH"), asked);
        for (String cdb : List.of(TEST_UNIT_READY, "28 00 00 00 00 00 00 00 01 00", "25 00 00 00 00 00 00 00 00 00", "35 00 00 00 00 00 00 00 00 00",
                "9E 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00", "2A 00 00 00 00 00 00 00 01 00", "42 00 00 00 00 00 00 00 00 00")) {
            removable.none(cdb).failed(0x2, 0x3A00);
        }
        removable.in("12 00 00 00 FF 00").good();
        removable.in("1A 00 3F 00 FF 00").good();
        removable.none(EJECT).good();
        removable.none(LOAD).good();
        removable.none(TEST_UNIT_READY).good();
        from(ScsiFixture.OTHER, TEST_UNIT_READY).failed(0x6, 0x2800);
        from(ScsiFixture.OTHER, TEST_UNIT_READY).good();
    }

    @Test
    void loadingWhatIsInIsNoNews() {
        removable.establish(ScsiFixture.OTHER);
        removable.none(LOAD).good();
        from(ScsiFixture.OTHER, TEST_UNIT_READY).good();
    }

    @Test
    void ejectingWithoutAFlush() {
        listen();
        removable.none("1B 00 00 00 06 00").good();
        removable.none(TEST_UNIT_READY).failed(0x2, 0x3A00);
        assertEquals(List.of(), asked);
    }

    @Test
    void oneNexusKeepsTheMediumForAll() {
        removable.establish(ScsiFixture.OTHER);
        removable.none(PREVENT).good();
        from(ScsiFixture.OTHER, EJECT).failed(0x5, 0x5302);
        removable.none(EJECT).failed(0x5, 0x5302);
        from(ScsiFixture.OTHER, ALLOW).good();
        from(ScsiFixture.OTHER, EJECT).failed(0x5, 0x5302);
        removable.none(TEST_UNIT_READY).good();
        removable.none(ALLOW).good();
        from(ScsiFixture.OTHER, EJECT).good();
        removable.none(PREVENT).good();
        removable.none(LOAD).failed(0x5, 0x5302);
        removable.none(ALLOW).good();
        removable.none(LOAD).good();
    }

    @Test
    void whoGoesKeepsNothing() {
        removable.establish(ScsiFixture.OTHER);
        from(ScsiFixture.OTHER, PREVENT).good();
        removable.target.nexusLost(ScsiFixture.OTHER);
        removable.none(EJECT).good();
    }

    private ScsiFixture.Call reserveOut(Nexus nexus, int action, long key, long serviceKey) {
        return removable.call(String.format("5F %02X 01 00 00 00 00 00 18 00", action)).from(nexus)
                .sends(new ParameterData().u64(key).u64(serviceKey).zeros(8).toBytes()).aborting((whose, done) -> done.run()).go();
    }

    @Test
    void whoIsPreemptedWithAbortKeepsNothing() {
        removable.establish(ScsiFixture.OTHER);
        reserveOut(ScsiFixture.NEXUS, 0, 0, 1).good();
        reserveOut(ScsiFixture.OTHER, 0, 0, 2).good();
        from(ScsiFixture.OTHER, PREVENT).good();
        reserveOut(ScsiFixture.NEXUS, 4, 1, 2).good();
        removable.none(EJECT).failed(0x5, 0x5302);
        from(ScsiFixture.OTHER, TEST_UNIT_READY).failed(0x6, 0x2A05);
        reserveOut(ScsiFixture.OTHER, 0, 0, 2).good();
        reserveOut(ScsiFixture.NEXUS, 5, 1, 2).good();
        removable.none(EJECT).good();
    }

    @Test
    void aResetLetsGo() {
        removable.none(PREVENT).good();
        removable.target.resetLogicalUnit(0, ScsiFixture.NEXUS);
        removable.none(TEST_UNIT_READY).failed(0x6, 0x2903);
        removable.none(EJECT).good();
    }

    @ParameterizedTest
    @ValueSource(strings = {"37 00 1D 00 00 00 00 00 20 00=00 1D 00 00", "B7 08 00 00 00 00 00 00 00 20 00 00=00 08 00 00 00 00 00 00"})
    void thereAreNoDefects(String call) {
        String[] parts = call.split("=");
        assertEquals(parts[1], fixed.in(parts[0]).good().hexData());
    }
}

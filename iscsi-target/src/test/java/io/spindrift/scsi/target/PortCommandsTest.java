package io.spindrift.scsi.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.util.concurrent.ImmediateEventExecutor;
import io.spindrift.block.MemoryDevice;
import io.spindrift.block.Readiness;
import io.spindrift.scsi.TargetPort;
import io.spindrift.scsi.TargetPorts;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** REPORT TARGET PORT GROUPS, and what follows from access states. */
class PortCommandsTest {
    private static final String REPORT = "A3 0A 00 00 00 00 00 00 10 00 00 00";
    private static final String EXTENDED = "A3 2A 00 00 00 00 00 00 10 00 00 00";
    private final MemoryDevice memory = new MemoryDevice(ScsiFixture.GEOMETRY);

    private ScsiFixture over(TargetPorts ports) {
        ScsiFixture scsi = new ScsiFixture(new LogicalUnitTarget(ImmediateEventExecutor.INSTANCE, ports));
        scsi.target.addUnit(0, ScsiFixture.settings(), memory).join();
        scsi.establish(ScsiFixture.NEXUS);
        return scsi;
    }

    @Test
    void oneGroupForEachPortalGroup() {
        ScsiFixture scsi = over(TargetPorts.ofGroups(7, 1, 7));
        assertEquals("00 00 00 18 00 8D 00 01 00 02 00 01 00 00 00 01 00 8D 00 07 00 02 00 01 00 00 00 07", scsi.in(REPORT).good().hexData());
        assertEquals("00 00 00 1C 10 3C 00 00 00 8D 00 01", scsi.in(EXTENDED).good().hexData().substring(0, 35));
        assertEquals("00 00 00 18", scsi.in("A3 0A 00 00 00 00 00 00 00 04 00 00").good().hexData());
    }

    @Test
    void portsOfOneGroupStandTogetherAndOneThatIsPreferredMakesItSo() {
        ScsiFixture scsi = over(() -> List.of(new TargetPort(1, 9, false), new TargetPort(2, 5, false), new TargetPort(3, 9, true)));
        assertEquals("00 00 00 1C 80 8D 00 09 00 02 00 02 00 00 00 01 00 00 00 03 00 8D 00 05 00 02 00 01 00 00 00 02",
                scsi.in(REPORT).good().hexData());
    }

    @ParameterizedTest
    @CsvSource({"READY, 00", "STANDBY, 02", "UNAVAILABLE, 03", "BECOMING_READY, 0F"})
    void theStateFollowsFromTheDevice(Readiness readiness, String state) {
        ScsiFixture scsi = over(TargetPorts.SINGLE);
        memory.readiness(readiness);
        scsi.in("03 00 00 00 FF 00").good();
        assertEquals(state, scsi.in(REPORT).good().hexData().substring(12, 14));
    }

    @Test
    void everyChangeOfStateIsTold() {
        ScsiFixture scsi = over(TargetPorts.SINGLE);
        memory.readiness(Readiness.BECOMING_READY);
        scsi.in(REPORT).failed(0x6, 0x2A06);
        memory.readiness(Readiness.READY);
        scsi.in(REPORT).failed(0x6, 0x2A06);
        scsi.in(REPORT).good();
    }

    @Test
    void whatInitiatorsMayNotDo() {
        ScsiFixture scsi = over(TargetPorts.SINGLE);
        scsi.in("A3 4A 00 00 00 00 00 00 10 00 00 00").failed(0x5, 0x2400);
        scsi.out("A4 0A 00 00 00 00 00 00 00 08 00 00", new byte[8]).failed(0x5, 0x2000);
        assertEquals("18", scsi.in("12 00 00 00 FF 00").good().hexData().substring(15, 17), "TPGS: implicit; 3PC");
    }

    @Test
    void aPortHasANumberInRange() {
        assertThrows(IllegalArgumentException.class, () -> new TargetPort(0, 1, false));
        assertThrows(IllegalArgumentException.class, () -> new TargetPort(1, 65536, false));
        assertThrows(IllegalArgumentException.class, TargetPorts::ofGroups);
    }
}

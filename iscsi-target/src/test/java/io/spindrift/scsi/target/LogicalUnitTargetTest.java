package io.spindrift.scsi.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.spindrift.block.DelayDevice;
import io.spindrift.block.MemoryDevice;
import io.spindrift.block.Readiness;
import io.spindrift.scsi.MemoryUnitStore;
import io.spindrift.scsi.ScsiTarget;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** LUNs, unit attentions, states of the medium, and aborts. */
class LogicalUnitTargetTest {
    private static final String TEST_UNIT_READY = "00 00 00 00 00 00";
    private static final String REPORT_LUNS = "A0 00 00 00 00 00 00 00 10 00 00 00";
    private static final long FLAT = 0x4000_0000_0000_0000L;
    private static final long LUN_3 = 3L << 48;

    private final MemoryDevice memory = new MemoryDevice(ScsiFixture.GEOMETRY);
    private final ScsiFixture scsi = ScsiFixture.over(memory);

    @Test
    void aLunIsReachedByBothMethods() {
        scsi.target.addUnit(300, ScsiFixture.settings(), new MemoryDevice(ScsiFixture.GEOMETRY)).join();
        assertTrue(scsi.target.hasLogicalUnit(0));
        assertTrue(scsi.target.hasLogicalUnit(FLAT));
        assertTrue(scsi.target.hasLogicalUnit(FLAT | 300L << 48));
        assertFalse(scsi.target.hasLogicalUnit(300L << 48));
        assertFalse(scsi.target.hasLogicalUnit(1));
        assertFalse(scsi.target.hasLogicalUnit(0x8000_0000_0000_0000L));
        assertFalse(scsi.target.hasLogicalUnit(0xC101_0000_0000_0000L));
    }

    @Test
    void reportLunsListsThemInOrder() {
        scsi.target.addUnit(300, ScsiFixture.settings(), new MemoryDevice(ScsiFixture.GEOMETRY)).join();
        scsi.target.addUnit(3, ScsiFixture.settings(), new MemoryDevice(ScsiFixture.GEOMETRY)).join();
        assertEquals("00 00 00 18 00 00 00 00 00 00 00 00 00 00 00 00 00 03 00 00 00 00 00 00 41 2C 00 00 00 00 00 00",
                scsi.in(REPORT_LUNS).good().hexData());
        assertEquals("00 00 00 00 00 00 00 00", scsi.in("A0 00 01 00 00 00 00 00 10 00 00 00").good().hexData());
        assertEquals(32, scsi.in("A0 00 02 00 00 00 00 00 10 00 00 00").good().data.length);
        assertEquals(8, scsi.in("A0 00 10 00 00 00 00 00 10 00 00 00").good().data.length);
        assertEquals(32, scsi.in("A0 00 11 00 00 00 00 00 10 00 00 00").good().data.length);
        scsi.in("A0 00 05 00 00 00 00 00 10 00 00 00").failed(0x5, 0x2400);
        assertEquals(10, scsi.in("A0 00 00 00 00 00 00 00 00 0A 00 00").good().data.length);
    }

    @Test
    void lunsThatAreNotThereSaySo() {
        assertEquals("7F", scsi.call("12 00 00 00 24 00").wants(36).at(LUN_3).go().good().hexData().substring(0, 2));
        scsi.call(TEST_UNIT_READY).at(LUN_3).go().failed(0x5, 0x2500);
        assertEquals("70 00 05", scsi.call("03 00 00 00 12 00").wants(18).at(LUN_3).go().good().hexData().substring(0, 8));
        scsi.call(REPORT_LUNS).at(LUN_3).go().failed(0x5, 0x2500);
        scsi.target.addUnit(3, ScsiFixture.settings(), new MemoryDevice(ScsiFixture.GEOMETRY)).join();
        scsi.target.removeUnit(0).join();
        assertEquals("3F", scsi.call("12 00 00 00 24 00").wants(36).go().good().hexData().substring(0, 2));
        assertEquals(16, scsi.in(REPORT_LUNS).good().data.length);
        scsi.none(TEST_UNIT_READY).failed(0x5, 0x2500);
    }

    @Test
    void aTakenOrImpossibleLunIsRefused() {
        assertTrue(scsi.target.addUnit(0, ScsiFixture.settings(), memory).isCompletedExceptionally());
        assertTrue(scsi.target.addUnit(16384, ScsiFixture.settings(), memory).isCompletedExceptionally());
        assertTrue(scsi.target.addUnit(-1, ScsiFixture.settings(), memory).isCompletedExceptionally());
    }

    @Test
    void aNewNexusIsToldOnceOfPowerOn() {
        scsi.target.nexusEstablished(ScsiFixture.OTHER);
        scsi.call("12 00 00 00 24 00").wants(36).from(ScsiFixture.OTHER).go().good();
        scsi.call(REPORT_LUNS).wants(36).from(ScsiFixture.OTHER).go().good();
        scsi.call("28 00 00 00 00 00 00 00 01 00").from(ScsiFixture.OTHER).go().failed(0x6, 0x2900);
        scsi.call(TEST_UNIT_READY).from(ScsiFixture.OTHER).go().good();
        scsi.none(TEST_UNIT_READY).good();
    }

    @Test
    void attentionsComeByPrecedenceAndOnce() {
        memory.resize(32768);
        memory.readiness(Readiness.STANDBY);
        memory.readiness(Readiness.READY);
        memory.resize(16384);
        scsi.target.addUnit(3, ScsiFixture.settings(), new MemoryDevice(ScsiFixture.GEOMETRY)).join();
        assertTrue(scsi.target.resetLogicalUnit(0, ScsiFixture.OTHER));
        scsi.none(TEST_UNIT_READY).failed(0x6, 0x2903);
        scsi.none(TEST_UNIT_READY).failed(0x6, 0x3F0E);
        scsi.none(TEST_UNIT_READY).failed(0x6, 0x2A09);
        scsi.none(TEST_UNIT_READY).failed(0x6, 0x2A06);
        scsi.none(TEST_UNIT_READY).good();
        scsi.call(TEST_UNIT_READY).at(LUN_3).go().failed(0x6, 0x2900);
    }

    @Test
    void aChangedInventoryIsToldOnceForAllUnits() {
        scsi.target.addUnit(3, ScsiFixture.settings(), new MemoryDevice(ScsiFixture.GEOMETRY)).join();
        scsi.call(TEST_UNIT_READY).at(LUN_3).go().failed(0x6, 0x2900);
        scsi.establish(ScsiFixture.OTHER);
        scsi.none(TEST_UNIT_READY).failed(0x6, 0x3F0E);
        scsi.target.addUnit(4, ScsiFixture.settings(), new MemoryDevice(ScsiFixture.GEOMETRY)).join();
        scsi.none(TEST_UNIT_READY).failed(0x6, 0x3F0E);
        scsi.call(TEST_UNIT_READY).at(LUN_3).go().good();
        scsi.call(TEST_UNIT_READY).from(ScsiFixture.OTHER).go().failed(0x6, 0x3F0E);
    }

    @Test
    void aGreaterResetTakesTheLesserOnesPlace() {
        scsi.target.nexusEstablished(ScsiFixture.NEXUS);
        scsi.target.resetLogicalUnit(0, ScsiFixture.OTHER);
        scsi.none(TEST_UNIT_READY).failed(0x6, 0x2903);
        scsi.none(TEST_UNIT_READY).good();
        scsi.target.nexusLost(ScsiFixture.NEXUS);
        scsi.target.nexusEstablished(ScsiFixture.NEXUS);
        scsi.target.resetLogicalUnit(0, ScsiFixture.OTHER);
        scsi.none(TEST_UNIT_READY).failed(0x6, 0x2900);
        scsi.none(TEST_UNIT_READY).good();
    }

    @Test
    void clearedCommandsAreToldToWhoLostThem() {
        scsi.target.commandsCleared(0, ScsiFixture.NEXUS);
        scsi.none(TEST_UNIT_READY).failed(0x6, 0x2F00);
        scsi.none(TEST_UNIT_READY).good();
        scsi.target.commandsCleared(7L << 48, ScsiFixture.NEXUS);
        scsi.target.nexusLost(ScsiFixture.NEXUS);
        scsi.target.commandsCleared(0, ScsiFixture.NEXUS);
        scsi.none(TEST_UNIT_READY).good();
    }

    @Test
    void aPendingEventIsShownAndNotTaken() {
        assertEquals(0, scsi.target.pendingEvent(0, ScsiFixture.NEXUS));
        scsi.target.commandsCleared(0, ScsiFixture.NEXUS);
        assertEquals(0x162F00, scsi.target.pendingEvent(0, ScsiFixture.NEXUS));
        scsi.target.resetLogicalUnit(0, ScsiFixture.OTHER);
        assertEquals(0x262903, scsi.target.pendingEvent(0, ScsiFixture.NEXUS));
        assertEquals(0, scsi.target.pendingEvent(7L << 48, ScsiFixture.NEXUS));
        assertEquals(0, scsi.target.pendingEvent(0, ScsiFixture.OTHER));
        scsi.none(TEST_UNIT_READY).failed(0x6, 0x2903);
    }

    @Test
    void aNexusResetIsToldToItsOwnNexus() {
        scsi.target.nexusEstablished(ScsiFixture.OTHER);
        scsi.target.commandsCleared(0, ScsiFixture.NEXUS);
        scsi.target.resetNexus(ScsiFixture.NEXUS);
        assertEquals(0x162900, scsi.target.pendingEvent(0, ScsiFixture.OTHER));
        scsi.none(TEST_UNIT_READY).failed(0x6, 0x2907);
        scsi.none(TEST_UNIT_READY).good();
    }

    @Test
    void aTargetResetIsToldForEveryUnit() {
        scsi.target.addUnit(3, ScsiFixture.settings(), new MemoryDevice(ScsiFixture.GEOMETRY)).join();
        scsi.call(TEST_UNIT_READY).at(LUN_3).go().failed(0x6, 0x2900);
        scsi.none(TEST_UNIT_READY).failed(0x6, 0x3F0E);
        scsi.target.resetTarget(ScsiFixture.OTHER);
        scsi.none(TEST_UNIT_READY).failed(0x6, 0x2903);
        scsi.call(TEST_UNIT_READY).at(LUN_3).go().failed(0x6, 0x2903);
        scsi.call(TEST_UNIT_READY).at(LUN_3).go().good();
    }

    @Test
    void requestSenseTakesAnAttentionAndReportLunsItsOwn() {
        memory.resize(32768);
        assertEquals("70 00 06 00 00 00 00 0A 00 00 00 00 2A 09 00 00 00 00", scsi.in("03 00 00 00 FF 00").good().hexData());
        assertEquals("72 00 00 00 00 00 00 00", scsi.in("03 01 00 00 FF 00").good().hexData());
        scsi.target.addUnit(3, ScsiFixture.settings(), new MemoryDevice(ScsiFixture.GEOMETRY)).join();
        scsi.in(REPORT_LUNS).good();
        scsi.none(TEST_UNIT_READY).good();
        scsi.target.removeUnit(3).join();
        scsi.none(TEST_UNIT_READY).failed(0x6, 0x3F0E);
    }

    @Test
    void theMediumIsRefusedInEveryStateButReadyAndTheRestIsAnswered() {
        assertRefused(Readiness.BECOMING_READY, 0x0401);
        assertRefused(Readiness.STANDBY, 0x040B);
        assertRefused(Readiness.UNAVAILABLE, 0x040C);
        memory.readiness(Readiness.READY);
        scsi.in("03 00 00 00 FF 00").good();
        scsi.none(TEST_UNIT_READY).good();
    }

    private void assertRefused(Readiness state, int codes) {
        memory.readiness(state);
        scsi.in("03 00 00 00 FF 00").good();
        assertEquals(String.format("%02X %02X", codes >> 8, codes & 0xFF), sense(scsi), "REQUEST SENSE");
        for (String cdb : new String[] {TEST_UNIT_READY, "28 00 00 00 00 00 00 00 01 00", "2A 00 00 00 00 00 00 00 01 00",
            "42 00 00 00 00 00 00 00 00 00", "35 00 00 00 00 00 00 00 00 00", "2F 00 00 00 00 00 00 00 01 00"}) {
            ScsiFixture.Call call = scsi.call(cdb).sends(new byte[512]).go();
            call.failed(0x2, codes);
            assertEquals(ScsiTarget.REFUSED, call.planned);
        }
        scsi.in("12 00 00 00 FF 00").good();
        scsi.in("25 00 00 00 00 00 00 00 00 00").good();
        scsi.in("1A 00 3F 00 FF 00").good();
        scsi.in(REPORT_LUNS).good();
    }

    @Test
    void theMediumWaitsUntilTheStoreHasSettled() {
        MemoryUnitStore store = new MemoryUnitStore();
        store.unsettle();
        scsi.target.addUnit(3, ScsiFixture.settings(), new MemoryDevice(ScsiFixture.GEOMETRY), store).join();
        scsi.call(TEST_UNIT_READY).at(LUN_3).go().failed(0x6, 0x2900);
        scsi.call("28 00 00 00 00 00 00 00 01 00").at(LUN_3).wants(512).go().failed(0x2, 0x0401);
        store.settle(Map.of());
        scsi.call("28 00 00 00 00 00 00 00 01 00").at(LUN_3).wants(512).go().good();
    }

    /** The additional sense code and qualifier of REQUEST SENSE, where no attention waits any more. */
    private static String sense(ScsiFixture scsi) {
        return scsi.in("03 00 00 00 FF 00").good().hexData().substring(36, 41);
    }

    @Test
    void commandsThatAreNotKnownAreRefused() {
        scsi.none("87 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00").failed(0x5, 0x2000);
        scsi.none("00 00 00 00 00 04").failed(0x5, 0x2400);
        ScsiFixture.Call aca = scsi.call(TEST_UNIT_READY);
        aca.command.attribute = 4;
        aca.go().failed(0xB, 0x4900);
        ScsiFixture.Call cut = scsi.call("28 00 00 00 00 00 00 00 01 00");
        cut.command.cdbLength = 6;
        cut.go().failed(0x5, 0x2000);
    }

    @Test
    void aCommandThatHasNotBegunIsTakenBack() {
        MockTicker clock = Ticker.newMockTicker();
        ManualIoEventLoop loop = new ManualIoEventLoop(null, Thread.currentThread(), LocalIoHandler.newFactory(), clock);
        ScsiFixture delayed = ScsiFixture.over(new DelayDevice(memory, loop, Duration.ofMillis(1)));
        ScsiFixture.Call taken = delayed.call("28 00 00 00 00 00 00 00 01 00").wants(512).go();
        ScsiFixture.Call kept = delayed.call("28 00 00 00 00 00 00 00 01 00").wants(512).go();
        assertTrue(delayed.target.abort(taken.command));
        assertFalse(delayed.target.abort(taken.command));
        clock.advanceMillis(1);
        loop.runNow();
        assertEquals(0, taken.completions);
        assertNull(taken.command.dataIn);
        assertEquals(512, kept.good().data.length);
        assertFalse(delayed.target.abort(kept.command));
    }

    @Test
    void aLongCommandStopsWhereItIs() {
        MockTicker clock = Ticker.newMockTicker();
        ManualIoEventLoop loop = new ManualIoEventLoop(null, Thread.currentThread(), LocalIoHandler.newFactory(), clock);
        ScsiFixture delayed = ScsiFixture.over(new DelayDevice(memory, loop, Duration.ofMillis(1)));
        ScsiFixture.Call call = delayed.out("41 00 00 00 00 00 00 08 00 00", ScsiFixture.pattern(512, 1));
        clock.advanceMillis(1);
        loop.runNow();
        assertEquals(0, call.completions);
        assertFalse(delayed.target.abort(call.command), "the first piece is written");
        call.failed(0xB, 0x0000);
        clock.advanceMillis(1);
        loop.runNow();
        assertEquals(512 * 512, memory.allocatedBytes());
    }

    @Test
    void aReadThatWaitsBehindItsFlushIsTakenBackToo() {
        MockTicker clock = Ticker.newMockTicker();
        ManualIoEventLoop loop = new ManualIoEventLoop(null, Thread.currentThread(), LocalIoHandler.newFactory(), clock);
        ScsiFixture delayed = ScsiFixture.over(new DelayDevice(memory, loop, Duration.ofMillis(1)));
        ScsiFixture.Call call = delayed.call("28 08 00 00 00 00 00 00 01 00").wants(512).go();
        clock.advanceMillis(1);
        loop.runNow();
        assertEquals(0, call.completions);
        delayed.target.abort(call.command);
        call.failed(0xB, 0x0000);
    }
}

package io.spindrift.scsi.medium;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.block.ErrorDevice;
import io.spindrift.block.ForwardingDevice;
import io.spindrift.block.MemoryDevice;
import io.spindrift.block.Readiness;
import io.spindrift.scsi.MemoryUnitStore;
import io.spindrift.scsi.SpaceGauge;
import io.spindrift.scsi.UnitStore;
import io.spindrift.scsi.target.LogicalUnitTarget;
import io.spindrift.scsi.target.ScsiFixture;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SanitizeTest {
    private static final String TEST_UNIT_READY = "00 00 00 00 00 00";
    private static final String WRITE_8 = "2A 00 00 00 00 10 00 00 08 00";
    private static final String BLOCK_ERASE = "48 02 00 00 00 00 00 00 00 00";
    private static final String EXIT_FAILURE_MODE = "48 1F 00 00 00 00 00 00 00 00";

    private final MemoryDevice memory = new MemoryDevice(ScsiFixture.GEOMETRY);
    private final ErrorDevice failing = new ErrorDevice(memory);
    private final Slow device = new Slow(failing);
    private final ScsiFixture scsi = ScsiFixture.over(device);

    /** Holds writes, unmaps and flushes back while it is told to. */
    private static final class Slow extends ForwardingDevice {
        private final Deque<Runnable> held = new ArrayDeque<>();
        private boolean holds;
        private int most;

        Slow(ErrorDevice inner) {
            super(inner);
        }

        private void go(Runnable request) {
            if (holds) {
                held.add(request);
                most = Math.max(most, held.size());
            } else {
                request.run();
            }
        }

        @Override
        public void write(long lba, int blockCount, ByteBuf src, boolean fua, Completion completion) {
            go(() -> super.write(lba, blockCount, src, fua, completion));
        }

        @Override
        public void unmap(long lba, long blockCount, Completion completion) {
            go(() -> super.unmap(lba, blockCount, completion));
        }

        @Override
        public void flush(Completion completion) {
            go(() -> super.flush(completion));
        }

        void releaseAll() {
            while (!held.isEmpty()) {
                held.poll().run();
            }
        }
    }

    private static byte[] list(int header, byte[] pattern) {
        byte[] list = new byte[4 + pattern.length];
        list[0] = (byte) header;
        list[2] = (byte) (pattern.length >> 8);
        list[3] = (byte) pattern.length;
        System.arraycopy(pattern, 0, list, 4, pattern.length);
        return list;
    }

    private static ScsiFixture.Call overwrite(ScsiFixture scsi, int flags, byte[] list) {
        return scsi.out(String.format("48 %02X 00 00 00 00 00 %04X 00", flags | 1, list.length), list);
    }

    private byte[] all(ScsiFixture scsi) {
        byte[] bytes = new byte[8 << 20];
        for (int at = 0; at < bytes.length; at += 4 << 20) {
            System.arraycopy(scsi.in(String.format("28 00 %08X 00 20 00 00", at / 512)).good().data, 0, bytes, at, 4 << 20);
        }
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"02", "03"})
    void anEraseLeavesNothing(String action) {
        scsi.out(WRITE_8, ScsiFixture.pattern(4096, 1)).good();
        scsi.none("48 " + action + " 00 00 00 00 00 00 00 00").good();
        assertArrayEquals(new byte[8 << 20], all(scsi));
        assertEquals(0, memory.allocatedBytes());
    }

    @ParameterizedTest
    @CsvSource({"1, 512, false", "2, 512, false", "129, 4, false", "130, 4, true", "3, 7, false"})
    void anOverwriteRepeatsItsPatternInEachBlock(int header, int length, boolean inverted) {
        byte[] pattern = ScsiFixture.pattern(length, 77);
        assertEquals(4 + length, overwrite(scsi, 0, list(header, pattern)).good().command.transferLength);
        byte[] block = new byte[512];
        for (int at = 0; at < 512; at++) {
            block[at] = (byte) (inverted ? ~pattern[at % length] : pattern[at % length]);
        }
        byte[] bytes = all(scsi);
        for (int at = 0; at < bytes.length; at += 512) {
            assertTrue(Arrays.equals(bytes, at, at + 512, block, 0, 512), "block " + at / 512);
        }
    }

    @Test
    void whileItRunsTheUnitTellsOfItselfAndNoMore() {
        device.holds = true;
        ScsiFixture.Call running = overwrite(scsi, 0, list(1, new byte[] {1}));
        assertEquals(0, running.completions);
        assertEquals(4, device.most);
        for (String cdb : new String[] {TEST_UNIT_READY, "1B 01 00 00 03 00", "28 00 00 00 00 00 00 00 01 00", "1A 00 3F 00 FF 00", BLOCK_ERASE,
            "25 00 00 00 00 00 00 00 00 00"}) {
            scsi.none(cdb).failed(0x2, 0x041B);
        }
        scsi.in("12 00 00 00 FF 00").good();
        scsi.in("A0 00 00 00 00 00 00 00 10 00 00 00").good();
        scsi.in("A3 0C 00 00 00 00 00 01 00 00 00 00").good();
        device.held.poll().run();
        device.held.poll().run();
        assertEquals("70 00 02 00 00 00 00 0A 00 00 00 00 04 1B 00 80 3F FF", scsi.in("03 00 00 00 FF 00").good().hexData());
        assertEquals("72 02 04 1B 00 00 00 08 02 06 00 00 80 3F FF 00", scsi.in("03 01 00 00 FF 00").good().hexData());
        device.releaseAll();
        running.good();
        scsi.none(TEST_UNIT_READY).good();
        assertEquals("00", scsi.in("03 00 00 00 FF 00").good().hexData().substring(6, 8));
    }

    @Test
    void halfOfTheJournalStaysFree() {
        MockTicker clock = Ticker.newMockTicker();
        ManualIoEventLoop loop = new ManualIoEventLoop(null, Thread.currentThread(), LocalIoHandler.newFactory(), clock);
        LogicalUnitTarget target = new LogicalUnitTarget(loop);
        long[] used = {51};
        SpaceGauge gauge = new SpaceGauge() {
            @Override
            public Space read(Place place) {
                return place == Place.JOURNAL ? new Space(used[0], 100) : null;
            }

            @Override
            public void listen(Runnable changed) {
                // The test asks.
            }
        };
        target.addUnit(0, ScsiFixture.settings(), device, new MemoryUnitStore(), gauge).join();
        ScsiFixture.Call call = scsi.call("48 81 00 00 00 00 00 00 05 00").sends(list(1, new byte[] {7}));
        target.plan(call.command);
        call.command.dataOut = Unpooled.wrappedBuffer(list(1, new byte[] {7}));
        target.execute(call.command);
        call.good();
        assertEquals(0, memory.allocatedBytes());
        used[0] = 50;
        loop.runNow();
        assertEquals(0, memory.allocatedBytes());
        clock.advanceMillis(20);
        loop.runNow();
        assertEquals(8 << 20, memory.allocatedBytes());
    }

    @Test
    void immediatelyMeansAtOnce() {
        device.holds = true;
        scsi.none("48 82 00 00 00 00 00 00 00 00").good();
        scsi.none(TEST_UNIT_READY).failed(0x2, 0x041B);
        device.releaseAll();
        scsi.none(TEST_UNIT_READY).good();
    }

    @Test
    void whatWasUnderWayEndsFirst() {
        device.holds = true;
        ScsiFixture.Call write = scsi.out(WRITE_8, ScsiFixture.pattern(4096, 1));
        ScsiFixture.Call erase = scsi.none(BLOCK_ERASE);
        assertEquals(1, device.held.size());
        device.releaseAll();
        write.good();
        erase.good();
        device.holds = false;
        assertArrayEquals(new byte[8 << 20], all(scsi));
    }

    @Test
    void neitherAnAbortNorAResetStopsIt() {
        device.holds = true;
        ScsiFixture.Call running = overwrite(scsi, 0, list(1, new byte[] {1}));
        assertTrue(scsi.target.abort(running.command));
        scsi.target.resetLogicalUnit(0, ScsiFixture.NEXUS);
        scsi.none(TEST_UNIT_READY).failed(0x6, 0x2903);
        scsi.none(TEST_UNIT_READY).failed(0x2, 0x041B);
        device.releaseAll();
        assertEquals(0, running.completions);
        device.holds = false;
        assertEquals(1, all(scsi)[5_000_000]);
    }

    @ParameterizedTest
    @CsvSource({
        // header, pattern, cut or added, codes
        "0, 512, 0, 2600",
        "33, 512, 0, 2600",
        "1, 513, 0, 2400",
        "1, 0, 0, 2400",
        "1, 16, 1, 2600",
        "1, 16, -1, 2600",
    })
    void wrongParametersAreRefused(int header, int length, int more, String codes) {
        byte[] list = list(header, new byte[length]);
        overwrite(scsi, 0, Arrays.copyOf(list, list.length + more)).failed(0x5, Integer.parseInt(codes, 16));
        scsi.none(TEST_UNIT_READY).good();
    }

    @ParameterizedTest
    @CsvSource({"42", "04", "00", "1E"})
    void otherActionsAndZonesAreRefused(String byte1) {
        scsi.none("48 " + byte1 + " 00 00 00 00 00 00 00 00").failed(0x5, 0x2400);
    }

    @Test
    void onlyAnOverwriteHasParameters() {
        scsi.none("48 02 00 00 00 00 01 00 00 00").failed(0x5, 0x2400);
        scsi.out("48 02 00 00 00 00 00 00 08 00", new byte[8]).failed(0x5, 0x2400);
        scsi.out("48 1F 00 00 00 00 00 00 08 00", new byte[8]).failed(0x5, 0x2400);
        scsi.call("48 01 00 00 00 00 00 00 08 00").sends(new byte[6]).go().failed(0x5, 0x1A00);
    }

    @Test
    void aWriteProtectedDiskIsNotSanitized() {
        ScsiFixture readOnly = new ScsiFixture(ScsiFixture.settings().withReadOnly(true), device);
        readOnly.none(BLOCK_ERASE).failed(0x7, 0x2700);
        overwrite(readOnly, 0, list(1, new byte[] {1})).failed(0x7, 0x2700);
    }

    private void fail() {
        failing.rule((verb, lba, count) -> verb == ErrorDevice.Verb.WRITE && lba > 8000 ? BlockFailure.FULL : null);
    }

    @Test
    void aFailureStaysUntilAnotherSucceeds() {
        fail();
        overwrite(scsi, 0, list(1, new byte[] {1})).failed(0x3, 0x3103);
        scsi.none(TEST_UNIT_READY).failed(0x3, 0x3103);
        scsi.in("28 00 00 00 00 00 00 00 01 00").failed(0x3, 0x3103);
        scsi.in("12 00 00 00 FF 00").good();
        assertEquals("03", scsi.in("03 00 00 00 FF 00").good().hexData().substring(6, 8));
        scsi.none(EXIT_FAILURE_MODE).failed(0x5, 0x2400);
        failing.heal();
        scsi.none(BLOCK_ERASE).good();
        scsi.none(TEST_UNIT_READY).good();
    }

    @Test
    void aFailureIsLeftWhereThatWasAllowed() {
        scsi.none(EXIT_FAILURE_MODE).good();
        fail();
        overwrite(scsi, 0x20, list(1, new byte[] {1})).failed(0x3, 0x3103);
        failing.heal();
        scsi.none(EXIT_FAILURE_MODE).good();
        scsi.none(TEST_UNIT_READY).good();
        scsi.out(WRITE_8, new byte[4096]).good();
    }

    /** A target that comes after another, with what that one kept. */
    private ScsiFixture after(UnitStore store) {
        ScsiFixture next = ScsiFixture.memory();
        next.target.removeUnit(0).join();
        next.target.addUnit(0, ScsiFixture.settings(), device, store).join();
        next.none(TEST_UNIT_READY).failed(0x6, 0x2900);
        return next;
    }

    @Test
    void anInterruptedOneBeginsAgainWhenTheMediumIsThere() {
        MemoryUnitStore store = new MemoryUnitStore();
        LogicalUnitTarget first = new LogicalUnitTarget(ImmediateEventExecutor.INSTANCE);
        first.addUnit(0, ScsiFixture.settings(), device, store).join();
        ScsiFixture before = after(store);
        device.holds = true;
        overwrite(before, 0x80, list(1, new byte[] {9})).good();
        device.held.clear();
        memory.readiness(Readiness.BECOMING_READY);
        ScsiFixture next = after(store);
        next.none(TEST_UNIT_READY).failed(0x2, 0x041B);
        assertEquals(0, device.held.size());
        memory.readiness(Readiness.READY);
        assertEquals(4, device.held.size());
        device.releaseAll();
        device.holds = false;
        next.none(TEST_UNIT_READY).failed(0x6, 0x2A06);
        next.none(TEST_UNIT_READY).good();
        assertEquals(9, all(next)[8_000_000]);
        after(store).none(TEST_UNIT_READY).good();
    }

    @Test
    void aLostMediumIsWaitedFor() {
        device.holds = true;
        ScsiFixture.Call running = overwrite(scsi, 0, list(1, new byte[] {3}));
        memory.readiness(Readiness.STANDBY);
        failing.rule((verb, lba, count) -> BlockFailure.FENCED);
        device.releaseAll();
        running.failed(0x3, 0x3103);
        failing.heal();
        memory.readiness(Readiness.READY);
        device.releaseAll();
        scsi.none(TEST_UNIT_READY).failed(0x6, 0x2A06);
        scsi.none(TEST_UNIT_READY).good();
        device.holds = false;
        assertEquals(3, all(scsi)[4_000_000]);
    }
}

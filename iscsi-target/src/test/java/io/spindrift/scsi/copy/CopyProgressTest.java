package io.spindrift.scsi.copy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.DelayDevice;
import io.spindrift.block.ErrorDevice;
import io.spindrift.block.MemoryDevice;
import io.spindrift.scsi.copy.CopyFixture.ListOf;
import io.spindrift.scsi.target.ScsiFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A copy that takes its time: what is told of it, how many there may be, how it is taken back, and units on loops of their own. */
class CopyProgressTest {
    private static final int STEP_MS = 10;

    private final MockTicker ticker = Ticker.newMockTicker();
    private final ManualIoEventLoop home = new ManualIoEventLoop(null, Thread.currentThread(), executor -> LocalIoHandler.newFactory().newHandler(executor), ticker);
    private final ManualIoEventLoop away = new ManualIoEventLoop(null, Thread.currentThread(), executor -> LocalIoHandler.newFactory().newHandler(executor), ticker);
    private final CopyFixture copies = new CopyFixture();
    private final ErrorDevice inner = new ErrorDevice(new MemoryDevice(ScsiFixture.GEOMETRY));
    private final DelayDevice slow = new DelayDevice(inner, away, Duration.ofMillis(STEP_MS));
    private final ScsiFixture quick = copies.disk(1, home, new MemoryDevice(ScsiFixture.GEOMETRY));
    private final ScsiFixture second = copies.disk(2, away, slow);

    /** Nothing of a copy is left over. */
    @AfterEach
    void finish() {
        run(1000);
        assertEquals(0, slow.heldRequests());
    }

    /** Both loops, for some time. */
    private void run(int ms) {
        for (int i = 0; i <= ms; i++) {
            int done;
            do {
                done = home.runNow() + away.runNow();
            } while (done > 0);
            if (i < ms) {
                ticker.advance(1, TimeUnit.MILLISECONDS);
            }
        }
    }

    private static ListOf list(int identifier) {
        return new ListOf().identified(identifier, 0).unit(1).unit(2).segment(0, 1, 2048, 0, 0).segment(0, 1, 1024, 0, 8192);
    }

    private String status(int identifier) {
        return quick.in(String.format("84 00 %02X 00 00 00 00 00 00 00 00 00 04 00 00 00", identifier)).good().hexData();
    }

    private void fill(int blocks) {
        quick.out(String.format("2A 00 00 00 00 00 00 %04X 00", blocks), ScsiFixture.pattern(blocks * 512, 1)).good();
    }

    @Test
    void theStatusTellsHowFarItIs() {
        fill(2048);
        ScsiFixture.Call call = CopyFixture.copy(quick, list(9));
        assertEquals("00 00 00 08 00 00 00 00 00 00 00 00", status(9));
        run(STEP_MS + 2);
        assertEquals("00 00 00 08 00 00 00 00 00 08 00 00", status(9));
        run(STEP_MS);
        assertEquals("00 00 00 08 00 00 01 00 00 10 00 00", status(9));
        assertEquals(0, call.completions);
        quick.in("84 04 09 00 00 00 00 00 00 00 00 00 04 00 00 00").failed(0x5, 0x2400);
        run(STEP_MS + 2);
        call.good();
        assertEquals("00 00 00 08 01 00 02 00 00 18 00 00", status(9));
    }

    @Test
    void anIdentifierThatIsInUseIsRefused() {
        fill(8);
        ScsiFixture.Call call = CopyFixture.copy(quick, list(9));
        CopyFixture.copy(quick, list(9)).failed(0x5, 0x0016);
        ScsiFixture.Call other = CopyFixture.copy(quick, list(10));
        run(100);
        call.good();
        other.good();
        CopyFixture.copy(quick, list(9));
    }

    @Test
    void onlySoManyRunAtOnce() {
        fill(8);
        List<ScsiFixture.Call> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            calls.add(CopyFixture.copy(quick, list(i)));
        }
        ScsiFixture.Call tooMany = CopyFixture.copy(quick, list(8));
        assertEquals(0x28, tooMany.command.status);
        assertEquals(1, tooMany.completions);
        run(200);
        calls.forEach(ScsiFixture.Call::good);
        CopyFixture.copy(quick, list(8));
    }

    @Test
    void anAbortedCopyTakesItsRequestBackAndEnds() {
        fill(2048);
        ScsiFixture.Call call = CopyFixture.copy(quick, list(9));
        run(STEP_MS + 2);
        assertEquals(1, slow.heldRequests());
        assertFalse(quick.target.abort(call.command));
        run(0);
        call.failed(0xB, 0x0000);
        assertEquals(0, slow.heldRequests());
        run(100);
        assertEquals(1, call.completions);
        assertEquals("00 00 00 08 02 00 00 00 00 08 00 00", status(9));
    }

    @Test
    void anAbortBetweenTwoRequestsIsHeard() {
        fill(2048);
        ScsiFixture.Call call = CopyFixture.copy(quick, list(9));
        quick.target.abort(call.command);
        run(STEP_MS * 5);
        call.failed(0xB, 0x0000);
    }

    @Test
    void aUnitThatGoesWhileItIsCopiedToEndsTheCopy() {
        fill(2048);
        ScsiFixture.Call call = CopyFixture.copy(quick, list(9));
        run(STEP_MS + 2);
        second.target.removeUnit(0).join();
        run(100);
        call.failed(0xA, 0x0D02);
    }

    @Test
    void aDeviceThatFailsLaterEndsTheCopy() {
        fill(2048);
        ScsiFixture.Call call = CopyFixture.copy(quick, list(9));
        inner.rule((verb, lba, count) -> BlockFailure.UNAVAILABLE);
        run(100);
        call.failed(0xA, 0x0D01);
        assertEquals(0x2, call.command.sense[19 + 2]);
    }

    @Test
    void dataGoesBetweenLoopsUnharmed() {
        fill(2048);
        ScsiFixture.Call call = CopyFixture.copy(quick, list(9));
        run(100);
        call.good();
        ScsiFixture.Call back = second.in("28 00 00 00 00 00 00 08 00 00");
        run(20);
        assertArrayEquals(ScsiFixture.pattern(2048 * 512, 1), back.good().data);
    }
}

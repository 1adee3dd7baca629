package io.spindrift.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.spindrift.block.BlockDevice;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.BlockGeometry;
import io.spindrift.block.Completion;
import io.spindrift.block.ErrorDevice;
import io.spindrift.block.ForwardingDevice;
import io.spindrift.block.MemoryDevice;
import io.spindrift.initiator.login.InitiatorSettings;
import io.spindrift.initiator.login.TargetUrl;
import io.spindrift.iscsi.auth.TargetAccess;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The load generator, over sockets, against the real server in this process. */
class BenchRunTest {
    private static final int UNIT_BYTES = 8 << 20;
    private static final int BLOCK = 4096;

    private final MemoryDevice memory = new MemoryDevice(new BlockGeometry(UNIT_BYTES / 512, 512, BLOCK));
    private final CountDownLatch running = new CountDownLatch(1);
    private final List<String> said = new CopyOnWriteArrayList<>();
    private Work work = Work.RANDREAD;
    private int size = BLOCK;
    private int depth = 8;
    private int sessions = 1;
    private int threads;
    private double seconds = 0.1;
    private int syncEvery;
    private long rate;
    private long commands;
    private boolean verify;
    private boolean zipf;

    private BenchReport load(BlockDevice device, int units) throws Exception {
        try (LoadedTarget target = new LoadedTarget(device, TargetAccess.OPEN)) {
            return load(target, units);
        }
    }

    private BenchReport load(LoadedTarget target, int units) throws IOException, InterruptedException {
        BenchPlan plan = new BenchPlan(new BenchPlan.Pattern(work, 50, size, 0, 0, zipf, 7), new BenchPlan.Writes(false, syncEvery, 0, verify, 1),
                new BenchPlan.Pace(depth, sessions, threads, rate), new BenchPlan.Span(seconds, commands, 0, 0, 20));
        BenchListener listener = new BenchListener() {
            @Override
            public void began() {
                running.countDown();
            }

            @Override
            public void second(Interval interval) {
                assertTrue(interval.done() >= 0 && interval.done() <= 1, interval.toString());
            }

            @Override
            public void said(String line) {
                said.add(line);
            }
        };
        List<TargetUrl> urls = Collections.nCopies(units, TargetUrl.parse(target.url()));
        return new BenchRun(plan, urls, List.of(ProcessHandle.current().pid()), Thread::new, System::nanoTime, listener).run(InitiatorSettings.defaults());
    }

    private BenchReport good(int units) throws Exception {
        BenchReport report = load(memory, units);
        assertEquals(new BenchReport.Counts(0, report.counts().repeated(), 0, 0, 0, 0, report.counts().unwritten()), report.counts(), said.toString());
        assertNull(report.lost());
        return report;
    }

    @Test
    void fillWritesEveryBlockOnceAndScanReadsThem() throws Exception {
        work = Work.FILL;
        size = 262_144;
        verify = true;
        assertEquals(32, good(1).times().writes().getTotalCount());
        assertEquals(UNIT_BYTES, memory.allocatedBytes());
        work = Work.SCAN;
        size = BLOCK;
        BenchReport scanned = good(1);
        assertEquals(UNIT_BYTES / BLOCK, scanned.commands());
        assertEquals(0, scanned.counts().unwritten());
    }

    @Test
    void sessionsShareWhatIsGoneThroughOnce() throws Exception {
        work = Work.FILL;
        size = 65_536;
        sessions = 5;
        threads = 2;
        assertEquals(UNIT_BYTES / size, good(1).commands());
        assertEquals(UNIT_BYTES, memory.allocatedBytes(), "each part was somebody's");
    }

    @ParameterizedTest
    @EnumSource(Work.class)
    void everyKindOfWorkMovesOn(Work kind) throws Exception {
        work = kind;
        size = 65_536;
        depth = 4;
        sessions = 2;
        threads = 2;
        syncEvery = 3;
        zipf = true;
        BenchReport report = good(2);
        assertTrue(report.commands() > 0);
        assertEquals(kind.writes(), report.times().syncs().getTotalCount() > 0);
        assertEquals(4, report.values().get("sessions"));
        assertTrue(BenchText.of(report).contains("IOPS"), BenchText.of(report));
    }

    @Test
    void mixedWorkOnAHotPartIsVerified() throws Exception {
        work = Work.RANDRW;
        verify = true;
        zipf = true;
        sessions = 3;
        BenchReport report = good(1);
        assertTrue(report.times().reads().getTotalCount() > 0 && report.times().writes().getTotalCount() > 0);
    }

    /** Changes one bit of a block, once. */
    private static final class LyingDevice extends ForwardingDevice {
        private final long liesAt;
        private final boolean forgets;

        LyingDevice(BlockDevice inner, long liesAt, boolean forgets) {
            super(inner);
            this.liesAt = liesAt;
            this.forgets = forgets;
        }

        private boolean has(long lba, int blocks) {
            return lba <= liesAt && liesAt < lba + blocks;
        }

        @Override
        public void read(long lba, int blockCount, ByteBuf dst, Completion completion) {
            super.read(lba, blockCount, dst, completion);
            if (!forgets && has(lba, blockCount)) {
                int at = dst.writerIndex() + (int) (liesAt - lba) * 512 + 77;
                dst.setByte(at, dst.getByte(at) ^ 1);
            }
        }

        @Override
        public void write(long lba, int blockCount, ByteBuf src, boolean fua, Completion completion) {
            if (forgets && has(lba, blockCount)) {
                completion.done();
            } else {
                super.write(lba, blockCount, src, fua, completion);
            }
        }
    }

    @Test
    void oneWrongBitIsFound() throws Exception {
        work = Work.FILL;
        verify = true;
        good(1);
        work = Work.SCAN;
        BenchReport report = load(new LyingDevice(memory, 1000, false), 1);
        assertEquals(1, report.counts().corrupt());
        assertEquals(0, report.counts().stale());
        assertTrue(said.toString().contains("wrong data at byte " + 125 * BLOCK), said.toString());
    }

    @Test
    void aWriteThatWasAnsweredAndForgottenIsFound() throws Exception {
        work = Work.FILL;
        verify = true;
        good(1);
        work = Work.RW;
        size = UNIT_BYTES / 8;
        depth = 1;
        seconds = 0.5;
        BenchReport report = load(new LyingDevice(memory, 1000, true), 1);
        assertTrue(report.counts().stale() > 0, BenchText.of(report));
    }

    @Test
    void anotherUnitsBlocksAreWrong() throws Exception {
        work = Work.FILL;
        verify = true;
        good(1);
        BlockDevice shifted = new ForwardingDevice(memory) {
            @Override
            public void read(long lba, int blockCount, ByteBuf dst, Completion completion) {
                super.read(lba == 0 ? 8 : lba, blockCount, dst, completion);
            }
        };
        work = Work.SCAN;
        assertEquals(1, load(shifted, 1).counts().corrupt());
    }

    @Test
    void failedCommandsAreCountedAndTheLoadGoesOn() throws Exception {
        ErrorDevice device = new ErrorDevice(memory);
        device.rule((verb, lba, blocks) -> lba < 80 ? BlockFailure.CORRUPT : null);
        work = Work.SCAN;
        BenchReport report = load(device, 1);
        assertEquals(10, report.counts().errors());
        assertEquals(UNIT_BYTES / BLOCK - 10, report.commands());
        assertTrue(said.get(0).contains("sense 3/"), said.toString());
    }

    @Test
    void aRateIsKept() throws Exception {
        rate = 200;
        seconds = 0.5;
        sessions = 2;
        BenchReport report = good(1);
        assertTrue(report.commands() <= 200 * report.seconds() + 2, BenchText.of(report));
    }

    @Test
    void aNumberOfCommandsIsDoneAndNoMore() throws Exception {
        work = Work.RANDRW;
        commands = 101;
        sessions = 3;
        threads = 2;
        seconds = 1000;
        assertEquals(101, good(1).commands());
    }

    @Test
    void aTargetThatEndsIsSaid() throws Exception {
        seconds = 60;
        LoadedTarget target = new LoadedTarget(memory, TargetAccess.OPEN);
        Thread ending = new Thread(() -> {
            try {
                running.await();
                target.close();
            } catch (Exception e) {
                said.add(e.toString());
            }
        });
        ending.start();
        BenchReport report = load(target, 1);
        ending.join();
        assertNotNull(report.lost());
        assertEquals(1, report.counts().lostConnections());
    }

    @Test
    void aPlanThatDoesNotFitTheUnitIsRefused() {
        size = 16 << 20;
        assertTrue(assertThrows(IllegalArgumentException.class, () -> load(memory, 1)).getMessage().contains("smaller than one command"));
    }
}

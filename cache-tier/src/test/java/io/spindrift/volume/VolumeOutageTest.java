package io.spindrift.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.image.DiskType;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.MemoryCatalog;
import io.spindrift.journal.JournalSettings;
import io.spindrift.volume.destage.DestageSettings;
import io.spindrift.volume.outage.LinkState;
import io.spindrift.volume.outage.OutageSettings;
import io.spindrift.volume.outage.RecoveryPoint;
import io.spindrift.volume.outage.WritePace;
import io.spindrift.volume.prefetch.PrefetchSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An image that is away, or takes less than the guest writes: how the guest is slowed, what it is told, what is shown. */
class VolumeOutageTest {
    private static final int SECTORS = 262_144;
    private static final int WRITE_SECTORS = 128;
    private static final long WRITE_BYTES = WRITE_SECTORS * 512L;
    private static final ImageAddress ADDRESS = new ImageAddress("alice", DiskType.DATA, "disk0");

    private final Instant now = Instant.parse("2026-11-21T08:00:00Z");
    private final ByteBuf data = Unpooled.buffer((int) WRITE_BYTES).writeZero((int) WRITE_BYTES);
    private VolumeSettings settings;
    private TestHost host;
    private long places;

    @BeforeEach
    void plan() {
        VolumeSettings plain = VolumeSettings.of(ADDRESS, SECTORS * 512L);
        PrefetchSettings ahead = plain.prefetch();
        settings = plain.withDestage(new DestageSettings(Duration.ofSeconds(2), 1 << 20, 4, 25, 0))
                .withPrefetch(new PrefetchSettings(false, ahead.windowBytes(), ahead.requestBytes(), false, ahead.bootWindow(), false, ahead.idleAfter()))
                .withWaits(new VolumeSettings.Waits(Duration.ofSeconds(60), Duration.ofSeconds(1), Duration.ofMillis(100)));
    }

    private void start() {
        MemoryCatalog store = new MemoryCatalog("alice", () -> now, new Random(1));
        host = new TestHost("one", 1, store, new VolumeHistory(8), settings);
        host.traced = false;
        host.journalSettings = new JournalSettings((32 << 20) + 8192, 2 << 20, 256 << 10);
        host.start();
        host.untilReady();
    }

    private VolumeStatus status() {
        return host.volume.status().join();
    }

    private TestHost.Told write() {
        TestHost.Told told = new TestHost.Told();
        host.volume.write(places++ * WRITE_SECTORS % SECTORS, WRITE_SECTORS, data.duplicate(), false, told);
        host.run();
        return told;
    }

    private TestHost.Told read(long lba) {
        TestHost.Told told = new TestHost.Told();
        host.volume.read(lba, 8, Unpooled.buffer(4096), told);
        host.run();
        return told;
    }

    /** A guest that keeps so many writes under way, and has so much to write a second at most. */
    private final class Guest {
        private final int depth;
        private final long bytesPerMs;
        private final List<Long> finished = new ArrayList<>();
        private int underWay;
        private long allowance;
        private long longestNanos;
        private int failed;

        Guest(int depth, long bytesPerSecond) {
            this.depth = depth;
            this.bytesPerMs = bytesPerSecond / 1000;
        }

        void write(long millis) {
            for (long ms = 0; ms < millis; ms++) {
                allowance = Math.min(allowance + bytesPerMs, depth * WRITE_BYTES);
                while (underWay < depth && allowance >= WRITE_BYTES) {
                    allowance -= WRITE_BYTES;
                    underWay++;
                    one();
                }
                host.pass(1);
            }
        }

        private void one() {
            long began = host.ticker.nanoTime();
            host.volume.write(places++ * WRITE_SECTORS % SECTORS, WRITE_SECTORS, data.duplicate(), false, new Completion() {
                @Override
                public void done() {
                    underWay--;
                    longestNanos = Math.max(longestNanos, host.ticker.nanoTime() - began);
                    finished.add(host.ticker.nanoTime());
                }

                @Override
                public void failed(BlockFailure failure) {
                    underWay--;
                    failed++;
                }
            });
        }

        /** Bytes a second in the span that ended now. */
        long rate(long millis) {
            long since = host.ticker.nanoTime() - millis * 1_000_000;
            return finished.stream().filter(at -> at > since).count() * WRITE_BYTES * 1000 / millis;
        }
    }

    @Test
    void aGuestThatIsFasterThanTheLinkIsSlowedToIt() {
        start();
        long link = 4 << 20;
        host.link.batchBytesPerSecond = link;
        Guest guest = new Guest(16, 64L << 20);
        List<Long> rates = new ArrayList<>();
        for (int step = 0; step < 240; step++) {
            guest.write(250);
            rates.add(guest.rate(250));
            assertTrue(status().dirt().journalUsedBytes() < host.volume.journalCapacityBytes() * 95 / 100, "the journal never gets full: " + rates);
        }
        assertTrue(rates.get(0) > 3 * (link + link / 2), "as fast as it likes while there is room: " + rates);
        List<Long> settled = rates.subList(80, rates.size());
        double mean = settled.stream().mapToLong(Long::longValue).average().orElseThrow();
        assertEquals(link, mean, link * 0.1, "comes to rest at the link's rate: " + rates);
        for (long rate : settled) {
            assertEquals(link, rate, link * 0.4, "without swinging: " + rates);
        }
        assertTrue(guest.longestNanos < 1_500_000_000L, "no command waits long: " + guest.longestNanos);
        assertEquals(0, guest.failed);
        assertTrue(status().dirt().writeBytesPerSecond() > 0, "and it is shown");
        host.link.batchBytesPerSecond = 1L << 40;
        guest.write(3_000);
        assertEquals(0, status().dirt().writeBytesPerSecond());
        assertTrue(guest.rate(500) > 40 << 20, "and over as soon as it may be");
        assertTrue(host.stop().clean());
    }

    @Test
    void withoutALinkTheGuestIsSlowedBitByBitUntilTheJournalIsFull() {
        start();
        host.link.down = true;
        Guest guest = new Guest(16, 64L << 20);
        List<Long> rates = new ArrayList<>();
        long longestWithRoom = 0;
        for (int second = 0; second < 90 && guest.finished.size() * WRITE_BYTES < 29 << 20; second++) {
            guest.write(1_000);
            rates.add(guest.rate(1_000));
            longestWithRoom = guest.longestNanos;
        }
        assertTrue(rates.size() > 20, "the last third takes its time: " + rates);
        for (int at = 2; at < rates.size(); at++) {
            assertTrue(rates.get(at) <= rates.get(at - 1) + 2 * WRITE_BYTES, "never faster again: " + rates);
            assertTrue(at < 4 || rates.get(at) >= rates.get(at - 1) / 4, "no cliff: " + rates);
        }
        assertTrue(longestWithRoom <= WritePace.MOST_WAIT_NANOS + 100_000_000L, "no write waits long while there is room: " + longestWithRoom);
        guest.write(60_000);
        assertEquals(0, guest.rate(20_000), "then it is full");
        assertEquals(16, status().dirt().heldWrites());
        assertEquals(0, guest.failed);
        host.link.down = false;
        guest.write(12_000);
        assertTrue(guest.rate(1_000) > 40 << 20);
        assertTrue(host.stop().clean());
    }

    @Test
    void aWriteThatIsSlowedCanBeTakenBack() {
        start();
        host.link.down = true;
        TestHost.Told last = write();
        for (int at = 0; at < 1_000 && "done".equals(last.outcome); at++) {
            last = write();
        }
        assertNull(last.outcome);
        assertTrue(status().dirt().journalUsedBytes() < host.volume.journalCapacityBytes() * 3 / 4, "long before it is full");
        long before = host.journal.lastSequence();
        assertTrue(host.volume.cancel(last));
        host.pass(10_000);
        assertNull(last.outcome);
        assertEquals(before, host.journal.lastSequence());
    }

    @Test
    void theLinkHasOneStateThatIsShown() {
        start();
        assertEquals(LinkState.UP, status().remote().link());
        host.link.refuseBatches = ImageFailure.FULL;
        write();
        host.pass(3_000);
        assertEquals(LinkState.FULL, status().remote().link());
        assertTrue(host.volume.storeIsFull());
        host.volume.path().linkChanged(false, "cable");
        assertEquals(LinkState.DOWN, status().remote().link());
        assertEquals("cable", status().remote().linkReason());
        host.pass(700);
        assertTrue(status().remote().linkMillis() >= 700);
        host.volume.path().linkChanged(true, "");
        assertEquals(LinkState.FULL, status().remote().link(), "until it takes something");
        host.link.refuseBatches = null;
        host.pass(11_000);
        assertEquals(LinkState.UP, status().remote().link());
        assertEquals("", status().remote().linkReason());
        host.link.refuseBatches = ImageFailure.CORRUPT;
        write();
        host.pass(3_000);
        assertEquals(LinkState.ALARM, status().remote().link());
    }

    @Test
    void whatWaitsPastTheLimitIsToldWhy() {
        settings = settings.withOutage(OutageSettings.DEFAULT.withLimit(Duration.ofSeconds(20)));
        start();
        host.link.down = true;
        TestHost.Told miss = read(SECTORS - 8);
        TestHost.Told held = null;
        for (int at = 0; at < 600; at++) {
            held = write();
        }
        host.pass(15_000);
        assertNull(miss.outcome);
        assertNull(held.outcome);
        TestHost.Told flushed = new TestHost.Told();
        host.volume.flush(flushed);
        host.pass(100);
        assertEquals("done", flushed.outcome, "what is acknowledged is on this host, whatever the link does");
        host.pass(7_000);
        assertEquals("UNAVAILABLE", miss.outcome);
        assertEquals("UNAVAILABLE", held.outcome);
        host.link.down = false;
        host.link.refuseBatches = ImageFailure.FULL;
        for (int at = 0; at < 100; at++) {
            held = write();
        }
        host.pass(22_000);
        assertEquals("FULL", held.outcome, "somebody must make room, which is not for the guest to wait for");
    }

    @Test
    void moreThanIsHeldIsSentAway() {
        settings = settings.withOutage(OutageSettings.DEFAULT.withMaxHeld(4));
        start();
        host.link.down = true;
        TestHost.Told last = write();
        for (int at = 0; at < 1_000 && last.outcome != null && last.outcome.equals("done"); at++) {
            last = write();
        }
        for (int at = 0; at < 3; at++) {
            assertNull(write().outcome);
        }
        assertEquals("BUSY", write().outcome);
        for (int at = 0; at < 4; at++) {
            assertNull(read(SECTORS - 8 - at * 512).outcome);
        }
        assertEquals("BUSY", read(SECTORS - 4096).outcome);
    }

    @Test
    void aRecoveryPointDrivesTheDestage() {
        settings = settings.withDestage(DestageSettings.after(Duration.ofMinutes(10)));
        start();
        Guest idle = new Guest(1, 256 << 10);
        idle.write(20_000);
        assertTrue(status().dirt().oldestAgeMillis() > 15_000, "without a goal it is not in a hurry");
        host.stop();
        settings = settings.withOutage(OutageSettings.DEFAULT.withRecoveryPoint(new RecoveryPoint(Duration.ofSeconds(3), 0)));
        start();
        Guest guest = new Guest(1, 1 << 20);
        for (int second = 0; second < 20; second++) {
            guest.write(1_000);
            assertTrue(status().dirt().oldestAgeMillis() <= 3_000, "age " + status().dirt().oldestAgeMillis());
        }
        assertEquals(0, status().dirt().recovery().timesMissed());
        host.stop();
        settings = settings.withOutage(OutageSettings.DEFAULT.withRecoveryPoint(new RecoveryPoint(null, 4 << 20)));
        start();
        guest = new Guest(4, 16 << 20);
        for (int second = 0; second < 10; second++) {
            guest.write(1_000);
            assertTrue(status().dirt().bytes() <= 4 << 20, "bytes " + status().dirt().bytes());
        }
        host.stop();
    }

    @Test
    void aRecoveryPointThatIsMissedIsAnAlarm() {
        settings = settings.withOutage(OutageSettings.DEFAULT.withRecoveryPoint(new RecoveryPoint(Duration.ofSeconds(5), 8 << 20)));
        start();
        host.link.down = true;
        write();
        host.pass(4_000);
        assertEquals(0, status().dirt().recovery().missedMillis());
        host.pass(5_000);
        assertTrue(status().dirt().recovery().missedMillis() > 0);
        assertEquals(1, status().dirt().recovery().timesMissed());
        host.link.down = false;
        host.pass(12_000);
        assertEquals(0, status().dirt().recovery().missedMillis());
        assertTrue(host.stop().clean());
    }

    @Test
    void aVolumeWhoseLinkIsAwayIsNotWaitedForWhenItCloses() {
        start();
        host.link.down = true;
        write();
        host.pass(4_000);
        long before = host.ticker.nanoTime();
        CloseResult left = host.stop();
        assertTrue(host.ticker.nanoTime() - before < 6_000_000_000L, "not the whole minute that it may take");
        assertFalse(left.clean());
        assertEquals(WRITE_BYTES, left.dirtyBytes());
    }

    @Test
    void norIsItsLeaseWaitedForWhenItIsClean() {
        start();
        host.link.silent = true;
        host.volume.path().linkChanged(false, "cut");
        host.pass(4_000);
        long before = host.ticker.nanoTime();
        CloseResult left = host.stop();
        assertTrue(host.ticker.nanoTime() - before < 6_000_000_000L);
        assertEquals(0, left.dirtyBytes());
        assertFalse(left.released());
    }

    @Test
    void aDiskThatIsFullHoldsWritesAndIsToldOf() {
        start();
        host.disk.room(host.disk.usedBytes());
        TestHost.Told last = write();
        for (int at = 0; at < 1_000 && "done".equals(last.outcome); at++) {
            host.link.down = true;
            last = write();
        }
        assertNull(last.outcome);
        host.pass(200);
        assertTrue(status().dirt().journalFailure().contains("No space left"), status().dirt().journalFailure());
        host.pass(60_000);
        assertNull(last.outcome);
        host.disk.room(Long.MAX_VALUE);
        host.pass(3_000);
        assertEquals("done", last.outcome);
        assertEquals("", status().dirt().journalFailure());
        host.link.down = false;
        host.pass(12_000);
        assertTrue(host.stop().clean());
    }
}

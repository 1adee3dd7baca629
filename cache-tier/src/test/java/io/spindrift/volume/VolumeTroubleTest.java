package io.spindrift.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.block.DeviceListener;
import io.spindrift.image.DiskType;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.MemoryCatalog;
import io.spindrift.volume.outage.WritePace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A store without space, a batch that is refused, a journal that is full, a disk that grows while it is used. */
class VolumeTroubleTest {
    private static final int SECTORS = 32_768;
    private static final ImageAddress ADDRESS = new ImageAddress("alice", DiskType.DATA, "disk0");

    private final Instant now = Instant.parse("2026-11-21T08:00:00Z");
    private MemoryCatalog store;
    private TestHost host;
    private long stamps;

    @BeforeEach
    void ready() {
        store = new MemoryCatalog("alice", () -> now, new Random(1));
        VolumeSettings settings = VolumeSettings.of(ADDRESS, SECTORS * 512L)
                .withWaits(new VolumeSettings.Waits(Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofMillis(100)));
        host = new TestHost("one", 1, store, new VolumeHistory(2 * SECTORS), settings);
        host.start();
        host.untilReady();
    }

    private TestHost.Told write(long lba, int count) {
        ByteBuf src = Unpooled.buffer(count * 512);
        long stamp = ++stamps;
        for (int word = 0; word < count * 64; word++) {
            src.writeLong(stamp);
        }
        TestHost.Told told = new TestHost.Told();
        host.volume.write(lba, count, src, false, told);
        host.run();
        return told;
    }

    private long read(long lba) {
        ByteBuf dst = Unpooled.buffer(512);
        TestHost.Told told = new TestHost.Told();
        host.volume.read(lba, 1, dst, told);
        host.pass(5);
        assertEquals("done", told.outcome);
        return dst.getLong(0);
    }

    private VolumeStatus status() {
        return host.volume.status().join();
    }

    @Test
    void aStoreWithoutSpaceIsAskedAgainUntilItHasSome() {
        host.link.refuseBatches = ImageFailure.FULL;
        assertEquals("done", write(0, 64).outcome);
        host.pass(5_000);
        assertEquals("RETRYING", status().remote().destage());
        assertTrue(status().dirt().bytes() > 0);
        assertEquals("done", write(64, 64).outcome, "the journal takes writes meanwhile");
        assertEquals(1, read(3));
        CompletableFuture<Void> flushed = host.volume.flushToImage();
        host.pass(30_000);
        assertFalse(flushed.isDone());
        long tries = host.link.batchesRefused;
        assertTrue(tries > 2 && tries < 100, "asked again, with pauses: " + tries);
        host.link.refuseBatches = null;
        host.pass(11_000);
        assertTrue(flushed.isDone());
        assertEquals(0, status().dirt().bytes());
        assertTrue(host.stop().clean());
    }

    @Test
    void aBatchThatIsRefusedRaisesAnAlarmAndLosesNothing() {
        host.link.refuseBatches = ImageFailure.INVALID;
        assertEquals("done", write(8, 8).outcome);
        CompletableFuture<Void> flushed = host.volume.flushToImage();
        host.pass(3_000);
        assertTrue(flushed.isCompletedExceptionally(), "who waits for it is told");
        assertEquals("ALARM", status().remote().destage());
        assertTrue(status().remote().destageReason().contains("refuse"), status().remote().destageReason());
        assertEquals("done", write(16, 8).outcome);
        assertEquals(1, read(9));
        assertTrue(host.volume.flushToImage().isCompletedExceptionally());
        CloseResult left = host.stop();
        assertFalse(left.clean());
        assertEquals(2 * 4096, left.dirtyBytes());
        host.start();
        host.untilReady();
        assertEquals(2, read(17));
        assertTrue(host.stop().clean());
    }

    @Test
    void aFullJournalHoldsWritesWhileTheLinkIsCutAndGoesOnAfter() {
        host.link.down = true;
        List<TestHost.Told> told = new ArrayList<>();
        for (int at = 0; at < 96; at++) {
            told.add(write(at * 256L, 256));
        }
        host.pass(120_000);
        long done = told.stream().filter(one -> "done".equals(one.outcome)).count();
        long held = told.stream().filter(one -> one.outcome == null).count();
        assertEquals(96, done + held, "none failed");
        assertTrue(held > 10, "12 MiB do not fit into a journal of 4 MiB");
        assertEquals(held, status().dirt().heldWrites());
        assertEquals(1, read(5), "reads of what is here go on");
        host.link.down = false;
        host.pass(30_000);
        assertTrue(told.stream().allMatch(one -> "done".equals(one.outcome)));
        for (int at = 0; at < 96; at++) {
            assertEquals(at + 1, read(at * 256L + 100));
        }
        assertTrue(host.stop().clean());
    }

    @Test
    void aJournalThatFillsUpIsToldOfBeforeAWriteWaits() {
        List<Long> told = new ArrayList<>();
        host.volume.listenToJournal(() -> told.add(host.volume.journalUsedBytes()));
        host.link.down = true;
        TestHost.Told last = write(0, 256);
        while ("done".equals(last.outcome)) {
            assertTrue(told.size() < 100);
            last = write(0, 256);
            host.pass(last.outcome == null ? WritePace.MOST_WAIT_NANOS / 1_000_000 + 100 : 0);
        }
        long capacity = host.volume.journalCapacityBytes();
        assertTrue(told.size() >= 12, told + " of " + capacity);
        assertTrue(told.get(told.size() - 1) > capacity * 8 / 10, told + " of " + capacity);
        int before = told.size();
        host.link.down = false;
        host.pass(30_000);
        assertTrue(told.size() > before && told.get(told.size() - 1) < capacity / 2, "and when it has room again: " + told);
        assertTrue(host.stop().clean());
        assertEquals(0, host.volume.journalCapacityBytes());
    }

    @Test
    void whatIsHeldCanBeCancelledAndTheRestGoesOnInOrder() {
        host.link.down = true;
        TestHost.Told last = write(0, 256);
        while ("done".equals(last.outcome)) {
            last = write(0, 256);
        }
        TestHost.Told after = write(0, 256);
        assertNull(last.outcome);
        assertTrue(host.volume.cancel(after));
        host.link.down = false;
        host.pass(30_000);
        assertEquals("done", last.outcome);
        assertNull(after.outcome);
        assertEquals(stamps - 1, read(0));
        assertTrue(host.stop().clean());
    }

    @Test
    void aDiskGrowsWhileItIsUsed() {
        AtomicInteger told = new AtomicInteger();
        host.volume.listen(new DeviceListener() {
            @Override
            public void geometryChanged() {
                told.incrementAndGet();
            }

            @Override
            public void readinessChanged() {
                // Not asked here.
            }
        });
        TestHost.Told outside = write(SECTORS, 8);
        assertEquals("INVALID", outside.outcome);
        assertNotNull(store.resize(ADDRESS, SECTORS * 1024L).join());
        host.pass(10);
        assertEquals(1, told.get(), "the initiator is told");
        assertEquals(2L * SECTORS, host.volume.geometry().blockCount());
        assertEquals(0, read(2L * SECTORS - 1));
        assertEquals("done", write(SECTORS + 8L, 8).outcome);
        assertEquals(stamps, read(SECTORS + 9L));
        assertTrue(host.stop().clean());
        host.start();
        host.untilReady();
        assertEquals(2L * SECTORS, host.volume.geometry().blockCount());
        assertEquals(stamps, read(SECTORS + 9L));
        assertTrue(host.stop().clean());
    }
}

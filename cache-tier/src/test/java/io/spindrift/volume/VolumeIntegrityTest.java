package io.spindrift.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.image.BlockChecksums;
import io.spindrift.image.Damage;
import io.spindrift.image.DiskType;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.MemoryCatalog;
import io.spindrift.volume.scrub.ScrubReport;
import io.spindrift.volume.scrub.ScrubStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rot under a running volume: in its journal, on the way to the image, in the image. */
class VolumeIntegrityTest {
    private static final int SECTORS = 4096;
    private static final ImageAddress ADDRESS = new ImageAddress("alice", DiskType.DATA, "disk0");

    private MemoryCatalog store;
    private TestHost host;
    private long stamps;

    @BeforeEach
    void ready() {
        store = new MemoryCatalog("alice", () -> Instant.parse("2026-11-21T08:00:00Z"), new Random(1));
        VolumeSettings settings = VolumeSettings.of(ADDRESS, SECTORS * 512L)
                .withWaits(new VolumeSettings.Waits(Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofMillis(100)));
        host = new TestHost("one", 1, store, new VolumeHistory(2 * SECTORS), settings);
        host.start();
        host.untilReady();
    }

    private long write(long lba, int count) {
        ByteBuf src = Unpooled.buffer(count * 512);
        long stamp = ++stamps << 40 | 0x5a5a5a5aL;
        for (int word = 0; word < count * 64; word++) {
            src.writeLong(stamp);
        }
        TestHost.Told told = new TestHost.Told();
        host.volume.write(lba, count, src, false, told);
        host.run();
        assertEquals("done", told.outcome);
        return stamp;
    }

    private String read(long lba, long stamp) {
        ByteBuf dst = Unpooled.buffer(512);
        TestHost.Told told = new TestHost.Told();
        host.volume.read(lba, 1, dst, told);
        host.pass(5);
        assertTrue(!"done".equals(told.outcome) || dst.getLong(0) == stamp, "served " + Long.toHexString(dst.getLong(0)));
        return told.outcome;
    }

    /** Flips a bit of every copy of a stamp in the journal's files. */
    private void rot(long stamp) {
        int flipped = 0;
        for (String name : host.disk.list()) {
            byte[] bytes = host.disk.bytes(name);
            for (int at = 0; at + 8 <= bytes.length; at += 8) {
                if (java.nio.ByteBuffer.wrap(bytes, at, 8).getLong() == stamp) {
                    bytes[at] ^= 2;
                    flipped++;
                }
            }
        }
        assertTrue(flipped > 0);
    }

    private <T> T await(CompletableFuture<T> future) {
        for (int waited = 0; waited < 30_000 && !future.isDone(); waited++) {
            host.pass(1);
        }
        return future.join();
    }

    @Test
    void aDirtyBlockThatRottedIsRefusedNotServedAndNeverBecomesAGoodSegment() {
        long good = write(0, 8);
        long bad = write(8, 8);
        rot(bad);
        assertEquals("CORRUPT", read(9, bad));
        assertEquals("done", read(1, good));
        CompletableFuture<Void> flushed = host.volume.flushToImage();
        host.pass(3_000);
        assertTrue(flushed.isCompletedExceptionally());
        assertEquals("ALARM", host.volume.status().join().remote().destage());
        // The guest writes the block anew: the damaged record is not needed any more.
        long again = write(8, 8);
        assertEquals("done", read(9, again));
        host.pass(30_000);
        assertEquals(0, host.volume.status().join().dirt().bytes());
        assertEquals("done", read(9, again));
        assertTrue(host.stop().clean());
    }

    @Test
    void aBatchThatDidNotArriveAsItWasIsCutAnew() {
        long stamp = write(0, 64);
        host.link.refuseBatches = ImageFailure.CORRUPT;
        host.link.refusals = 2;
        await(host.volume.flushToImage());
        assertEquals(2, host.link.batchesRefused);
        assertEquals("done", read(9, stamp));
        assertTrue(host.stop().clean());
    }

    @Test
    void aBatchThatNeverArrivesRaisesAnAlarm() {
        write(0, 64);
        host.link.refuseBatches = ImageFailure.CORRUPT;
        CompletableFuture<Void> flushed = host.volume.flushToImage();
        host.pass(3_000);
        assertTrue(flushed.isCompletedExceptionally());
        assertEquals("ALARM", host.volume.status().join().remote().destage());
        assertEquals(4, host.link.batchesRefused);
        assertFalse(host.stop().clean());
    }

    @Test
    void aCheckFindsWhatRottedInJournalAndImageAndRepairsTheImageFromTheCache() {
        long kept = write(16, 16);
        await(host.volume.flushToImage());
        assertEquals("done", read(16, kept));
        long bad = write(80, 8);
        rot(bad);
        host.link.damaged.add(2L);
        ScrubReport looked = await(host.volume.check(false));
        assertEquals(List.of(Damage.Part.JOURNAL, Damage.Part.STORE), looked.damages().stream().map(Damage::part).toList());
        assertEquals(10, looked.damages().get(0).blocks().firstBlock());
        assertEquals(0, looked.repaired());
        assertTrue(host.link.offers.isEmpty(), "only asked to look");
        ScrubReport repaired = await(host.volume.check(true));
        assertEquals(1, repaired.repaired());
        assertEquals(2, host.link.offers.get(0).firstBlock());
        assertEquals(kept, Unpooled.wrappedBuffer(host.link.offers.get(0).data()).getLong(0));
        assertEquals(BlockChecksums.of(Unpooled.wrappedBuffer(host.link.offers.get(0).data()), 0), host.link.offers.get(0).checksums()[0]);
        ScrubStatus status = await(host.volume.scrubStatus());
        assertEquals(2, status.passes());
        assertEquals(4, status.damaged());
        assertTrue(status.bytes() > 0 && status.lastPassAgeMs() >= 0);
    }

    @Test
    void theBackgroundKeepsToItsRate() {
        write(0, 1024);
        host.volume.scrub(64 << 10);
        host.link.down = true;
        host.pass(60_010);
        ScrubStatus begun = await(host.volume.scrubStatus());
        host.pass(1_000);
        ScrubStatus later = await(host.volume.scrubStatus());
        assertTrue(begun.running(), begun.toString());
        assertEquals(1024 * 512, later.bytes(), "one step, whose pause is its eight seconds");
        assertTrue(later.running());
        host.pass(10_000);
        assertEquals(1, await(host.volume.scrubStatus()).passes());
        host.link.down = false;
    }
}

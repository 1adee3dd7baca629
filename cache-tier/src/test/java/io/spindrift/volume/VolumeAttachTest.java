package io.spindrift.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.block.Readiness;
import io.spindrift.blockcache.HeapBlockCache;
import io.spindrift.image.DiskType;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.MemoryCatalog;
import io.spindrift.journal.JournalCorruptException;
import io.spindrift.journal.JournalInspection;
import io.spindrift.volume.prefetch.PrefetchSettings;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Attach, hand-over, refusal, fencing, cuts and streams, one at a time. */
class VolumeAttachTest {
    private static final int SECTORS = 16_384;
    private static final ImageAddress ADDRESS = new ImageAddress("alice", DiskType.DATA, "disk0");

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T08:00:00Z"));
    private final VolumeHistory history = new VolumeHistory(SECTORS);
    private MemoryCatalog store;
    private TestHost one;
    private TestHost two;
    private long stamps;

    @BeforeEach
    void hosts() {
        store = new MemoryCatalog("alice", now::get, new Random(1));
        VolumeSettings settings = VolumeSettings.of(ADDRESS, SECTORS * 512L);
        settings = settings.withWaits(new VolumeSettings.Waits(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofMillis(100)));
        one = new TestHost("one", 1, store, history, settings);
        two = new TestHost("two", 2, store, history, settings);
    }

    private TestHost.Told write(TestHost host, long lba, int count) {
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

    private long read(TestHost host, long lba) {
        ByteBuf dst = Unpooled.buffer(512);
        TestHost.Told told = new TestHost.Told();
        host.volume.read(lba, 1, dst, told);
        host.pass(5);
        assertEquals("done", told.outcome);
        return dst.getLong(0);
    }

    @Test
    void aCloseWaitsForTheCacheThatIsStillOpening() {
        one.cacheDelayMillis = 500;
        one.start();
        one.untilReady();
        CompletableFuture<CloseResult> closed = one.volume.shutDown();
        one.pass(100);
        assertFalse(closed.isDone(), "who made the loop ends it when this is done, and the cache still needs it");
        one.pass(500);
        assertTrue(closed.join().clean());
    }

    @Test
    void aJournalThatIsDamagedIsToldInItsOwnWords() {
        one.journals = opened -> {
            throw new CompletionException(new JournalCorruptException("journal.state: no whole state in it"));
        };
        one.start();
        assertEquals(VolumeState.REFUSED, one.volume.state());
        assertEquals("the journal can't be opened: journal.state: no whole state in it", one.volume.reason());
    }

    @Test
    void aCleanHandOverMovesTheStandby() {
        one.start();
        one.untilReady();
        assertEquals("done", write(one, 3, 2).outcome);
        two.start();
        two.pass(250);
        assertEquals(Readiness.STANDBY, two.volume.readiness());
        assertTrue(two.volume.reason().contains("one"), two.volume.reason());
        assertTrue(one.stop().clean());
        two.untilReady();
        assertEquals(stamps, read(two, 4));
        assertTrue(two.stop().clean());
    }

    @Test
    void dirtElsewhereNeedsTheOperator() {
        one.start();
        one.untilReady();
        write(one, 8, 8);
        one.kill(false);
        now.updateAndGet(before -> before.plusSeconds(60));
        two.start();
        two.pass(10);
        assertEquals(Readiness.UNAVAILABLE, two.volume.readiness());
        String reason = two.volume.reason();
        String time = reason.substring(reason.indexOf("--accept-older ") + 15);
        Readiness[] whenTold = new Readiness[1];
        two.volume.acceptOlder(Instant.parse(time)).thenRun(() -> whenTold[0] = two.volume.readiness());
        two.untilReady();
        two.pass(1);
        assertEquals(Readiness.READY, whenTold[0], "whoever accepts hears of it when the volume serves");
        assertEquals(0, read(two, 8));
        assertTrue(two.stop().clean());
        one.start();
        one.untilReady();
        assertEquals(1, one.setAside, "a journal of an older epoch is never replayed");
        assertEquals(0, read(one, 8));
        one.stop();
    }

    @Test
    void theSameHostTakesItsLeaseAgainAtOnce() {
        one.start();
        one.untilReady();
        write(one, 8, 8);
        one.kill(false);
        one.start();
        one.untilReady();
        assertEquals(stamps, read(one, 9));
        assertTrue(one.stop().clean());
    }

    @Test
    void anAttachWhoseAnswerWasLostLosesNothing() {
        one.start();
        one.untilReady();
        write(one, 8, 8);
        one.kill(false);
        one.repeatAttach = true;
        one.start();
        one.untilReady();
        assertEquals(0, one.setAside);
        assertEquals(stamps, read(one, 9));
        assertTrue(one.stop().clean());
    }

    @Test
    void aLinkThatIsCutDoesNotKeepAVolumeFromClosing() {
        one.settings = one.settings.withPrefetch(PrefetchSettings.of(DiskType.SYSTEM));
        one.start();
        one.untilReady();
        write(one, 8, 8);
        read(one, 8);
        CompletableFuture<Void> flushed = one.volume.flushToImage();
        one.pass(50);
        assertTrue(flushed.isDone());
        one.link.silent = true;
        CompletableFuture<CloseResult> closed = one.volume.shutDown();
        one.pass(10_000);
        assertTrue(closed.isDone(), "closing waits for the link");
        assertFalse(closed.join().released());
        assertEquals(0, closed.join().dirtyBytes());
        one.link.silent = false;
        one.start();
        one.untilReady();
        assertEquals(stamps, read(one, 9));
        assertTrue(one.stop().clean());
    }

    @Test
    void whatTheJournalHoldsIsToldWhereTheVolumeNeverServed() {
        one.start();
        one.untilReady();
        write(one, 8, 8);
        one.kill(false);
        store.close();
        one.start();
        one.pass(50);
        CloseResult result = one.stop();
        assertFalse(result.clean(), "there are bytes in the journal that the image may not have");
        assertTrue(result.dirtyBytes() > 0);
        store.reopen();
        one.start();
        one.untilReady();
        assertEquals(stamps, read(one, 9));
        assertTrue(one.stop().clean());
    }

    @Test
    void aJournalThatCannotBeSyncedTakesNoMoreWrites() {
        one.start();
        one.untilReady();
        write(one, 8, 8);
        one.link.silent = true;
        one.disk.breakWith(new IOException("Input/output error"));
        TestHost.Told flushed = new TestHost.Told();
        one.volume.flush(flushed);
        one.run();
        assertEquals("UNAVAILABLE", flushed.outcome);
        assertEquals("UNAVAILABLE", write(one, 16, 8).outcome, "held for ever: no destage makes room in a journal that failed");
        assertEquals(stamps - 1, read(one, 9));
        one.volume.shutDown();
        one.pass(30_000);
    }

    @Test
    void whoIsFencedStopsReadsToo() {
        one.start();
        one.untilReady();
        write(one, 8, 8);
        CompletableFuture<Void> flushed = one.volume.flushToImage();
        one.pass(5);
        assertTrue(flushed.isDone());
        now.updateAndGet(before -> before.plusSeconds(60));
        two.start();
        two.pass(10);
        String reason = two.volume.reason();
        two.volume.acceptOlder(Instant.parse(reason.substring(reason.indexOf("--accept-older ") + 15)));
        two.untilReady();
        one.run();
        assertEquals(Readiness.UNAVAILABLE, one.volume.readiness());
        TestHost.Told told = new TestHost.Told();
        one.volume.read(8, 8, Unpooled.buffer(4096), told);
        assertEquals("FENCED", told.outcome);
        one.stop();
        assertTrue(two.stop().clean());
    }

    @Test
    void aHostThatSleptThroughTheTakeOverKeepsWhatItHeldForInspection() throws Exception {
        one.start();
        one.untilReady();
        write(one, 8, 8);
        write(one, 64, 16);
        long last = one.journal.lastSequence();
        now.updateAndGet(before -> before.plusSeconds(60));
        two.start();
        two.pass(10);
        assertFalse(two.volume.state() == VolumeState.READY, "expiry alone moves nothing");
        String reason = two.volume.reason();
        two.volume.acceptOlder(Instant.parse(reason.substring(reason.indexOf("--accept-older ") + 15)));
        two.untilReady();
        one.pass(5_000);
        assertEquals(VolumeState.FENCED, one.volume.state());
        assertEquals("FENCED", write(one, 8, 8).outcome);
        TestHost.Told flush = new TestHost.Told();
        one.volume.flush(flush);
        assertEquals("FENCED", flush.outcome);
        assertEquals(1, one.setAside, "at once, not at the next start");
        try (JournalInspection held = JournalInspection.open(one.aside)) {
            assertEquals(last, held.lastSequence());
            assertEquals(List.of(), held.problems());
            List<Long> lbas = new ArrayList<>();
            held.replay((sequence, lba, sectors, position, unmap) -> lbas.add(lba));
            assertEquals(List.of(8L, 64L), lbas);
        }
        assertEquals(0, read(two, 8), "what was given up is given up");
        CloseResult left = one.stop();
        assertFalse(left.clean());
        one.start();
        one.pass(1_000);
        assertEquals(VolumeState.STANDBY, one.volume.state());
        assertTrue(two.stop().clean());
        one.untilReady();
        assertEquals(0, read(one, 8), "and never replayed");
        assertTrue(one.stop().clean());
    }

    @Test
    void anImageThatWasMadeAnewIsMetNeitherWithTheOldCacheNorWithTheOldJournal() {
        one.traced = false;
        one.start();
        one.untilReady();
        write(one, 8, 8);
        CompletableFuture<Void> flushed = one.volume.flushToImage();
        one.pass(50);
        assertTrue(flushed.isDone());
        assertEquals(1, read(one, 8));
        write(one, 64, 16);
        one.kill(false);
        store.delete(ADDRESS, true).join();
        store.create(ADDRESS, SECTORS * 512L).join();
        one.start();
        one.untilReady();
        assertEquals(1, one.setAside, "writes of the image that is gone are kept for inspection");
        assertEquals(0, read(one, 8));
        assertEquals(0, read(one, 64));
        assertTrue(one.stop().clean());
    }

    @Test
    void beforeTheEndWhatIsDirtyGoesToTheImageWhileTheVolumeServes() {
        one.start();
        one.untilReady();
        write(one, 8, 8);
        CompletableFuture<Void> drained = one.volume.drain();
        assertEquals("done", write(one, 64, 8).outcome, "it serves meanwhile");
        one.pass(50);
        assertTrue(drained.isDone());
        assertTrue(one.volume.status().join().dirt().bytes() <= 8 * 512);
        assertTrue(one.stop().clean());
        one.start();
        one.untilReady();
        write(one, 128, 8);
        one.link.down = true;
        one.volume.path().linkChanged(false, "cut");
        assertTrue(one.volume.drain().isDone(), "a link that is away is not waited for");
        one.link.down = false;
        one.volume.path().linkChanged(true, "");
        one.pass(11_000);
        assertTrue(one.stop().clean());
    }

    @Test
    void aCutHoldsMissesAndNothingElse() {
        one.start();
        one.untilReady();
        write(one, 0, 64);
        assertTrue(one.stop().clean());
        one.kept = null;
        one.start();
        one.untilReady();
        one.link.down = true;
        assertEquals("done", write(one, 801, 1).outcome, "a sector of a block that is not here");
        ByteBuf dst = Unpooled.buffer(512);
        TestHost.Told waits = new TestHost.Told();
        TestHost.Told taken = new TestHost.Told();
        one.volume.read(0, 1, dst, waits);
        one.volume.read(1, 1, Unpooled.buffer(512), taken);
        one.pass(20_000);
        assertNull(waits.outcome);
        assertTrue(one.volume.cancel(taken));
        one.link.down = false;
        one.pass(10_000);
        assertEquals("done", waits.outcome);
        assertEquals(1, dst.getLong(0));
        assertNull(taken.outcome);
        assertTrue(one.stop().clean());
    }

    @Test
    void rewritesCrossTheLinkOnce() {
        one.start();
        one.untilReady();
        for (int round = 0; round < 20; round++) {
            for (int at = 0; at < 8; at++) {
                write(one, at * 8L, 8);
            }
        }
        CompletableFuture<Void> flushed = one.volume.flushToImage();
        one.pass(50);
        assertTrue(flushed.isDone());
        assertEquals(8 * 4096, one.link.batchBytes);
        one.stop();
    }

    @Test
    void aSequentialReaderIsReadAheadOf() {
        one.start();
        one.untilReady();
        for (int at = 0; at < SECTORS; at += 512) {
            write(one, at, 512);
            one.pass(1);
        }
        assertTrue(one.stop().clean());
        one.kept = new HeapBlockCache(4096);
        one.start();
        one.untilReady();
        one.pass(10);
        one.link.delayMicros = () -> 20_000;
        int late = 0;
        for (int lba = 0; lba < SECTORS; lba += 256) {
            TestHost.Told told = new TestHost.Told();
            one.volume.read(lba, 256, Unpooled.buffer(256 * 512), told);
            one.run();
            late += told.outcome == null ? 1 : 0;
            for (int wait = 0; wait < 100 && told.outcome == null; wait++) {
                one.pass(1);
            }
            assertEquals("done", told.outcome);
            one.pass(5);
        }
        assertTrue(late < SECTORS / 256 * 3 / 4, late + " reads waited");
        assertTrue(one.link.blocksRead <= SECTORS / 8, "nothing twice: " + one.link.blocksRead);
        one.stop();
    }

    @Test
    void hydratedTheDiskNeedsNoLink() {
        one.settings = one.settings.withPrefetch(PrefetchSettings.of(DiskType.SYSTEM));
        one.start();
        one.untilReady();
        for (int at = 0; at < SECTORS; at += 1024) {
            write(one, at, 512);
            one.pass(1);
        }
        assertTrue(one.stop().clean());
        one.kept = new HeapBlockCache(4096);
        one.start();
        one.untilReady();
        one.pass(8_000);
        assertEquals(100, one.volume.status().join().ahead().hydratedPercent());
        assertEquals(SECTORS / 16, one.link.blocksRead, "what is allocated, once");
        one.link.down = true;
        for (int at = 0; at < SECTORS; at += 512) {
            assertEquals(at % 1024 == 0 ? at / 1024 + 1 : 0, read(one, at));
        }
        one.link.down = false;
        assertTrue(one.stop().clean());
    }

    @Test
    void aRecordedStartIsFetchedAheadOnTheOtherHost() {
        PrefetchSettings boot = PrefetchSettings.of(DiskType.SYSTEM);
        boot = new PrefetchSettings(false, boot.windowBytes(), boot.requestBytes(), true, boot.bootWindow(), false, boot.idleAfter());
        one.settings = one.settings.withPrefetch(boot);
        two.settings = one.settings;
        one.start();
        one.untilReady();
        for (int at = 0; at < SECTORS; at += 512) {
            write(one, at, 512);
            one.pass(1);
        }
        for (int at : new int[] {0, 9_000, 4_000, 12_000}) {
            read(one, at);
        }
        assertTrue(one.stop().clean());
        two.start();
        two.untilReady();
        two.pass(100);
        assertEquals(4, two.link.blocksRead);
        two.link.down = true;
        for (int at : new int[] {0, 9_000, 4_000, 12_000}) {
            read(two, at);
        }
        two.link.down = false;
        assertTrue(two.stop().clean());
    }
}

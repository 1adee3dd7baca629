package io.spindrift.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.blockcache.HeapBlockCache;
import io.spindrift.image.DiskType;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.MemoryCatalog;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A volume serves while its cache opens: what it fetches then is not fetched again, and never met when it is old. */
class VolumeOpeningTest {
    private static final int BLOCKS = 1_024;
    private static final int SECTORS = BLOCKS * 8;
    private static final long OPENS_AFTER_MS = 5_000;

    private TestHost host;

    @BeforeEach
    void fullImageCacheThatOpensLate() {
        MemoryCatalog store = new MemoryCatalog("alice", () -> Instant.parse("2026-11-21T08:00:00Z"), new Random(1));
        VolumeSettings settings = VolumeSettings.of(new ImageAddress("alice", DiskType.DATA, "disk0"), SECTORS * 512L);
        host = new TestHost("one", 1, store, new VolumeHistory(SECTORS), settings);
        host.kept = null;
        host.start();
        host.untilReady();
        for (int block = 0; block < BLOCKS; block += 512) {
            write(block, 512, 1);
            flush();
        }
        assertTrue(host.stop().clean());
        host.kept = new HeapBlockCache(BLOCKS);
        host.cacheDelayMillis = OPENS_AFTER_MS;
        host.start();
        host.untilReady();
        host.link.blocksRead = 0;
    }

    @AfterEach
    void stop() {
        host.link.down = false;
        host.stop();
    }

    private void write(int block, int count, int with) {
        byte[] bytes = new byte[count * 4096];
        Arrays.fill(bytes, (byte) with);
        host.volume.write(block * 8L, count * 8, Unpooled.wrappedBuffer(bytes), false, new TestHost.Told());
    }

    private void flush() {
        CompletableFuture<Void> flushed = host.volume.flushToImage();
        for (int waited = 0; waited < 1000 && !flushed.isDone(); waited++) {
            host.pass(1);
        }
        flushed.join();
    }

    private TestHost.Told read(int block, int count, ByteBuf into) {
        TestHost.Told told = new TestHost.Told();
        host.volume.read(block * 8L, count * 8, into, told);
        host.pass(5);
        return told;
    }

    private void readHere(int block, int count) {
        ByteBuf into = Unpooled.buffer(count * 4096);
        assertEquals("done", read(block, count, into).outcome, "block " + block + " is here");
        assertEquals(1, into.getByte(0));
        assertEquals(1, into.getByte(count * 4096 - 1));
    }

    @Test
    void whatIsFetchedWhileTheCacheOpensIsKept() {
        readHere(40, 100);
        host.link.down = true;
        readHere(40, 100);
        readHere(90, 7);
        host.pass(OPENS_AFTER_MS);
        assertEquals(100, host.kept.stats().blocks(), "handed over to the cache");
        readHere(40, 100);
        assertEquals(100, host.link.blocksRead);
    }

    @Test
    void whatABatchHasChangedMeanwhileIsNotMet() {
        readHere(40, 10);
        write(42, 1, 2);
        flush();
        host.link.down = true;
        readHere(40, 2);
        readHere(43, 7);
        ByteBuf into = Unpooled.buffer(4096);
        TestHost.Told told = read(42, 1, into);
        assertNull(told.outcome, "the old block is forgotten, the new one far away");
        host.pass(OPENS_AFTER_MS);
        assertNull(told.outcome);
        host.link.down = false;
        host.pass(10_000);
        assertEquals("done", told.outcome);
        assertEquals(2, into.getByte(0));
    }

    @Test
    void anUnmapMeanwhileIsSeen() {
        readHere(40, 10);
        host.history.unmaps.add(7L);
        host.volume.unmap(42 * 8L, (BLOCKS - 42) * 8, new TestHost.Told());
        flush();
        host.pass(OPENS_AFTER_MS);
        readHere(40, 2);
        ByteBuf into = Unpooled.buffer(4096).writeZero(4096).setByte(0, 9).clear();
        assertEquals("done", read(43, 1, into).outcome);
        assertEquals(0, into.getByte(0));
        assertEquals(2, host.kept.stats().blocks());
    }

    @Test
    void aStreamIsReadAheadOfBeforeThereIsACache() {
        for (int at = 0; at < 512; at += 8) {
            readHere(at, 8);
        }
        assertTrue(host.link.blocksRead > 512 && host.link.blocksRead <= 512 * 5 / 4, host.link.blocksRead + " for 512");
    }
}

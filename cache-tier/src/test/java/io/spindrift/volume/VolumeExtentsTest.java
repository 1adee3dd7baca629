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
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a volume says of its blocks, from the dirty map and the image together, and what it brings near when it is asked. */
class VolumeExtentsTest {
    private static final long BLOCKS = 1L << 20;

    private TestHost host;

    @BeforeEach
    void start() {
        MemoryCatalog store = new MemoryCatalog("alice", () -> Instant.parse("2026-11-21T08:00:00Z"), new Random(1));
        VolumeSettings settings = VolumeSettings.of(new ImageAddress("alice", DiskType.DATA, "disk0"), BLOCKS * 4096);
        host = new TestHost("one", 1, store, new VolumeHistory(8), settings);
        host.traced = false;
        host.kept = new HeapBlockCache(512);
        host.start();
        host.untilReady();
        host.pass(20);
    }

    @AfterEach
    void stop() {
        host.stop();
    }

    private void write(long sector, int count) {
        ByteBuf src = Unpooled.buffer(count * 512).setByte(0, 1).writerIndex(count * 512);
        TestHost.Told told = new TestHost.Told();
        host.volume.write(sector, count, src, false, told);
        host.pass(1);
        assertEquals("done", told.outcome);
    }

    private void unmap(long sector, long count) {
        TestHost.Told told = new TestHost.Told();
        host.volume.unmap(sector, count, told);
        host.pass(1);
        assertEquals("done", told.outcome);
    }

    private void flush() {
        CompletableFuture<Void> flushed = host.volume.flushToImage();
        for (int waited = 0; waited < 1000 && !flushed.isDone(); waited++) {
            host.pass(1);
        }
        flushed.join();
        host.pass(5);
    }

    /** Runs in sectors, neighbours of one kind together; mapped ones have a plus. */
    private String extents(long lba, long count) {
        StringBuilder runs = new StringBuilder();
        long[] open = {lba, -1};
        TestHost.Told told = new TestHost.Told();
        host.volume.extents(lba, count, (from, length, mapped) -> {
            long kind = mapped ? 1 : 0;
            if (open[1] >= 0 && open[1] != kind) {
                runs.append(open[1] == 1 ? "+" : "-").append(from - open[0]).append(' ');
                open[0] = from;
            }
            open[1] = kind;
            end = from + length;
            return true;
        }, told);
        host.pass(20);
        assertEquals("done", told.outcome);
        return runs.append(open[1] == 1 ? "+" : "-").append(end - open[0]).toString();
    }

    private long end;

    @Test
    void whatWasNeverWrittenIsDeallocated() {
        assertEquals("-1000", extents(0, 1000));
        assertEquals("-7", extents(5, 7));
    }

    @Test
    void dirtyBlocksAreMappedBeforeTheImageHasThem() {
        write(80, 16);
        write(203, 1);
        unmap(88, 8);
        assertEquals("-80 +8 -112 +8 -792", extents(0, 1000));
        flush();
        assertEquals("-80 +8 -112 +8 -792", extents(0, 1000));
    }

    @Test
    void whatTheImageHasIsMappedUntilItIsUnmapped() {
        write(0, 800);
        flush();
        host.stop();
        host.start();
        host.untilReady();
        assertEquals("+800 -200", extents(0, 1000));
        unmap(80, 160);
        assertEquals("+80 -160 +560 -200", extents(0, 1000));
        write(160, 8);
        assertEquals("+80 -80 +8 -72 +560 -200", extents(0, 1000));
        flush();
        assertEquals("+80 -80 +8 -72 +560 -200", extents(0, 1000));
        assertEquals("+3 -17", extents(165, 20));
    }

    @Test
    void aBlockUnmappedInPartCountsAsWhatIsLeft() {
        write(0, 8);
        flush();
        unmap(0, 4);
        assertEquals("+8 -8", extents(0, 16));
        unmap(4, 4);
        assertEquals("-16", extents(0, 16));
        unmap(803, 2);
        assertEquals("-16", extents(800, 16));
    }

    @Test
    void anImageThatCantBeAskedCountsAsMapped() {
        host.link.down = true;
        assertEquals("+1000", extents(0, 1000));
        host.link.down = false;
        assertEquals("-1000", extents(0, 1000));
    }

    @Test
    void aReportOfALargeDiskEndsSomewhere() {
        write(BLOCKS * 8 - 8, 8);
        long sectors = BLOCKS * 8;
        assertEquals("-" + (sectors - 8) + " +8", extents(0, sectors));
    }

    @Test
    void fencingFailsAReportThatWaits() {
        host.link.silent = true;
        TestHost.Told told = new TestHost.Told();
        host.volume.extents(0, 1000, (from, length, mapped) -> true, told);
        TestHost.Told near = new TestHost.Told();
        host.volume.preFetch(0, 64, near);
        host.pass(5);
        assertNull(told.outcome);
        assertNull(near.outcome);
        host.volume.fence("another host has it");
        assertEquals("FENCED", told.outcome);
        assertEquals("FENCED", near.outcome);
        host.link.silent = false;
    }

    private void coldRestart() {
        host.stop();
        host.kept = new HeapBlockCache(512);
        host.start();
        host.untilReady();
        host.pass(20);
        host.link.blocksRead = 0;
    }

    private String preFetch(long lba, long count) {
        TestHost.Told told = new TestHost.Told();
        host.volume.preFetch(lba, count, told);
        host.pass(200);
        return told.outcome;
    }

    @Test
    void whatIsPreFetchedNeedsNoImage() {
        write(0, 2400);
        flush();
        coldRestart();
        assertEquals("done", preFetch(0, 100_000));
        assertTrue(host.link.blocksRead >= 300, "read " + host.link.blocksRead);
        host.link.blocksRead = 0;
        host.link.down = true;
        TestHost.Told told = new TestHost.Told();
        ByteBuf dst = Unpooled.buffer(2400 * 512);
        host.volume.read(0, 2400, dst, told);
        assertEquals("done", told.outcome);
        assertEquals("done", preFetch(0, 2400));
        assertEquals(0, host.link.blocksRead);
        host.link.down = false;
    }

    @Test
    void whatTheCacheCantKeepIsFull() {
        for (int at = 0; at < 8; at++) {
            write(at * 800L, 800);
        }
        flush();
        coldRestart();
        assertEquals("FULL", preFetch(0, 6400));
        assertEquals("done", preFetch(0, 4096));
        assertEquals("FULL", preFetch(0, 4097));
    }

    @Test
    void dirtyAndEmptyBlocksAreNearAlready() {
        write(0, 800);
        host.link.blocksRead = 0;
        assertEquals("done", preFetch(0, 800));
        assertEquals(0, host.link.blocksRead);
    }

    @Test
    void atomicIsWhatOneRecordHolds() {
        assertEquals(host.journal.maxRecordBytes(), host.volume.atomicBytes());
    }
}

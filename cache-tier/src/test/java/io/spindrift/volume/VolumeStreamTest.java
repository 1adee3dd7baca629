package io.spindrift.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

/** What is fetched ahead of readers: enough for one that goes on, little for one that stops or jumps. A full image, an empty cache. */
class VolumeStreamTest {
    private static final int BLOCKS = 8_192;
    private static final int SECTORS = BLOCKS * 8;
    private static final int PIECE = 8;

    private final VolumeHistory history = new VolumeHistory(SECTORS);
    private TestHost host;

    @BeforeEach
    void fullImageEmptyCache() {
        MemoryCatalog store = new MemoryCatalog("alice", () -> Instant.parse("2026-11-21T08:00:00Z"), new Random(1));
        VolumeSettings settings = VolumeSettings.of(new ImageAddress("alice", DiskType.DATA, "disk0"), SECTORS * 512L);
        host = new TestHost("one", 1, store, history, settings);
        host.kept = null;
        host.start();
        host.untilReady();
        for (int block = 0; block < BLOCKS; block += 512) {
            ByteBuf src = Unpooled.buffer(512 * 4096);
            src.writerIndex(512 * 4096);
            host.volume.write(block * 8L, 512 * 8, src, false, new TestHost.Told());
            flush();
        }
        assertTrue(host.stop().clean());
        host.kept = new HeapBlockCache(BLOCKS);
        host.start();
        host.untilReady();
        host.pass(20);
        host.link.blocksRead = 0;
    }

    @AfterEach
    void stop() {
        host.stop();
    }

    private void flush() {
        CompletableFuture<Void> flushed = host.volume.flushToImage();
        for (int waited = 0; waited < 1000 && !flushed.isDone(); waited++) {
            host.pass(1);
        }
        flushed.join();
    }

    private void read(int block, int count) {
        TestHost.Told told = new TestHost.Told();
        host.volume.read(block * 8L, count * 8, Unpooled.buffer(count * 4096), told);
        host.pass(5);
        assertEquals("done", told.outcome);
    }

    @Test
    void aReaderThatStopsCostsAQuarterMoreThanItRead() {
        int read = 0;
        for (int at = 0; at < 1200; at += PIECE) {
            read(at, PIECE);
            read += PIECE;
            assertTrue(host.link.blocksRead <= read + read / 4, host.link.blocksRead + " for " + read);
        }
        assertTrue(host.link.blocksRead >= read + read / 8, "it is read ahead of: " + host.link.blocksRead + " for " + read);
    }

    @Test
    void aReaderThatJumpsCostsNoMore() {
        int read = 0;
        for (int at = 0; at < 128; at += PIECE) {
            read(at, PIECE);
            read += PIECE;
        }
        for (int at = 128; at < BLOCKS - PIECE; at += 100) {
            read(at, PIECE);
            read += PIECE;
        }
        assertTrue(host.link.blocksRead <= read + read / 4, host.link.blocksRead + " for " + read);
    }

    @Test
    void aReaderThatIsALittleOutOfOrderIsReadAheadOf() {
        int read = 0;
        for (int at = 0; at < 2048; at += 2 * PIECE) {
            read(at, PIECE);
            read(at + PIECE, PIECE);
            read += 2 * PIECE;
        }
        for (int at = 2048; at < 4096; at += 2 * PIECE) {
            read(at + PIECE, PIECE);
            read(at, PIECE);
            read += 2 * PIECE;
        }
        assertTrue(host.link.blocksRead >= read + read / 8, "it is read ahead of: " + host.link.blocksRead + " for " + read);
        assertTrue(host.link.blocksRead <= read + read / 4, host.link.blocksRead + " for " + read);
    }
}

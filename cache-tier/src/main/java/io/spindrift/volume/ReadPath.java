package io.spindrift.volume;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.journal.Journal;
import io.spindrift.journal.JournalCorruptException;
import io.spindrift.volume.destage.Sectors;
import io.spindrift.volume.fetch.ImageView;
import io.spindrift.volume.map.DirtyMap;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The order in which a block is looked for: dirty sectors in the journal, unmapped extents, cache, what is known to be unallocated, and then the
 * image. A read that the cache serves whole costs one look-up and one copy; one that misses waits in a {@link ReadRequest}.
 *
 * <p>Made with {@link DataPath}; lives on the home loop; {@link #close} fails who still waits.
 */
final class ReadPath {
    private static final Logger LOG = LoggerFactory.getLogger(ReadPath.class);

    private final EventExecutor home;
    private final Journal journal;
    private final DirtyMap dirty;
    private final ImageView view;
    private final ByteBuf scratch = PooledByteBufAllocator.DEFAULT.directBuffer(DirtyMap.BLOCK_BYTES, DirtyMap.BLOCK_BYTES);
    private final List<ReadRequest> waiting = new ArrayList<>();
    private long hits;
    private long misses;
    private boolean missed;

    ReadPath(EventExecutor home, Journal journal, DirtyMap dirty, ImageView view) {
        this.home = home;
        this.journal = journal;
        this.dirty = dirty;
        this.view = view;
    }

    /** @return whether it was served without asking the image */
    boolean read(long lba, int sectorCount, ByteBuf dst, Completion completion) {
        if (cached(lba, sectorCount, dst)) {
            hits++;
            completion.done();
            return true;
        }
        ReadRequest request = new ReadRequest(this, lba, sectorCount, dst, completion, home.ticker().nanoTime());
        waiting.add(request);
        missed = false;
        // One more than there are, so that it can't end before every block was looked for.
        request.await(1);
        resolve(request, request.firstBlock(), request.endBlock());
        boolean hit = !missed;
        if (hit) {
            hits++;
        } else {
            misses++;
        }
        request.settled(1);
        return hit;
    }

    private boolean cached(long lba, int sectorCount, ByteBuf dst) {
        if (lba % DirtyMap.SECTORS != 0 || sectorCount % DirtyMap.SECTORS != 0) {
            return false;
        }
        long block = lba / DirtyMap.SECTORS;
        int count = sectorCount / DirtyMap.SECTORS;
        return dirty.cleanRun(block, count) == count && view.cache().get(block, count, dst, dst.writerIndex()) == count;
    }

    /** Finds blocks {@code [from, end)} of a request, or has it wait for them. */
    void resolve(ReadRequest request, long from, long end) {
        try {
            long block = from;
            while (block < end && !request.gone()) {
                int rest = (int) (end - block);
                int clean = dirty.cleanRun(block, rest);
                block += clean > 0 ? clean(request, block, clean) : touched(request, block, rest);
            }
        } catch (JournalCorruptException corrupt) {
            corrupt(request, corrupt);
        }
    }

    private void corrupt(ReadRequest request, JournalCorruptException corrupt) {
        LOG.error("a read of the journal failed: {}", corrupt.getMessage());
        request.fail(BlockFailure.CORRUPT);
    }

    /** @return how many leading blocks it took care of, 1 or more */
    private int clean(ReadRequest request, long block, int count) {
        int whole = request.wholeRun(block, count);
        if (whole > 0) {
            int got = view.cache().get(block, whole, request.dst(), request.index(block * DirtyMap.SECTORS));
            if (got > 0) {
                return got;
            }
        } else if (view.cache().get(block, 1, scratch, 0) == 1) {
            request.take(block, 1, scratch, 0);
            return 1;
        }
        int cold = load(request, block, Math.max(1, whole));
        if (cold > 0) {
            return cold;
        }
        int zeros = view.extents().zeroRun(block, count);
        if (zeros > 0) {
            request.takeZeros(block, zeros);
            return zeros;
        }
        int run = 1;
        while (run < count && !view.cache().contains(block + run) && view.extents().zeroRun(block + run, 1) == 0) {
            run++;
        }
        miss(request, block, run);
        return run;
    }

    /** Has the request wait for blocks that the cache keeps, but not in memory. @return how many leading ones there are */
    private int load(ReadRequest request, long block, int count) {
        int cold = view.cache().cold(block, count);
        if (cold > 0) {
            request.await(cold);
            view.cache().load(block, cold, data -> {
                if (data == null) {
                    request.again(block, cold);
                } else {
                    request.arrived(block, cold, data, 0);
                }
            });
        }
        return cold;
    }

    private void miss(ReadRequest request, long block, int count) {
        missed = true;
        request.await(count);
        view.extents().learn(block);
        view.fetches().want(block, count, request);
    }

    private int touched(ReadRequest request, long block, int count) throws JournalCorruptException {
        long position = dirty.wholePosition(block);
        if (position >= 0) {
            return fromJournal(request, block, count, position);
        }
        long[] sectors = dirty.partial(block);
        if (sectors == null) {
            request.takeZeros(block, 1);
            return 1;
        }
        if (needsBase(request, block, sectors) && !base(block)) {
            if (load(request, block, 1) == 0) {
                miss(request, block, 1);
            }
            return 1;
        }
        Sectors.overlay(journal, sectors, scratch, 0);
        request.take(block, 1, scratch, 0);
        return 1;
    }

    private int fromJournal(ReadRequest request, long block, int count, long position) throws JournalCorruptException {
        int run = dirty.adjacentRun(block, position, count);
        long from = request.firstSector(block);
        long to = request.endSector(block + run - 1);
        long at = position + (from - block * DirtyMap.SECTORS) * DirtyMap.SECTOR_BYTES;
        journal.read(at, (int) (to - from) * DirtyMap.SECTOR_BYTES, request.dst(), request.index(from));
        return run;
    }

    private static boolean needsBase(ReadRequest request, long block, long[] sectors) {
        long start = block * DirtyMap.SECTORS;
        for (long sector = request.firstSector(block); sector < request.endSector(block); sector++) {
            if (sectors[(int) (sector - start)] == DirtyMap.ABSENT) {
                return true;
            }
        }
        return false;
    }

    /** Puts what lies below the dirty sectors of a block into {@link #scratch}. @return whether it is here */
    private boolean base(long block) {
        if (dirty.zero(block)) {
            scratch.setZero(0, DirtyMap.BLOCK_BYTES);
            return true;
        }
        if (view.cache().get(block, 1, scratch, 0) == 1) {
            return true;
        }
        if (view.extents().zeroRun(block, 1) == 0) {
            return false;
        }
        scratch.setZero(0, DirtyMap.BLOCK_BYTES);
        return true;
    }

    /** The image's version of blocks came; what is dirty by now lies over it. */
    void arrived(ReadRequest request, long firstBlock, int count, ByteBuf data, int index) {
        try {
            int at = 0;
            while (at < count && !request.gone()) {
                int clean = dirty.cleanRun(firstBlock + at, count - at);
                int from = index + at * DirtyMap.BLOCK_BYTES;
                if (clean > 0) {
                    request.take(firstBlock + at, clean, data, from);
                    at += clean;
                } else {
                    at += over(request, firstBlock + at, count - at, data, from);
                }
            }
        } catch (JournalCorruptException corrupt) {
            corrupt(request, corrupt);
        }
    }

    private int over(ReadRequest request, long block, int count, ByteBuf data, int from) throws JournalCorruptException {
        long[] sectors = dirty.partial(block);
        if (sectors == null) {
            return touched(request, block, count);
        }
        if (dirty.zero(block)) {
            scratch.setZero(0, DirtyMap.BLOCK_BYTES);
        } else {
            scratch.setBytes(0, data, from, DirtyMap.BLOCK_BYTES);
        }
        Sectors.overlay(journal, sectors, scratch, 0);
        request.take(block, 1, scratch, 0);
        return 1;
    }

    /** Takes back the read with this completion. */
    boolean cancel(Completion completion) {
        for (ReadRequest request : waiting) {
            if (request.completion == completion) {
                request.end();
                return true;
            }
        }
        return false;
    }

    void ended(ReadRequest request) {
        waiting.remove(request);
    }

    int waiting() {
        return waiting.size();
    }

    long hits() {
        return hits;
    }

    long misses() {
        return misses;
    }

    /** Fails what began before {@code nanos}. */
    void failBefore(long nanos, BlockFailure failure) {
        for (ReadRequest request : List.copyOf(waiting)) {
            if (request.startedNanos - nanos < 0) {
                request.fail(failure);
            }
        }
    }

    /** Fails everybody who waits. */
    void failAll(BlockFailure failure) {
        for (ReadRequest request : List.copyOf(waiting)) {
            request.fail(failure);
        }
    }

    void close() {
        scratch.release();
    }
}

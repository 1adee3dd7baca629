package io.spindrift.volume.map;

import io.spindrift.image.BlockRun;
import io.spindrift.image.LeasedImage;
import io.spindrift.image.RunPage;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.roaringbitmap.RoaringBitmap;

/**
 * Which blocks the image is known not to hold, so that zeros cost no trip. Learnt by regions of 1 GiB, when a miss falls into one, with the
 * image's {@code extents}; the regions used longest ago are forgotten. It may know too little, never too much: a block that a batch
 * allocates is counted as allocated before the dirty map lets go of it, also in a region whose answer is still under way.
 *
 * <p>Made with the volume's data path; lives on the home loop.
 */
public final class ExtentMap {
    static final int REGION_BITS = 18;
    static final int REGION_BLOCKS = 1 << REGION_BITS;
    private static final int MAX_LOADING = 2;

    private final LeasedImage image;
    private final long maxBytes;
    private final Map<Long, Region> regions = new LinkedHashMap<>(16, 0.75f, true);
    private long blockCount;
    private long bytes;
    private int loading;
    private long lastIndex = -1;
    private Region last;

    /** One region; its bitmap holds the blocks that have data. */
    private static final class Region {
        final RoaringBitmap allocated = new RoaringBitmap();
        boolean known;
        /** Who waits for the answer. */
        final List<Runnable> waiting = new ArrayList<>(0);
        int bytes;
    }

    /** @param maxBytes that the regions may take in memory, roughly */
    public ExtentMap(LeasedImage image, long blockCount, long maxBytes) {
        this.image = image;
        this.blockCount = blockCount;
        this.maxBytes = maxBytes;
    }

    /** The image has grown; its last region may have been learnt in part. */
    public void resized(long newBlockCount) {
        blockCount = newBlockCount;
    }

    /** How many of {@code count} blocks from {@code block} on, counted from the first, are known to be unallocated. Stops at a region's end. */
    public int zeroRun(long block, int count) {
        Region region = known(block >> REGION_BITS);
        if (region == null) {
            return 0;
        }
        int offset = (int) (block & (REGION_BLOCKS - 1));
        int limit = Math.min(count, REGION_BLOCKS - offset);
        long next = region.allocated.nextValue(offset);
        return next < 0 ? limit : (int) Math.min(limit, next - offset);
    }

    /** How many of {@code count} blocks from {@code block} on, counted from the first, may have data. Stops at a region's end; not known is 0. */
    public int dataRun(long block, int count) {
        Region region = known(block >> REGION_BITS);
        if (region == null) {
            return 0;
        }
        int offset = (int) (block & (REGION_BLOCKS - 1));
        int limit = Math.min(count, REGION_BLOCKS - offset);
        return (int) Math.min(limit, region.allocated.nextAbsentValue(offset) - offset);
    }

    /** Whether the region of this block is known. */
    public boolean knows(long block) {
        return known(block >> REGION_BITS) != null;
    }

    /** The first block from {@code block} on, before {@code end}, that may have data; {@code end} where there is none. Stops at a region's end. */
    public long nextAllocated(long block, long end) {
        int zeros = zeroRun(block, (int) Math.min(REGION_BLOCKS, end - block));
        return block + zeros;
    }

    /** Blocks from the beginning of this block's region to its end, within the image. */
    public long regionEnd(long block) {
        return Math.min(blockCount, ((block >> REGION_BITS) + 1) << REGION_BITS);
    }

    private Region known(long index) {
        if (index == lastIndex) {
            return last;
        }
        Region region = regions.get(index);
        if (region == null || !region.known) {
            return null;
        }
        lastIndex = index;
        last = region;
        return region;
    }

    /** Asks the image about the region of a block that was missed, unless it is known or asked about. */
    public void learn(long block) {
        long index = block >> REGION_BITS;
        if (loading < MAX_LOADING && !regions.containsKey(index)) {
            load(index);
        }
    }

    /** As {@link #learn}, however much is asked already. @param answered runs once, when the region is known or can't be */
    public void want(long block, Runnable answered) {
        long index = block >> REGION_BITS;
        Region region = regions.get(index);
        if (region == null) {
            region = new Region();
            region.waiting.add(answered);
            load(index, region);
        } else if (region.known) {
            answered.run();
        } else {
            region.waiting.add(answered);
        }
    }

    private void load(long index) {
        load(index, new Region());
    }

    private void load(long index, Region region) {
        regions.put(index, region);
        loading++;
        ask(index, region, index << REGION_BITS);
    }

    private static void answer(Region region) {
        List<Runnable> waiting = List.copyOf(region.waiting);
        region.waiting.clear();
        waiting.forEach(Runnable::run);
    }

    private void ask(long index, Region region, long from) {
        long end = Math.min(blockCount, (index + 1) << REGION_BITS);
        image.extents(from, end - from).whenComplete((page, thrown) -> {
            if (thrown != null) {
                loading--;
                regions.remove(index, region);
                answer(region);
                return;
            }
            take(index, region, page);
            if (page.nextBlock() < end && page.nextBlock() > from) {
                ask(index, region, page.nextBlock());
            } else {
                loading--;
                settle(region);
                answer(region);
            }
        });
    }

    private static void take(long index, Region region, RunPage page) {
        long base = index << REGION_BITS;
        for (BlockRun run : page.runs()) {
            long from = Math.max(0, run.firstBlock() - base);
            long to = Math.min(REGION_BLOCKS, run.endBlock() - base);
            if (from < to) {
                region.allocated.add(from, to);
            }
        }
    }

    private void settle(Region region) {
        region.known = true;
        region.allocated.runOptimize();
        region.bytes = region.allocated.getSizeInBytes() + 128;
        bytes += region.bytes;
        Iterator<Region> oldest = regions.values().iterator();
        while (bytes > maxBytes && oldest.hasNext()) {
            Region candidate = oldest.next();
            if (candidate.known && candidate != region) {
                oldest.remove();
                bytes -= candidate.bytes;
            }
        }
        lastIndex = -1;
        last = null;
    }

    /** A batch has put data into these blocks. */
    public void allocated(long firstBlock, long count) {
        long end = firstBlock + count;
        for (long index = firstBlock >> REGION_BITS; index << REGION_BITS < end; index++) {
            Region region = regions.get(index);
            if (region != null) {
                long base = index << REGION_BITS;
                region.allocated.add(Math.max(0, firstBlock - base), Math.min(REGION_BLOCKS, end - base));
            }
        }
    }

    /** A batch has unmapped these blocks; the count may be that of the whole image. */
    public void freed(long firstBlock, long count) {
        long end = firstBlock + count;
        for (Map.Entry<Long, Region> entry : regions.entrySet()) {
            long base = entry.getKey() << REGION_BITS;
            // A region under way may still be told of older data, which makes it know less, not wrong.
            if (base < end && base + REGION_BLOCKS > firstBlock) {
                entry.getValue().allocated.remove(Math.max(0, firstBlock - base), Math.min(REGION_BLOCKS, end - base));
            }
        }
    }

    int regions() {
        return regions.size();
    }
}

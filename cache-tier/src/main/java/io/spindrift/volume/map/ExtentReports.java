package io.spindrift.volume.map;

import io.netty.util.concurrent.EventExecutor;
import io.spindrift.block.BlockDevice.ExtentVisitor;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells which blocks of a volume are mapped: what is dirty is, what was unmapped is not, and the image says the rest, region by region. Where it can't
 * be asked, blocks count as mapped. By whole blocks, in slices, so that guests are served in between; a report ends after {@value #MOST_REGIONS} regions.
 *
 * <p>Made with the volume's data path; lives on the home loop; {@link #failAll} ends what is under way.
 */
public final class ExtentReports {
    static final int MOST_REGIONS = 16;
    private static final int SLICE_BLOCKS = 8_192;

    private final EventExecutor home;
    private final DirtyMap dirty;
    private final ExtentMap extents;
    private final List<Report> running = new ArrayList<>();

    public ExtentReports(EventExecutor home, DirtyMap dirty, ExtentMap extents) {
        this.home = home;
        this.dirty = dirty;
        this.extents = extents;
    }

    /** As {@link io.spindrift.block.BlockDevice#extents}. */
    public void report(long lba, long sectorCount, ExtentVisitor visitor, Completion completion) {
        Report report = new Report(lba, lba + sectorCount, visitor, completion);
        running.add(report);
        report.walk();
    }

    /** Fails what is under way. */
    public void failAll(BlockFailure failure) {
        for (Report report : List.copyOf(running)) {
            running.remove(report);
            report.completion.failed(failure);
        }
    }

    private final class Report {
        private final long firstLba;
        private final long endLba;
        private final ExtentVisitor visitor;
        private final Completion completion;
        private final long limit;
        private long block;
        private boolean more = true;
        /** The image was asked about the region of {@link #block}, and if it is not known now, it can't be. */
        private boolean asked;

        Report(long lba, long endLba, ExtentVisitor visitor, Completion completion) {
            this.firstLba = lba;
            this.endLba = endLba;
            this.visitor = visitor;
            this.completion = completion;
            this.block = lba / DirtyMap.SECTORS;
            long end = (endLba + DirtyMap.SECTORS - 1) / DirtyMap.SECTORS;
            this.limit = Math.min(end, block + (long) MOST_REGIONS * ExtentMap.REGION_BLOCKS);
        }

        void walk() {
            if (!running.contains(this)) {
                return;
            }
            long sliceEnd = block + SLICE_BLOCKS;
            while (more && block < limit && block < sliceEnd) {
                int rest = (int) (Math.min(limit, sliceEnd) - block);
                int clean = dirty.cleanRun(block, rest);
                if (clean == 0) {
                    touched(rest);
                } else if (asked || extents.knows(block)) {
                    clean(clean);
                } else {
                    asked = true;
                    extents.want(block, () -> home.execute(this::walk));
                    return;
                }
            }
            if (more && block < limit) {
                home.execute(this::walk);
            } else {
                running.remove(this);
                completion.done();
            }
        }

        /** Blocks that only the image has, if any. */
        private void clean(int count) {
            int run = (int) Math.min(count, extents.regionEnd(block) - block);
            if (!extents.knows(block)) {
                tell(run, true);
                return;
            }
            int zeros = extents.zeroRun(block, run);
            if (zeros > 0) {
                tell(zeros, false);
            } else {
                tell(extents.dataRun(block, run), true);
            }
        }

        /** Blocks that were written or unmapped and are not so in the image. */
        private void touched(int count) {
            boolean mapped = isMapped(block);
            int run = 1;
            while (run < count && dirty.cleanRun(block + run, 1) == 0 && isMapped(block + run) == mapped) {
                run++;
            }
            tell(run, mapped);
        }

        private boolean isMapped(long touched) {
            if (dirty.wholePosition(touched) >= 0) {
                return true;
            }
            long[] sectors = dirty.partial(touched);
            if (sectors == null) {
                return false;
            }
            boolean shines = false;
            for (long sector : sectors) {
                if (sector >= 0) {
                    return true;
                }
                shines |= sector == DirtyMap.ABSENT;
            }
            return shines && !dirty.zero(touched) && extents.zeroRun(touched, 1) == 0;
        }

        private void tell(int blocks, boolean mapped) {
            long from = Math.max(firstLba, block * DirtyMap.SECTORS);
            block += blocks;
            asked = asked && (block & (ExtentMap.REGION_BLOCKS - 1)) != 0;
            more = visitor.extent(from, Math.min(endLba, block * DirtyMap.SECTORS) - from, mapped);
        }
    }
}

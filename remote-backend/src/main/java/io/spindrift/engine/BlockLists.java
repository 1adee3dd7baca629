package io.spindrift.engine;

import io.spindrift.engine.manifest.Manifest;
import io.spindrift.engine.map.BlockMap;
import io.spindrift.engine.map.Place;
import io.spindrift.engine.map.PlaceVisitor;
import io.spindrift.image.BlockRun;
import io.spindrift.image.RunPage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects blocks in order into one page of runs: at most so many runs, and so many blocks looked at, for each turn of the loop. */
final class BlockLists implements PlaceVisitor {
    private static final int MAX_LOOKED_AT = 1 << 20;

    private final List<BlockRun> runs = new ArrayList<>();
    private final long afterNumber;
    private long runFirst = -1;
    private long runEnd = -1;
    private int lookedAt;
    private long stoppedAt = -1;

    private BlockLists(long afterNumber) {
        this.afterNumber = afterNumber;
    }

    /** The runs of a range that hold data. */
    static RunPage data(BlockMap map, long firstBlock, long endBlock) {
        return new BlockLists(0).page(map, firstBlock, endBlock);
    }

    /**
     * The runs that changed after log entry {@code afterNumber}: those whose place is in a later entry, and those that a later entry
     * unmapped. The map alone knows the first, however many entries have been deleted since.
     */
    static RunPage changed(BlockMap map, List<Manifest.Unmap> unmaps, long afterNumber, long firstBlock, long endBlock) {
        RunPage written = new BlockLists(afterNumber).page(map, firstBlock, endBlock);
        List<BlockRun> all = new ArrayList<>(written.runs());
        for (Manifest.Unmap unmap : unmaps) {
            long first = Math.max(unmap.firstBlock(), firstBlock);
            long end = Math.min(unmap.firstBlock() + unmap.blockCount(), written.nextBlock());
            if (unmap.number() > afterNumber && first < end) {
                all.add(new BlockRun(first, end - first));
            }
        }
        if (all.size() == written.runs().size()) {
            return written;
        }
        all.sort(Comparator.comparingLong(BlockRun::firstBlock));
        return merged(all, written.nextBlock());
    }

    private static RunPage merged(List<BlockRun> sorted, long nextBlock) {
        List<BlockRun> runs = new ArrayList<>();
        long first = sorted.get(0).firstBlock();
        long end = sorted.get(0).endBlock();
        for (BlockRun run : sorted) {
            if (run.firstBlock() > end) {
                runs.add(new BlockRun(first, end - first));
                first = run.firstBlock();
                if (runs.size() == RunPage.MAX_RUNS) {
                    return new RunPage(runs, first);
                }
            }
            end = Math.max(end, run.endBlock());
        }
        runs.add(new BlockRun(first, end - first));
        return new RunPage(runs, nextBlock);
    }

    private RunPage page(BlockMap map, long firstBlock, long endBlock) {
        map.visit(firstBlock, endBlock, this);
        if (runFirst >= 0) {
            runs.add(new BlockRun(runFirst, runEnd - runFirst));
        }
        return new RunPage(runs, stoppedAt < 0 ? endBlock : stoppedAt);
    }

    @Override
    public boolean place(long block, long place) {
        if (++lookedAt > MAX_LOOKED_AT) {
            stoppedAt = block;
            return false;
        }
        if (Place.number(place) <= afterNumber) {
            return true;
        }
        if (block == runEnd) {
            runEnd++;
            return true;
        }
        if (runFirst >= 0) {
            if (runs.size() == RunPage.MAX_RUNS - 1) {
                stoppedAt = block;
                return false;
            }
            runs.add(new BlockRun(runFirst, runEnd - runFirst));
        }
        runFirst = block;
        runEnd = block + 1;
        return true;
    }
}

package io.spindrift.image;

/** Consecutive blocks of 4 KiB. @param blockCount 1 or more */
public record BlockRun(long firstBlock, long blockCount) {
    public BlockRun {
        if (firstBlock < 0 || blockCount < 1) {
            throw new IllegalArgumentException("not a run: " + firstBlock + " + " + blockCount);
        }
    }

    public long endBlock() {
        return firstBlock + blockCount;
    }
}

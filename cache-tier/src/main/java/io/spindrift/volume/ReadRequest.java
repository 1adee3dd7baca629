package io.spindrift.volume;

import io.netty.buffer.ByteBuf;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.image.ImageException;
import io.spindrift.volume.fetch.FetchWaiter;
import io.spindrift.volume.map.DirtyMap;

/**
 * A read that could not be served at once: where its bytes go, and how many blocks it still waits for. Made by {@link ReadPath}, on the home loop; ends
 * with its completion or when it is taken back, after which it never touches its buffer again.
 */
final class ReadRequest implements FetchWaiter {
    private final ReadPath path;
    final long lba;
    final int sectorCount;
    final Completion completion;
    final long startedNanos;
    private final int dstIndex;
    private ByteBuf dst;
    private int pendingBlocks;

    ReadRequest(ReadPath path, long lba, int sectorCount, ByteBuf dst, Completion completion, long startedNanos) {
        this.path = path;
        this.lba = lba;
        this.sectorCount = sectorCount;
        this.dst = dst;
        this.dstIndex = dst.writerIndex();
        this.completion = completion;
        this.startedNanos = startedNanos;
    }

    long firstBlock() {
        return lba / DirtyMap.SECTORS;
    }

    long endBlock() {
        return (lba + sectorCount + DirtyMap.SECTORS - 1) / DirtyMap.SECTORS;
    }

    ByteBuf dst() {
        return dst;
    }

    /** Where a sector of this request lies in {@link #dst}. */
    int index(long sector) {
        return dstIndex + (int) (sector - lba) * DirtyMap.SECTOR_BYTES;
    }

    /** How many of {@code count} blocks from {@code block} on, counted from the first, are asked for whole. */
    int wholeRun(long block, int count) {
        if (block * DirtyMap.SECTORS < lba) {
            return 0;
        }
        long end = (lba + sectorCount) / DirtyMap.SECTORS;
        return (int) Math.max(0, Math.min(count, end - block));
    }

    long firstSector(long block) {
        return Math.max(lba, block * DirtyMap.SECTORS);
    }

    long endSector(long block) {
        return Math.min(lba + sectorCount, (block + 1) * DirtyMap.SECTORS);
    }

    /** Takes what it asked for of {@code count} blocks whose bytes begin at {@code index} of {@code src}. */
    void take(long block, int count, ByteBuf src, int index) {
        long from = firstSector(block);
        long to = endSector(block + count - 1);
        int skipped = (int) (from - block * DirtyMap.SECTORS) * DirtyMap.SECTOR_BYTES;
        dst.setBytes(index(from), src, index + skipped, (int) (to - from) * DirtyMap.SECTOR_BYTES);
    }

    void takeZeros(long block, int count) {
        long from = firstSector(block);
        long to = endSector(block + count - 1);
        dst.setZero(index(from), (int) (to - from) * DirtyMap.SECTOR_BYTES);
    }

    /** {@code blocks} more have to come before this is done. */
    void await(int blocks) {
        pendingBlocks += blocks;
    }

    /** {@code blocks} have come. */
    void settled(int blocks) {
        pendingBlocks -= blocks;
        if (pendingBlocks == 0 && dst != null) {
            end();
            completion.done();
        }
    }

    @Override
    public boolean gone() {
        return dst == null;
    }

    @Override
    public void arrived(long firstBlock, int count, ByteBuf data, int index) {
        path.arrived(this, firstBlock, count, data, index);
        settled(count);
    }

    @Override
    public void again(long firstBlock, int count) {
        path.resolve(this, firstBlock, firstBlock + count);
        settled(count);
    }

    @Override
    public void failed(ImageException failure) {
        fail(Failures.block(failure));
    }

    void fail(BlockFailure failure) {
        if (dst != null) {
            end();
            completion.failed(failure);
        }
    }

    /** Lets go of the buffer, without a completion where the caller gives none. */
    void end() {
        dst = null;
        path.ended(this);
    }
}

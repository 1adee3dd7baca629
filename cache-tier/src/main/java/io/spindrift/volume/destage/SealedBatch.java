package io.spindrift.volume.destage;

import io.netty.buffer.ByteBuf;
import io.spindrift.image.Batch;
import io.spindrift.image.Batch.BatchExtent;
import io.spindrift.image.BlockBytes;
import io.spindrift.image.ImageException;
import io.spindrift.volume.map.DirtyMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A cut that is complete: the last version of each of its blocks at one sequence. Kept until the image has it and the cache reflects it, so that it
 * can be sent again and later cuts can fill their blocks from it. Made by a {@link BatchBuilder}, released by the {@link Destager}.
 */
final class SealedBatch {
    /** Blocks in one buffer. */
    static final int CHUNK_BLOCKS = BatchMemory.PIECE_BLOCKS;

    /** How far a batch has come. */
    enum State { WAITING, SENT, FAILED, APPLIED }

    final long from;
    final long to;
    /** Data of the journal before this position is in this batch or an earlier one. */
    final long endPosition;
    final long[] blocks;
    /** Of each block: the journal's own where the block was written whole. */
    private final int[] checksums;
    private final ByteBuf[] chunks;
    private final long[] zeroStarts;
    private final long[] zeroEnds;
    State state = State.WAITING;
    ImageException failure;

    SealedBatch(long from, long to, long endPosition, DirtyMap cut, long[] blocks, int[] checksums, ByteBuf[] chunks) {
        this.from = from;
        this.to = to;
        this.endPosition = endPosition;
        this.blocks = blocks;
        this.checksums = checksums;
        this.chunks = chunks;
        this.zeroStarts = new long[cut.zeroExtents()];
        this.zeroEnds = new long[zeroStarts.length];
        for (int at = 0; at < zeroStarts.length; at++) {
            zeroStarts[at] = cut.zeroStart(at);
            zeroEnds[at] = cut.zeroEnd(at);
        }
    }

    ByteBuf buffer(int at) {
        return chunks[at / CHUNK_BLOCKS];
    }

    /** The blocks from {@code at} on that lie in one buffer. */
    BlockBytes bytes(int at) {
        return new BlockBytes(buffer(at), offset(at), checksums, at);
    }

    static int offset(int at) {
        return at % CHUNK_BLOCKS * DirtyMap.BLOCK_BYTES;
    }

    int zeroRanges() {
        return zeroStarts.length;
    }

    long zeroStart(int at) {
        return zeroStarts[at];
    }

    long zeroEnd(int at) {
        return zeroEnds[at];
    }

    /** Copies this batch's version of a block. @return whether it has one */
    boolean copy(long block, ByteBuf dst, int dstIndex) {
        int at = Arrays.binarySearch(blocks, block);
        if (at >= 0) {
            dst.setBytes(dstIndex, buffer(at), offset(at), DirtyMap.BLOCK_BYTES);
            return true;
        }
        int zero = Arrays.binarySearch(zeroStarts, block);
        int candidate = zero >= 0 ? zero : -zero - 2;
        if (candidate >= 0 && block < zeroEnds[candidate]) {
            dst.setZero(dstIndex, DirtyMap.BLOCK_BYTES);
            return true;
        }
        return false;
    }

    long dataBytes() {
        return (long) blocks.length * DirtyMap.BLOCK_BYTES;
    }

    /** The batch for the image, with buffers of its own count. */
    Batch toBatch(long epoch) {
        List<BatchExtent> extents = new ArrayList<>();
        int zero = 0;
        int at = 0;
        long done = 0;
        while (at < blocks.length || zero < zeroStarts.length) {
            long nextData = at < blocks.length ? blocks[at] : Long.MAX_VALUE;
            long nextZero = zero < zeroStarts.length ? Math.max(done, zeroStarts[zero]) : Long.MAX_VALUE;
            if (nextZero < nextData) {
                long end = Math.min(zeroEnds[zero], nextData);
                if (end > nextZero) {
                    extents.add(new BatchExtent(nextZero, end - nextZero, null));
                }
                done = Math.max(done, end);
            } else {
                int run = run(at);
                ByteBuf data = buffer(at).retainedSlice(offset(at), run * DirtyMap.BLOCK_BYTES);
                extents.add(new BatchExtent(nextData, run, data, Arrays.copyOfRange(checksums, at, at + run)));
                at += run;
                done = nextData + run;
            }
            while (zero < zeroStarts.length && zeroEnds[zero] <= done) {
                zero++;
            }
        }
        return new Batch(epoch, from, to, extents);
    }

    /** How many blocks from {@code at} on are neighbours, in the image and in one buffer. */
    int run(int at) {
        int limit = Math.min(blocks.length, (at / CHUNK_BLOCKS + 1) * CHUNK_BLOCKS);
        int next = at + 1;
        while (next < limit && blocks[next] == blocks[next - 1] + 1) {
            next++;
        }
        return next - at;
    }

    void release() {
        for (ByteBuf chunk : chunks) {
            chunk.release();
        }
    }
}

package io.spindrift.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.image.BlockChecksums;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.Image;
import io.spindrift.image.ReadResult;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What a read brought, in bytes: number of runs u32, for each its blocks u32 and owner (16 bytes, zero for nobody), then the CRC32C u32 of each
 * block that has an owner, then the data of those blocks. Zeros do not travel. The data is never copied here. The receiver compares it with the
 * checksums, which are those of the segment.
 */
public final class ReadCodec {
    private static final int RUN_BYTES = 20;
    private static final int ZERO_BYTES = 256 << 10;
    private static final ByteBuf ZEROS =
            Unpooled.unreleasableBuffer(Unpooled.directBuffer(ZERO_BYTES).writeZero(ZERO_BYTES).asReadOnly());

    private ReadCodec() {}

    /** Makes the body. Takes over the result's buffer. */
    public static ByteBuf encode(ByteBufAllocator allocator, ReadResult result) {
        List<ReadResult.OwnedRun> runs = result.runs();
        ByteBuf head = allocator.directBuffer(Integer.BYTES + runs.size() * RUN_BYTES + ownedBlocks(runs) * Integer.BYTES);
        head.writeInt(runs.size());
        boolean zeros = false;
        for (ReadResult.OwnedRun run : runs) {
            head.writeInt(run.blockCount());
            WireCodec.putId(head, run.zeros() ? HistoryPoint.NO_LEASE : run.owner());
            zeros |= run.zeros();
        }
        putChecksums(head, result);
        CompositeByteBuf body = allocator.compositeBuffer(runs.size() + 16).addComponent(true, head);
        if (!zeros) {
            return body.addComponent(true, result.data());
        }
        for (ReadResult.OwnedRun run : runs) {
            ByteBuf bytes = result.data().readSlice(run.blockCount() * Image.BLOCK_BYTES);
            if (!run.zeros()) {
                body.addComponent(true, bytes.retain());
            }
        }
        result.data().release();
        return body;
    }

    private static void putChecksums(ByteBuf to, ReadResult result) {
        int block = 0;
        for (ReadResult.OwnedRun run : result.runs()) {
            for (int end = block + run.blockCount(); block < end; block++) {
                if (!run.zeros()) {
                    to.writeInt(result.checksums()[block]);
                }
            }
        }
    }

    private static int[] checksums(ByteBuf from, List<ReadResult.OwnedRun> runs, int blockCount) {
        int[] checksums = new int[blockCount];
        int block = 0;
        for (ReadResult.OwnedRun run : runs) {
            for (int end = block + run.blockCount(); block < end; block++) {
                checksums[block] = run.zeros() ? 0 : from.readInt();
            }
        }
        return checksums;
    }

    /** The first block of a result that is not what its checksum was taken of; -1 where all are. */
    private static long firstWrong(ByteBuf data, List<ReadResult.OwnedRun> runs, int[] checksums, long firstBlock) {
        int index = data.readerIndex();
        for (ReadResult.OwnedRun run : runs) {
            if (!run.zeros()) {
                int wrong = BlockChecksums.firstWrong(data, index, checksums, (int) (run.firstBlock() - firstBlock), run.blockCount());
                if (wrong >= 0) {
                    return run.firstBlock() + wrong;
                }
                index += run.blockCount() * Image.BLOCK_BYTES;
            }
        }
        return -1;
    }

    /**
     * Reads the answer to a read of {@code [firstBlock, firstBlock + blockCount)}. The result's data keeps {@code body} alive, which stays
     * the caller's to release.
     *
     * @throws WireException also where a block is not what its checksum was taken of: another connection asks again
     */
    public static ReadResult decode(ByteBufAllocator allocator, ByteBuf body, long firstBlock, int blockCount) throws WireException {
        int[][] checksums = new int[1][];
        List<ReadResult.OwnedRun> runs = WireCodec.whole(body.slice(), from -> {
            List<ReadResult.OwnedRun> read = runs(from, firstBlock, blockCount);
            checksums[0] = checksums(from, read, blockCount);
            from.skipBytes(ownedBlocks(read) * Image.BLOCK_BYTES);
            return read;
        });
        int owned = ownedBlocks(runs) * Image.BLOCK_BYTES;
        ByteBuf data = body.slice(body.writerIndex() - owned, owned);
        long wrong = firstWrong(data, runs, checksums[0], firstBlock);
        if (wrong >= 0) {
            throw new WireException("block " + wrong + " of a read is not what its checksum was taken of");
        }
        return new ReadResult(owned == blockCount * Image.BLOCK_BYTES ? data.retain() : withZeros(allocator, data, runs), runs, checksums[0]);
    }

    private static List<ReadResult.OwnedRun> runs(ByteBuf from, long firstBlock, int blockCount) throws WireException {
        int count = from.readInt();
        if (count < 1 || count > blockCount) {
            throw new WireException(Integer.toUnsignedString(count) + " runs for " + blockCount + " blocks");
        }
        List<ReadResult.OwnedRun> runs = new ArrayList<>(count);
        int told = 0;
        for (int i = 0; i < count; i++) {
            int blocks = from.readInt();
            UUID owner = WireCodec.id(from);
            if (blocks < 1 || blocks > blockCount - told) {
                throw new WireException("a run of " + blocks + " blocks in a read of " + blockCount);
            }
            runs.add(new ReadResult.OwnedRun(firstBlock + told, blocks, owner.equals(HistoryPoint.NO_LEASE) ? null : owner));
            told += blocks;
        }
        if (told != blockCount) {
            throw new WireException("runs of " + told + " blocks in a read of " + blockCount);
        }
        return runs;
    }

    private static int ownedBlocks(List<ReadResult.OwnedRun> runs) {
        int blocks = 0;
        for (ReadResult.OwnedRun run : runs) {
            blocks += run.zeros() ? 0 : run.blockCount();
        }
        return blocks;
    }

    private static ByteBuf withZeros(ByteBufAllocator allocator, ByteBuf data, List<ReadResult.OwnedRun> runs) {
        CompositeByteBuf all = allocator.compositeBuffer(Math.max(16, 2 * runs.size() + Image.MAX_READ_BLOCKS * Image.BLOCK_BYTES / ZERO_BYTES));
        for (ReadResult.OwnedRun run : runs) {
            int left = run.blockCount() * Image.BLOCK_BYTES;
            if (!run.zeros()) {
                all.addComponent(true, data.readRetainedSlice(left));
                continue;
            }
            for (; left > 0; left -= Math.min(left, ZERO_BYTES)) {
                all.addComponent(true, ZEROS.slice(0, Math.min(left, ZERO_BYTES)));
            }
        }
        return all;
    }
}

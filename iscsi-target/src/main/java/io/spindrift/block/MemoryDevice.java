package io.spindrift.block;

import io.netty.buffer.ByteBuf;
import io.netty.util.collection.LongObjectHashMap;
import java.util.Arrays;

/**
 * A disk in memory, for tests and measurement. Sparse: pieces of 64 KiB come into being when something other than zeros is
 * written into them and go when they are unmapped whole, so the capacity may be any. Answers before the method returns.
 *
 * <p>Made by whoever needs it and used on one thread, the home loop of the target it belongs to; nothing outlives it.
 */
public final class MemoryDevice extends LocalDevice {
    private static final int PIECE_SHIFT = 16;
    private static final int PIECE_LENGTH = 1 << PIECE_SHIFT;

    private final long limitBytes;
    private final LongObjectHashMap<byte[]> pieces = new LongObjectHashMap<>();

    public MemoryDevice(BlockGeometry geometry) {
        this(geometry, Long.MAX_VALUE);
    }

    /** @param limitBytes how much memory the data may take; a write that needs more fails with FULL */
    public MemoryDevice(BlockGeometry geometry, long limitBytes) {
        super(geometry);
        this.limitBytes = limitBytes;
    }

    /** Memory that the data takes now. */
    public long allocatedBytes() {
        return (long) pieces.size() * PIECE_LENGTH;
    }

    @Override
    public void read(long lba, int blockCount, ByteBuf dst, Completion completion) {
        if (!admit(lba, blockCount, dst.writableBytes(), completion)) {
            return;
        }
        long offset = lba * geometry().blockLength();
        int left = blockCount * geometry().blockLength();
        int index = dst.writerIndex();
        while (left > 0) {
            int within = (int) (offset & (PIECE_LENGTH - 1));
            int length = Math.min(left, PIECE_LENGTH - within);
            byte[] piece = pieces.get(offset >>> PIECE_SHIFT);
            if (piece == null) {
                dst.setZero(index, length);
            } else {
                dst.setBytes(index, piece, within, length);
            }
            offset += length;
            index += length;
            left -= length;
        }
        completion.done();
    }

    @Override
    public void write(long lba, int blockCount, ByteBuf src, boolean fua, Completion completion) {
        if (!admit(lba, blockCount, src.readableBytes(), completion)) {
            return;
        }
        long offset = lba * geometry().blockLength();
        int left = blockCount * geometry().blockLength();
        int index = src.readerIndex();
        while (left > 0) {
            int within = (int) (offset & (PIECE_LENGTH - 1));
            int length = Math.min(left, PIECE_LENGTH - within);
            byte[] piece = pieceForWriting(offset >>> PIECE_SHIFT);
            if (piece == null) {
                completion.failed(BlockFailure.FULL);
                return;
            }
            src.getBytes(index, piece, within, length);
            offset += length;
            index += length;
            left -= length;
        }
        completion.done();
    }

    private byte[] pieceForWriting(long number) {
        byte[] piece = pieces.get(number);
        if (piece == null && allocatedBytes() + PIECE_LENGTH <= limitBytes) {
            piece = new byte[PIECE_LENGTH];
            pieces.put(number, piece);
        }
        return piece;
    }

    @Override
    public void flush(Completion completion) {
        if (admit(0, 0, completion)) {
            completion.done();
        }
    }

    @Override
    public void unmap(long lba, long blockCount, Completion completion) {
        if (!admit(lba, blockCount, completion)) {
            return;
        }
        long from = lba * geometry().blockLength();
        clear(from, from + blockCount * geometry().blockLength());
        completion.done();
    }

    /** A write is over before the method returns, and nothing survives a crash. */
    @Override
    public int atomicBytes() {
        return 1 << 30;
    }

    /** A piece that does not exist is deallocated; the pieces that the range's ends lie in count by what of them is asked for. */
    @Override
    public void extents(long lba, long blockCount, ExtentVisitor visitor, Completion completion) {
        if (!admit(lba, blockCount, completion)) {
            return;
        }
        int perPiece = PIECE_LENGTH / geometry().blockLength();
        long end = lba + blockCount;
        long at = lba;
        boolean more = true;
        while (at < end && more) {
            boolean mapped = pieces.containsKey(at / perPiece);
            long next = at;
            while (next < end && pieces.containsKey(next / perPiece) == mapped) {
                next = (next / perPiece + 1) * perPiece;
            }
            next = Math.min(next, end);
            more = visitor.extent(at, next - at, mapped);
            at = next;
        }
        completion.done();
    }

    @Override
    public void resize(long blockCount) {
        long before = geometry().capacityBytes();
        long after = blockCount * geometry().blockLength();
        if (after < before) {
            clear(after, before);
        }
        super.resize(blockCount);
    }

    /** Makes bytes {@code [from, to)} zeros, in time that follows what is allocated and not how long the range is. */
    private void clear(long from, long to) {
        if ((to - from) >>> PIECE_SHIFT > pieces.size()) {
            long[] numbers = new long[pieces.size()];
            int count = 0;
            for (var entry : pieces.entries()) {
                numbers[count++] = entry.key();
            }
            for (long number : numbers) {
                clearInPiece(number, from, to);
            }
        } else {
            for (long number = from >>> PIECE_SHIFT; number << PIECE_SHIFT < to; number++) {
                clearInPiece(number, from, to);
            }
        }
    }

    private void clearInPiece(long number, long from, long to) {
        long start = number << PIECE_SHIFT;
        long first = Math.max(from, start);
        long end = Math.min(to, start + PIECE_LENGTH);
        if (first >= end) {
            return;
        }
        if (end - first == PIECE_LENGTH) {
            pieces.remove(number);
            return;
        }
        byte[] piece = pieces.get(number);
        if (piece != null) {
            Arrays.fill(piece, (int) (first - start), (int) (end - start), (byte) 0);
        }
    }
}

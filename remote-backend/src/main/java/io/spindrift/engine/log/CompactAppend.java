package io.spindrift.engine.log;

import io.netty.buffer.ByteBuf;
import io.spindrift.engine.format.EntryContent;
import io.spindrift.engine.format.EntryKind;
import io.spindrift.engine.manifest.LeaseSpan;
import io.spindrift.engine.format.LogEntry;
import io.spindrift.image.BlockChecksums;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.store.StoreException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * Blocks on their way to a new place. Counts under the lease it was made under only, and block by block only where the map still names the
 * old place, so whatever is written meanwhile wins. Owns its buffer.
 */
public final class CompactAppend implements Append {
    private final LeaseSpan lease;
    private final Moves moves;
    private final ByteBuf data;
    private final LongSupplier timeMs;
    private final CompletableFuture<Void> result = new CompletableFuture<>();

    /** What moves, in rising order of the blocks. The checksums are those that the blocks were written with: damage is not made valid. */
    public record Moves(long[] blocks, long[] oldPlaces, int[] checksums) {
        public int count() {
            return blocks.length;
        }
    }

    /** @param data the blocks, in the order of {@code moves}; nothing where nothing moves, when the entry is there for its number only */
    public CompactAppend(LeaseSpan lease, Moves moves, ByteBuf data, LongSupplier timeMs) {
        this.lease = lease;
        this.moves = moves;
        this.data = data;
        this.timeMs = timeMs;
    }

    /** Completes when the entry is in the log. */
    public CompletableFuture<Void> result() {
        return result;
    }

    @Override
    public boolean satisfied(ImageHistory history) {
        return false;
    }

    @Override
    public ImageException refused(ImageHistory history, long plannedSequence) {
        boolean same = history.lease().leaseId().equals(lease.leaseId()) && !history.deleted();
        return same ? null : new ImageException(ImageFailure.FENCED, "lease " + lease.epoch() + " is over: nothing is moved under it");
    }

    @Override
    public LogEntry entry(ImageChain chain, long number) {
        long[] first = new long[moves.count()];
        long[] count = new long[moves.count()];
        int extents = 0;
        for (long block : moves.blocks()) {
            if (extents > 0 && first[extents - 1] + count[extents - 1] == block) {
                count[extents - 1]++;
            } else {
                first[extents] = block;
                count[extents++] = 1;
            }
        }
        EntryContent content = new EntryContent(new long[0], new long[0], new int[0], Arrays.copyOf(first, extents), Arrays.copyOf(count, extents),
                moves.oldPlaces(), moves.checksums());
        return new LogEntry(EntryKind.COMPACT, chain.history().imageId(), number, lease.epoch(), lease.leaseId(), timeMs.getAsLong(),
                chain.map().allocatedBlocks(), chain.history().sizeBlocks(), null, content);
    }

    @Override
    public List<ByteBuffer> body(LogEntry entry) throws StoreException {
        int wrong = moves.count() == 0 ? -1 : BlockChecksums.firstWrong(data, data.readerIndex(), moves.checksums(), 0, moves.count());
        if (wrong >= 0) {
            // The old copy is good and would be given up for this one.
            throw new StoreException(StoreException.Kind.CORRUPT, "image " + entry.imageId() + ": block " + moves.blocks()[wrong]
                    + " is not what its checksum was taken of, nothing is moved");
        }
        return moves.count() == 0 ? List.of() : List.of(data.nioBuffer());
    }

    @Override
    public boolean pipelined() {
        return true;
    }

    @Override
    public int dataBytes() {
        return data.readableBytes();
    }

    @Override
    public void done() {
        data.release();
        result.complete(null);
    }

    @Override
    public void failed(ImageException failure) {
        data.release();
        result.completeExceptionally(failure);
    }
}

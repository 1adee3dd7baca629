package io.spindrift.engine.log;

import io.netty.buffer.ByteBuf;
import io.spindrift.engine.format.EntryContent;
import io.spindrift.engine.format.EntryKind;
import io.spindrift.engine.format.LogEntry;
import io.spindrift.image.Batch;
import io.spindrift.image.Batch.BatchExtent;
import io.spindrift.image.Image;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.store.StoreException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/** One batch on its way into the log. Owns the batch's buffers. */
public final class BatchAppend implements Append {
    private final Batch batch;
    private final UUID leaseId;
    private final LongSupplier timeMs;
    private final CompletableFuture<Long> result;
    private final int dataBytes;

    /** @param batch checked by {@link #problem} */
    public BatchAppend(Batch batch, UUID leaseId, LongSupplier timeMs, CompletableFuture<Long> result) {
        this.batch = batch;
        this.leaseId = leaseId;
        this.timeMs = timeMs;
        this.result = result;
        int bytes = 0;
        for (BatchExtent extent : batch.extents()) {
            bytes += extent.unmapped() ? 0 : extent.data().readableBytes();
        }
        dataBytes = bytes;
    }

    /** What is malformed about a batch, whatever the image's state; null where nothing is. */
    public static String problem(Batch batch, long sizeBlocks) {
        if (batch.fromSequence() < 0 || batch.toSequence() <= batch.fromSequence()) {
            return "a batch is (from, to], not (" + batch.fromSequence() + ", " + batch.toSequence() + "]";
        }
        if (batch.extents().size() > Batch.MAX_EXTENTS) {
            return "a batch has at most " + Batch.MAX_EXTENTS + " extents, not " + batch.extents().size();
        }
        long end = 0;
        long bytes = 0;
        for (BatchExtent extent : batch.extents()) {
            long first = extent.firstBlock();
            long count = extent.blockCount();
            if (first < end || count < 1 || count > sizeBlocks || first > sizeBlocks - count) {
                return "extent " + first + " + " + count + " is out of order, overlaps or lies outside of " + sizeBlocks + " blocks";
            }
            if (!extent.unmapped() && extent.data().readableBytes() != count * Image.BLOCK_BYTES) {
                return "extent " + first + " + " + count + " brings " + extent.data().readableBytes() + " bytes";
            }
            if (!extent.unmapped() && extent.checksums().length != count) {
                return "extent " + first + " + " + count + " brings " + extent.checksums().length + " checksums";
            }
            end = first + count;
            bytes += extent.unmapped() ? 0 : count * Image.BLOCK_BYTES;
        }
        return bytes > Batch.MAX_DATA_BYTES ? "a batch has at most " + Batch.MAX_DATA_BYTES + " bytes, not " + bytes : null;
    }

    @Override
    public boolean satisfied(ImageHistory history) {
        return isMine(history) && history.appliedSequence() >= batch.toSequence();
    }

    private boolean isMine(ImageHistory history) {
        return history.lease().epoch() == batch.epoch() && history.lease().leaseId().equals(leaseId);
    }

    @Override
    public ImageException refused(ImageHistory history, long plannedSequence) {
        if (!isMine(history)) {
            return new ImageException(ImageFailure.FENCED, "lease " + batch.epoch() + " is over: lease " + history.lease().epoch() + " is held by "
                    + history.lease().facts().hostName());
        }
        if (history.lease().released()) {
            return new ImageException(ImageFailure.FENCED, "lease " + batch.epoch() + " was given back");
        }
        if (batch.fromSequence() != plannedSequence) {
            return new ImageException(ImageFailure.INVALID, "batch (" + batch.fromSequence() + ", " + batch.toSequence() + "] does not follow "
                    + plannedSequence);
        }
        return null;
    }

    @Override
    public long sequenceAfter(long plannedSequence) {
        return batch.toSequence();
    }

    @Override
    public boolean verified() {
        return false;
    }

    @Override
    public boolean pipelined() {
        return true;
    }

    @Override
    public int dataBytes() {
        return dataBytes;
    }

    int extentCount() {
        return batch.extents().size();
    }

    @Override
    public LogEntry entry(ImageChain chain, long number) {
        return entry(chain, number, List.of(this));
    }

    /** One entry for several batches, a cut each; blocks are not merged across cuts. */
    static LogEntry entry(ImageChain chain, long number, List<BatchAppend> batches) {
        int extents = 0;
        int bytes = 0;
        for (BatchAppend one : batches) {
            extents += one.extentCount();
            bytes += one.dataBytes;
        }
        long[] from = new long[batches.size()];
        long[] to = new long[batches.size()];
        int[] cutExtents = new int[batches.size()];
        long[] first = new long[extents];
        long[] count = new long[extents];
        int[] checksums = new int[bytes / Image.BLOCK_BYTES];
        int slot = 0;
        int at = 0;
        for (int i = 0; i < from.length; i++) {
            Batch batch = batches.get(i).batch;
            from[i] = batch.fromSequence();
            to[i] = batch.toSequence();
            cutExtents[i] = batch.extents().size();
            for (BatchExtent extent : batch.extents()) {
                first[at] = extent.firstBlock();
                count[at++] = extent.blockCount() | (extent.unmapped() ? EntryContent.UNMAPPED : 0);
                if (!extent.unmapped()) {
                    System.arraycopy(extent.checksums(), 0, checksums, slot, extent.checksums().length);
                    slot += extent.checksums().length;
                }
            }
        }
        EntryContent content = new EntryContent(from, to, cutExtents, first, count, null, checksums);
        BatchAppend head = batches.get(0);
        return new LogEntry(EntryKind.SEGMENT, chain.history().imageId(), number, head.batch.epoch(), head.leaseId, head.timeMs.getAsLong(),
                chain.map().allocatedBlocks(), chain.history().sizeBlocks(), null, content);
    }

    @Override
    public List<ByteBuffer> body(LogEntry entry) throws StoreException {
        return body(entry, List.of(this));
    }

    /** Compares every block with the checksum that it came with, so that nothing that rotted on the way here becomes a good slot. */
    static List<ByteBuffer> body(LogEntry entry, List<BatchAppend> batches) throws StoreException {
        List<ByteBuffer> body = new ArrayList<>();
        for (BatchAppend one : batches) {
            long wrong = one.batch.firstWrong();
            if (wrong >= 0) {
                throw new StoreException(StoreException.Kind.CORRUPT, "image " + entry.imageId() + ", batch (" + one.batch.fromSequence() + ", "
                        + one.batch.toSequence() + "]: block " + wrong + " is not what its checksum was taken of, the batch is not applied");
            }
            for (BatchExtent extent : one.batch.extents()) {
                if (!extent.unmapped()) {
                    body.addAll(List.of(extent.data().nioBuffers()));
                }
            }
        }
        return body;
    }

    @Override
    public void done() {
        batch.release();
        result.complete(batch.toSequence());
    }

    @Override
    public void failed(ImageException failure) {
        batch.release();
        result.completeExceptionally(failure);
    }
}

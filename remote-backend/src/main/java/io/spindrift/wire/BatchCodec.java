package io.spindrift.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.spindrift.image.Batch;
import io.spindrift.image.Image;
import java.util.ArrayList;
import java.util.List;

/**
 * A batch in bytes: what it is, the table of its extents, then the data of all of them in the order of the table. The data is never
 * copied here: the sender's buffers go out as they are, the receiver's extents are slices of what came in.
 */
public final class BatchCodec {
    /** Epoch u64, from u64, to u64, number of extents u32. */
    static final int HEAD_BYTES = 28;

    /** First block u64, number of blocks u64, 1 with data or 0 unmapped u8. */
    static final int EXTENT_BYTES = 17;

    private BatchCodec() {}

    /** What is wrong with a batch before anybody need be asked, or null. */
    public static String fault(Batch batch) {
        if (batch.extents().size() > Batch.MAX_EXTENTS) {
            return "a batch of " + batch.extents().size() + " extents, more than " + Batch.MAX_EXTENTS;
        }
        long dataBytes = 0;
        for (Batch.BatchExtent extent : batch.extents()) {
            if (extent.blockCount() < 1 || extent.firstBlock() < 0) {
                return "an extent of a batch is no run of blocks: " + extent.firstBlock() + " + " + extent.blockCount();
            }
            if (!extent.unmapped()) {
                if (extent.data().readableBytes() != extent.blockCount() * Image.BLOCK_BYTES) {
                    return "an extent of a batch has " + extent.data().readableBytes() + " bytes for " + extent.blockCount() + " blocks";
                }
                dataBytes += extent.data().readableBytes();
            }
        }
        return dataBytes > Batch.MAX_DATA_BYTES ? "a batch of " + dataBytes + " bytes, more than " + Batch.MAX_DATA_BYTES : null;
    }

    /** Makes the body of a batch without fault. Takes over the batch's buffers. */
    public static ByteBuf encode(ByteBufAllocator allocator, Batch batch) {
        int extents = batch.extents().size();
        ByteBuf head = allocator.directBuffer(HEAD_BYTES + extents * EXTENT_BYTES);
        head.writeLong(batch.epoch()).writeLong(batch.fromSequence()).writeLong(batch.toSequence()).writeInt(extents);
        for (Batch.BatchExtent extent : batch.extents()) {
            head.writeLong(extent.firstBlock()).writeLong(extent.blockCount()).writeBoolean(!extent.unmapped());
        }
        CompositeByteBuf body = allocator.compositeBuffer(Math.max(16, extents + 1)).addComponent(true, head);
        for (Batch.BatchExtent extent : batch.extents()) {
            if (!extent.unmapped()) {
                body.addComponent(true, extent.data());
            }
        }
        return body;
    }

    /** Reads a batch; its extents hold slices that keep {@code body} alive, which stays the caller's to release. */
    public static Batch decode(ByteBuf body) throws WireException {
        Batch table = WireCodec.whole(body.slice(), from -> {
            Batch read = table(from);
            from.skipBytes((int) dataBytes(read));
            return read;
        });
        ByteBuf data = body.slice(body.writerIndex() - (int) dataBytes(table), (int) dataBytes(table));
        List<Batch.BatchExtent> extents = new ArrayList<>(table.extents().size());
        for (Batch.BatchExtent extent : table.extents()) {
            ByteBuf bytes = extent.unmapped() ? null : data.readRetainedSlice((int) extent.blockCount() * Image.BLOCK_BYTES);
            extents.add(new Batch.BatchExtent(extent.firstBlock(), extent.blockCount(), bytes));
        }
        return new Batch(table.epoch(), table.fromSequence(), table.toSequence(), extents);
    }

    /** The table alone: an extent that has data has an empty buffer here. */
    private static Batch table(ByteBuf from) throws WireException {
        long epoch = from.readLong();
        long fromSequence = from.readLong();
        long toSequence = from.readLong();
        int count = from.readInt();
        if (count < 0 || count > Batch.MAX_EXTENTS || count * EXTENT_BYTES > from.readableBytes()) {
            throw new WireException("a batch of " + Integer.toUnsignedString(count) + " extents in " + from.readableBytes() + " bytes");
        }
        List<Batch.BatchExtent> extents = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long firstBlock = from.readLong();
            long blockCount = from.readLong();
            boolean data = from.readBoolean();
            if (data && (blockCount < 1 || blockCount > Batch.MAX_DATA_BYTES / Image.BLOCK_BYTES)) {
                throw new WireException("an extent of a batch brings " + blockCount + " blocks");
            }
            extents.add(new Batch.BatchExtent(firstBlock, blockCount, data ? io.netty.buffer.Unpooled.EMPTY_BUFFER : null));
        }
        Batch table = new Batch(epoch, fromSequence, toSequence, extents);
        if (dataBytes(table) > Batch.MAX_DATA_BYTES) {
            throw new WireException("a batch of " + dataBytes(table) + " bytes, more than " + Batch.MAX_DATA_BYTES);
        }
        return table;
    }

    private static long dataBytes(Batch batch) {
        long bytes = 0;
        for (Batch.BatchExtent extent : batch.extents()) {
            bytes += extent.unmapped() ? 0 : extent.blockCount() * Image.BLOCK_BYTES;
        }
        return bytes;
    }
}

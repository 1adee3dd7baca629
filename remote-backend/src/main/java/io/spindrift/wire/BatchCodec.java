package io.spindrift.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.image.Batch;
import io.spindrift.image.Image;
import java.util.ArrayList;
import java.util.List;

/**
 * A batch in bytes: what it is, the table of its extents, the checksum of each block with data, then the data of all of them in the order of the
 * table. The data is never copied here: the sender's buffers go out as they are, the receiver's extents are slices of what came in. The checksums
 * are those that the batch has; whoever applies it compares the data with them.
 */
public final class BatchCodec {
    /** Epoch u64, from u64, to u64, number of extents u32. */
    static final int HEAD_BYTES = 28;

    /** First block u64, number of blocks u64, 1 with data or 0 unmapped u8. */
    static final int EXTENT_BYTES = 17;

    /** CRC32C u32. */
    static final int CHECKSUM_BYTES = 4;

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
                if (extent.checksums().length != extent.blockCount()) {
                    return "an extent of a batch has " + extent.checksums().length + " checksums for " + extent.blockCount() + " blocks";
                }
                dataBytes += extent.data().readableBytes();
            }
        }
        return dataBytes > Batch.MAX_DATA_BYTES ? "a batch of " + dataBytes + " bytes, more than " + Batch.MAX_DATA_BYTES : null;
    }

    /** Makes the body of a batch without fault. Takes over the batch's buffers. */
    public static ByteBuf encode(ByteBufAllocator allocator, Batch batch) {
        int extents = batch.extents().size();
        ByteBuf head = allocator.directBuffer(HEAD_BYTES + extents * EXTENT_BYTES + (int) (dataBytes(batch) / Image.BLOCK_BYTES) * CHECKSUM_BYTES);
        head.writeLong(batch.epoch()).writeLong(batch.fromSequence()).writeLong(batch.toSequence()).writeInt(extents);
        for (Batch.BatchExtent extent : batch.extents()) {
            head.writeLong(extent.firstBlock()).writeLong(extent.blockCount()).writeBoolean(!extent.unmapped());
        }
        for (Batch.BatchExtent extent : batch.extents()) {
            if (!extent.unmapped()) {
                for (int checksum : extent.checksums()) {
                    head.writeInt(checksum);
                }
            }
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
            extents.add(new Batch.BatchExtent(extent.firstBlock(), extent.blockCount(), bytes, extent.checksums()));
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
        long blocks = 0;
        for (int i = 0; i < count; i++) {
            long firstBlock = from.readLong();
            long blockCount = from.readLong();
            boolean data = from.readBoolean();
            if (data && (blockCount < 1 || blockCount > Batch.MAX_DATA_BYTES / Image.BLOCK_BYTES)) {
                throw new WireException("an extent of a batch brings " + blockCount + " blocks");
            }
            extents.add(new Batch.BatchExtent(firstBlock, blockCount, data ? Unpooled.EMPTY_BUFFER : null, data ? new int[(int) blockCount] : null));
            blocks += data ? blockCount : 0;
            if (blocks > Batch.MAX_DATA_BYTES / Image.BLOCK_BYTES) {
                throw new WireException("a batch of " + blocks + " blocks, more than " + Batch.MAX_DATA_BYTES / Image.BLOCK_BYTES);
            }
        }
        for (Batch.BatchExtent extent : extents) {
            for (int i = 0; !extent.unmapped() && i < extent.blockCount(); i++) {
                extent.checksums()[i] = from.readInt();
            }
        }
        return new Batch(epoch, fromSequence, toSequence, extents);
    }

    /** Good copies that are offered for damaged blocks. */
    public record Offer(long firstBlock, ByteBuf data, int[] checksums) {}

    /** Makes the body of an offer. Takes over {@code data}. */
    public static ByteBuf encodeRepair(ByteBufAllocator allocator, long firstBlock, ByteBuf data, int[] checksums) {
        ByteBuf head = allocator.directBuffer(Long.BYTES + Integer.BYTES + checksums.length * CHECKSUM_BYTES);
        head.writeLong(firstBlock).writeInt(checksums.length);
        for (int checksum : checksums) {
            head.writeInt(checksum);
        }
        return allocator.compositeBuffer(2).addComponent(true, head).addComponent(true, data);
    }

    /** Reads an offer, whose indices it moves; its data keeps {@code from} alive, which stays the caller's to release. */
    public static Offer decodeRepair(ByteBuf from) throws WireException {
        long firstBlock = from.readLong();
        int count = from.readInt();
        if (count < 1 || count > Image.MAX_READ_BLOCKS || from.readableBytes() != count * (CHECKSUM_BYTES + Image.BLOCK_BYTES)) {
            throw new WireException("an offer of " + Integer.toUnsignedString(count) + " blocks in " + from.readableBytes() + " bytes");
        }
        int[] checksums = new int[count];
        for (int i = 0; i < count; i++) {
            checksums[i] = from.readInt();
        }
        return new Offer(firstBlock, from.readRetainedSlice(count * Image.BLOCK_BYTES), checksums);
    }

    private static long dataBytes(Batch batch) {
        long bytes = 0;
        for (Batch.BatchExtent extent : batch.extents()) {
            bytes += extent.unmapped() ? 0 : extent.blockCount() * Image.BLOCK_BYTES;
        }
        return bytes;
    }
}

package io.spindrift.blockcache;

import io.netty.buffer.ByteBuf;
import io.spindrift.image.BlockBytes;
import io.spindrift.image.Image;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/**
 * The blocks, page by page in one file, and what is true of each slot, 32 bytes a slot in another: block, sequence and a checksum over both
 * and the data. Blocks are written with write(2), since a page dirtied through a mapping takes its whole large folio to the disk, and
 * read through a mapping; headers are stored through a mapping. Made at the open; read on the home loop, changed by whoever {@link CacheWriter} has do it,
 * one at a time.
 */
final class CacheSlab {
    static final int HEADER_BYTES = 32;
    private static final int BLOCK = Image.BLOCK_BYTES;
    /** Slots in one mapping: 1 GiB of blocks. */
    private static final int WINDOW_SHIFT = 18;
    private static final int WINDOW_SLOTS = 1 << WINDOW_SHIFT;
    /** Blocks that are written at once at most. */
    static final int MOST_TOGETHER = 64;
    /** A view of fewer costs more, in garbage, than their copy. */
    private static final int LEAST_UNCOPIED = 8;
    private final FileChannel data;
    private final FileChannel headerFile;
    private final int slots;
    private final MappedByteBuffer[] windows;
    private final MappedByteBuffer[] headers;
    private final CRC32C readCrc = new CRC32C();
    private final ByteBuffer copy = ByteBuffer.allocateDirect(MOST_TOGETHER * BLOCK);

    /** @param headerMode read only where the cache is only looked at */
    CacheSlab(FileChannel data, FileChannel headerFile, int slots, FileChannel.MapMode headerMode) throws IOException {
        this.data = data;
        this.headerFile = headerFile;
        this.slots = slots;
        int count = (slots + WINDOW_SLOTS - 1) >> WINDOW_SHIFT;
        windows = new MappedByteBuffer[count];
        headers = new MappedByteBuffer[count];
        for (int i = 0; i < count; i++) {
            long first = (long) i << WINDOW_SHIFT;
            long size = Math.min(WINDOW_SLOTS, slots - first);
            windows[i] = data.map(FileChannel.MapMode.READ_ONLY, first * BLOCK, size * BLOCK);
            headers[i] = headerFile.map(headerMode, first * HEADER_BYTES, size * HEADER_BYTES);
        }
    }

    /** The block that the slot's header names plus one; 0 for an empty slot. */
    long named(int slot) {
        return headers[slot >> WINDOW_SHIFT].getLong(at(slot));
    }

    private static int at(int slot) {
        return (slot & WINDOW_SLOTS - 1) * HEADER_BYTES;
    }

    /** Whether the slot holds this block with its checksum right. */
    boolean verify(int slot, long block) {
        MappedByteBuffer header = headers[slot >> WINDOW_SHIFT];
        if (header.getLong(at(slot)) != block + 1) {
            return false;
        }
        int start = (slot & WINDOW_SLOTS - 1) * BLOCK;
        MappedByteBuffer window = windows[slot >> WINDOW_SHIFT];
        window.limit(start + BLOCK).position(start);
        readCrc.reset();
        readCrc.update(window);
        return header.getInt(at(slot) + 16) == check((int) readCrc.getValue(), block, header.getLong(at(slot) + 8));
    }

    /** As {@link #verify(int, long)}, of bytes that were read from the slot before. */
    boolean verify(int slot, long block, ByteBuffer bytes) {
        MappedByteBuffer header = headers[slot >> WINDOW_SHIFT];
        readCrc.reset();
        readCrc.update(bytes);
        return header.getLong(at(slot)) == block + 1 && header.getInt(at(slot) + 16) == check((int) readCrc.getValue(), block, header.getLong(at(slot) + 8));
    }

    /** What tells one version of a slot from the next. */
    int stamp(int slot) {
        return headers[slot >> WINDOW_SHIFT].getInt(at(slot) + 16);
    }

    /** Whether a read of the slot's bytes would not wait for the disk. */
    boolean inMemory(int slot) {
        return windows[slot >> WINDOW_SHIFT].clear().slice((slot & WINDOW_SLOTS - 1) * BLOCK, BLOCK).isLoaded();
    }

    /** Fills {@code dst} with the bytes of consecutive slots; any thread. */
    void fill(int slot, ByteBuffer dst) throws IOException {
        for (long at = (long) slot * BLOCK; dst.hasRemaining();) {
            int count = data.read(dst, at);
            if (count < 0) {
                throw new EOFException("the slab ends at " + at);
            }
            at += count;
        }
    }

    /** The checksum of the data, bound to where and when it belongs. */
    private static int check(int dataCrc, long block, long sequence) {
        long mixed = (block + 1) * 0x9E3779B97F4A7C15L + sequence * 0xC2B2AE3D27D4EB4FL;
        return dataCrc ^ (int) (mixed ^ mixed >>> 32);
    }

    /** The CRC32C that the slot's data must have, as its header says. */
    int expected(int slot) {
        MappedByteBuffer header = headers[slot >> WINDOW_SHIFT];
        return check(header.getInt(at(slot) + 16), header.getLong(at(slot)) - 1, header.getLong(at(slot) + 8));
    }

    /** The CRC32C of the data of a slot, read from the file: away from the loop, beside everything else. @param block takes 4096 bytes */
    int read(int slot, ByteBuffer block) throws IOException {
        fill(slot, block.clear());
        CRC32C sum = new CRC32C();
        sum.update(block.flip());
        return (int) sum.getValue();
    }

    /** How many slots from this one on lie in one mapping. */
    int together(int slot) {
        return Math.min(slots - slot, WINDOW_SLOTS - (slot & WINDOW_SLOTS - 1));
    }

    /** Copies the blocks of consecutive slots of one mapping. */
    void copy(int slot, int count, ByteBuf dst, int dstIndex) {
        int start = (slot & WINDOW_SLOTS - 1) * BLOCK;
        MappedByteBuffer window = windows[slot >> WINDOW_SHIFT];
        window.limit(start + count * BLOCK).position(start);
        dst.setBytes(dstIndex, window);
    }

    /** Writes neighbours into consecutive slots of one mapping, then their headers: a death in between leaves checksums that are wrong. */
    void put(int slot, int count, long firstBlock, long sequence, BlockBytes src) throws IOException {
        ByteBuf from = src.bytes();
        boolean asItIs = count >= LEAST_UNCOPIED && from.nioBufferCount() == 1 && from.isDirect();
        ByteBuffer bytes = asItIs ? from.nioBuffer(src.index(), count * BLOCK) : copied(from, src.index(), count);
        long position = (long) slot * BLOCK;
        while (bytes.hasRemaining()) {
            position += data.write(bytes, position);
        }
        MappedByteBuffer header = headers[slot >> WINDOW_SHIFT];
        for (int i = 0; i < count; i++) {
            header.putLong(at(slot + i), firstBlock + i + 1).putLong(at(slot + i) + 8, sequence);
            header.putInt(at(slot + i) + 16, check(src.checksum(i), firstBlock + i, sequence));
        }
    }

    private ByteBuffer copied(ByteBuf src, int srcIndex, int count) {
        src.getBytes(srcIndex, copy.clear().limit(count * BLOCK));
        return copy.flip();
    }

    void forget(int slot) {
        headers[slot >> WINDOW_SHIFT].putLong(at(slot), 0);
    }

    /** What was put or forgotten before is durable when it returns; puts may go on meanwhile. A file's sync takes what was stored through mappings. */
    void force() throws IOException {
        data.force(true);
        headerFile.force(true);
    }

    void unmap() {
        for (int i = 0; i < windows.length; i++) {
            CacheState.unmap(windows[i]);
            CacheState.unmap(headers[i]);
        }
    }
}

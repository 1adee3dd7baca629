package io.spindrift.image;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The CRC32C of blocks, one each. It is taken once, when a block's bytes are appended to a host's journal, and goes with them from there: into the batch,
 * over the wire, into the segment, and back with a read into the host's cache. Whoever hands bytes on compares them with it and never makes it anew,
 * so that what rots in somebody's memory on the way is found as well. Stateless; any thread.
 */
public final class BlockChecksums {
    private BlockChecksums() {}

    /** Of the 4096 bytes at the absolute index {@code index}; indices are not moved. */
    public static int of(ByteBuf bytes, int index) {
        CRC32C crc = new CRC32C();
        if (bytes.nioBufferCount() == 1) {
            crc.update(bytes.nioBuffer(index, Image.BLOCK_BYTES));
        } else {
            for (ByteBuffer part : bytes.nioBuffers(index, Image.BLOCK_BYTES)) {
                crc.update(part);
            }
        }
        return (int) crc.getValue();
    }

    /** Of all blocks in the readable bytes. For those who make blocks; who hands them on has their checksums. */
    public static int[] ofAll(ByteBuf blocks) {
        int[] checksums = new int[blocks.readableBytes() / Image.BLOCK_BYTES];
        for (int at = 0; at < checksums.length; at++) {
            checksums[at] = of(blocks, blocks.readerIndex() + at * Image.BLOCK_BYTES);
        }
        return checksums;
    }

    /**
     * Compares blocks with their checksums.
     *
     * @param index of the first block's first byte
     * @param at index of its checksum
     * @return the first block, counted from 0, that is not what its checksum was taken of; -1 where all are
     */
    public static int firstWrong(ByteBuf blocks, int index, int[] checksums, int at, int count) {
        ByteBuffer whole = blocks.nioBufferCount() == 1 ? blocks.nioBuffer(index, count * Image.BLOCK_BYTES) : null;
        CRC32C crc = new CRC32C();
        for (int block = 0; block < count; block++) {
            if (whole != null) {
                crc.reset();
                whole.limit((block + 1) * Image.BLOCK_BYTES).position(block * Image.BLOCK_BYTES);
                crc.update(whole);
            }
            int found = whole != null ? (int) crc.getValue() : of(blocks, index + block * Image.BLOCK_BYTES);
            if (found != checksums[at + block]) {
                return block;
            }
        }
        return -1;
    }
}

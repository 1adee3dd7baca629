package io.spindrift.image;

import io.netty.buffer.ByteBuf;

/**
 * Blocks that lie one behind the other in a buffer, and the checksums that go with them. Owns nothing: valid as long as the buffer is.
 *
 * @param bytes holds the blocks from the absolute index {@code index} on
 * @param checksums CRC32C of each block, as of {@link BlockChecksums}, from {@code at} on
 */
public record BlockBytes(ByteBuf bytes, int index, int[] checksums, int at) {
    /** The blocks from the {@code blocks}th on. */
    public BlockBytes from(int blocks) {
        return blocks == 0 ? this : new BlockBytes(bytes, index + blocks * Image.BLOCK_BYTES, checksums, at + blocks);
    }

    /** One block that is made here and now: its checksum is taken. */
    public static BlockBytes of(ByteBuf bytes, int index) {
        return new BlockBytes(bytes, index, new int[] {BlockChecksums.of(bytes, index)}, 0);
    }

    public int checksum(int block) {
        return checksums[at + block];
    }

    public int index(int block) {
        return index + block * Image.BLOCK_BYTES;
    }
}

package io.spindrift.image;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;

/**
 * The storage side of a disk: named, versioned content that accepts ordered batches. Threads, buffers and failures are stated in the
 * package description. Requests may be pipelined; batches are applied in the order of their calls, a read sees at least the batches
 * that were done when it was asked for.
 */
public interface Image {
    /** Bytes in a block of an image. */
    int BLOCK_BYTES = 4096;

    /** Most blocks that one read may ask for: 4 MiB. */
    int MAX_READ_BLOCKS = 1024;

    /** Most bytes in a sidecar. */
    int MAX_SIDECAR_BYTES = 1 << 20;

    /** The image as it is now. */
    CompletableFuture<ImageInfo> info();

    /** Tells data from zeros: the runs of {@code [firstBlock, firstBlock + blockCount)} that hold data, a page at a time. */
    CompletableFuture<RunPage> extents(long firstBlock, long blockCount);

    /** @param blockCount 1 to {@link #MAX_READ_BLOCKS} */
    CompletableFuture<ReadResult> read(long firstBlock, int blockCount, ReadPriority priority);

    /** @return the applied sequence, which is the batch's {@code toSequence} or later: durable in the image */
    CompletableFuture<Long> apply(Batch batch);

    /**
     * The blocks that changed after {@code point}, from {@code firstBlock} on, a page at a time; a page's {@code nextBlock} at
     * the image's block count is the last.
     *
     * @return null in place of a page where it can't be told ({@code point} is not on this image's history, or too long ago): whoever
     *     holds a copy of that point drops it
     */
    CompletableFuture<RunPage> changedSince(HistoryPoint point, long firstBlock);

    /**
     * Reads blocks where they are kept and compares them with their checksums, without bringing them. Behind everything else that is read.
     *
     * @param blockCount 1 to {@link #MAX_READ_BLOCKS}
     * @return the runs that are damaged: a read of them is CORRUPT
     */
    CompletableFuture<RunPage> verify(long firstBlock, int blockCount);

    /**
     * Offers good copies of damaged blocks. One is taken where the image's own copy is damaged and the offered one has the checksum that the image
     * knows of it, or the image has lost that; others are left alone, so an offer never does harm. The buffer is the image's from the call on.
     *
     * @param checksums CRC32C of each block, as of {@link BlockChecksums}; their number, 1 to {@link #MAX_READ_BLOCKS}, is that of the blocks in {@code data}
     * @return how many blocks were taken; durable in the image
     */
    CompletableFuture<Integer> repair(long firstBlock, ByteBuf data, int[] checksums);

    /**
     * Keeps a small named value with the image (a boot profile). Replaces; the last one wins.
     *
     * @param name 1 to 64 of {@code a-z 0-9 . -}
     * @param value at most {@link #MAX_SIDECAR_BYTES}
     */
    CompletableFuture<Void> writeSidecar(String name, byte[] value);

    /** @return the value, or null where there is none */
    CompletableFuture<byte[]> readSidecar(String name);

    /** Ends this object without giving anything back; requests under way fail with CLOSED. */
    CompletableFuture<Void> close();
}

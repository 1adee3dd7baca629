package io.spindrift.block;

import io.netty.buffer.ByteBuf;

/**
 * A disk: an array of logical blocks that are read, written, made durable and deallocated. Everything that a LUN is stacked
 * of speaks this. Threads, buffers and failures are stated in the package description.
 *
 * <p>Requests may overlap and complete in any order; what a read sees of a write that has not completed is old or new, block
 * by block. A read that begins after a write completed sees it. No block is ever torn.
 */
public interface BlockDevice {
    BlockGeometry geometry();

    Readiness readiness();

    /**
     * Reads {@code blockCount} blocks into {@code dst}, at the absolute index {@code dst.writerIndex()} on.
     *
     * @param dst has at least {@code blockCount * blockLength} writable bytes; its indices are not moved
     */
    void read(long lba, int blockCount, ByteBuf dst, Completion completion);

    /**
     * Writes {@code blockCount} blocks from {@code src}, from the absolute index {@code src.readerIndex()} on. Done means that the
     * write survives the death of this process; with {@code fua}, that it survives power loss.
     *
     * @param src holds at least {@code blockCount * blockLength} readable bytes; its indices are not moved
     */
    void write(long lba, int blockCount, ByteBuf src, boolean fua, Completion completion);

    /** Makes every write and unmap that completed before this call survive power loss (SBC-4 5.34, SYNCHRONIZE CACHE). */
    void flush(Completion completion);

    /**
     * Deallocates; afterwards the blocks read as zeros (LBPRZ = 1), also where the range is not aligned to physical blocks.
     * As durable as a write without FUA.
     */
    void unmap(long lba, long blockCount, Completion completion);

    /**
     * Most bytes that one write changes as a whole: whoever reads the device, and whoever opens it after a crash, finds all of it or nothing. A
     * multiple of the block length.
     */
    default int atomicBytes() {
        return geometry().blockLength();
    }

    /** Is told which blocks have a place of their own. */
    interface ExtentVisitor {
        /**
         * The next run; the first begins at the block that was asked for, each other where the one before ended.
         *
         * @param mapped false where the blocks are deallocated, and read as zeros therefore; true where they have data or where it is not known
         * @return whether to go on
         */
        boolean extent(long lba, long blockCount, boolean mapped);
    }

    /**
     * Tells mapped blocks from deallocated ones, from {@code lba} on. Two runs that touch may be of one kind. It may end before the range does, with at
     * least one run told; done comes after the last.
     *
     * @param blockCount 1 or more
     */
    default void extents(long lba, long blockCount, ExtentVisitor visitor, Completion completion) {
        visitor.extent(lba, blockCount, true);
        completion.done();
    }

    /**
     * Brings blocks near, so that a read of them does not wait. Changes nothing that is seen.
     *
     * @param completion done where all of them are near now; fails with FULL where there is no room to keep them all, and what there is room for is
     *     near
     */
    default void preFetch(long lba, long blockCount, Completion completion) {
        completion.done();
    }

    /**
     * Takes back the request that was given {@code completion}, where it has not begun to change anything.
     *
     * @return true: the request will have no effect, its completion is never called and its buffer is no longer used; false: it
     *     ends in its own time
     */
    default boolean cancel(Completion completion) {
        return false;
    }

    /** Names the one listener; null removes it. */
    void listen(DeviceListener listener);

    /**
     * Ends the device: requests that wait fail with CLOSED, those that run end first. Later calls fail with CLOSED; a second
     * close is done at once.
     */
    void close(Completion completion);
}

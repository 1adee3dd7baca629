package io.spindrift.engine.map;

/** Where each block of an image lies. Belongs to one thread. */
public interface BlockMap {
    /** The block's {@link Place}; {@link Place#NONE} where it reads as zeros. */
    long get(long block);

    /** @return the place the block had before */
    long put(long block, long place);

    /**
     * Forgets {@code [firstBlock, firstBlock + blockCount)}; takes time for what is there, not for what is not.
     *
     * @param forgotten sees every block that had a place; its answer is not looked at
     */
    void unmap(long firstBlock, long blockCount, PlaceVisitor forgotten);

    /** Shows the blocks of {@code [firstBlock, endBlock)} that have a place, in order, until the visitor answers false. */
    void visit(long firstBlock, long endBlock, PlaceVisitor visitor);

    /** Blocks that have a place. */
    long allocatedBlocks();
}

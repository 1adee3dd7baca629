package io.spindrift.block;

/**
 * What is told when a request ends. Exactly one of the two methods is called, exactly once, on the device's home loop;
 * neither is called for a request that {@link BlockDevice#cancel} removed.
 */
public interface Completion {
    /** The request was carried out whole. */
    void done();

    /** The request was not carried out, or not whole; a failed write may have changed any of its blocks, each to old or new. */
    void failed(BlockFailure failure);
}

package io.spindrift.image;

/**
 * The answer to "where is this block?".
 *
 * @param object the object's name in the store; null where the block is unallocated and reads as zeros
 * @param offsetBytes of the block's bytes in the object
 * @param lengthBytes that they take there (4096 where they are stored as they are)
 */
public record BlockPlace(String object, long offsetBytes, int lengthBytes) {}

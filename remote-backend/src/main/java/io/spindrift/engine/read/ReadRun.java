package io.spindrift.engine.read;

/** Consecutive blocks that lie in consecutive slots of one segment. @param destination where in the result, in bytes */
record ReadRun(long firstBlock, int blockCount, long number, int slot, int destination) {}

package io.spindrift.volume.destage;

import io.netty.util.concurrent.EventExecutor;

/**
 * Where a destage lives.
 *
 * @param home its volume's loop
 * @param memory what it builds batches in, shared with other volumes
 */
public record DestageHost(EventExecutor home, BatchMemory memory) {}

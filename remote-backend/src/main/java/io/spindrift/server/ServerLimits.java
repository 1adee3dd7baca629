package io.spindrift.server;

import io.spindrift.image.Batch;
import io.spindrift.image.Image;

/**
 * How much a storage server takes on.
 *
 * @param maxConnections at a time
 * @param maxConnectionsPerAddress at a time
 * @param maxRequests of one connection that are not answered; past it the connection is not read
 * @param readBytes of one connection that are being read or wait to be sent; past it reads wait, demand last
 * @param batchBytes of one connection's batches that are coming in or being applied; told to the client, which keeps to it
 * @param batchBytesTotal of all connections together; past it a connection that begins a batch is not read until there is room
 */
public record ServerLimits(
        int maxConnections, int maxConnectionsPerAddress, int maxRequests, long readBytes, long batchBytes, long batchBytesTotal) {
    private static final long LARGEST_BATCH = Batch.MAX_DATA_BYTES + (1 << 20);

    public ServerLimits {
        atLeast("connections", maxConnections, 1);
        atLeast("connections for an address", maxConnectionsPerAddress, 1);
        atLeast("requests of a connection", maxRequests, 16);
        atLeast("read bytes of a connection", readBytes, 2L * Image.MAX_READ_BLOCKS * Image.BLOCK_BYTES);
        atLeast("batch bytes of a connection", batchBytes, LARGEST_BATCH);
        atLeast("batch bytes in all", batchBytesTotal, batchBytes);
    }

    private static void atLeast(String what, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException("the limit of " + what + " is at least " + least + ", not " + value);
        }
    }

    public static ServerLimits defaults() {
        return new ServerLimits(1024, 64, 4096, 16L << 20, 2 * LARGEST_BATCH, 8 * LARGEST_BATCH);
    }
}

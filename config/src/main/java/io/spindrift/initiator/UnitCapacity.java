package io.spindrift.initiator;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Size of a logical unit, from READ CAPACITY (16).
 *
 * @param blocks logical blocks
 * @param blockLength bytes in one
 */
public record UnitCapacity(long blocks, int blockLength) {
    private static final int TRIES = 50;
    private static final long TIMEOUT_MS = 30_000;

    /** Asks a unit, past the unit attentions that a new nexus is told first. */
    public static UnitCapacity of(InitiatorSession session) throws IOException {
        ByteBuffer data = ByteBuffer.allocate(32);
        ScsiTask task = ScsiTask.receiving(Cdb.readCapacity16(), data, ended -> { });
        for (int tries = 0; tries < TRIES; tries++) {
            session.execute(task, TIMEOUT_MS);
            if (task.good()) {
                return new UnitCapacity(data.getLong(0) + 1, data.getInt(8));
            }
            if (task.senseKey() != 6) {
                break;
            }
        }
        throw new IOException("READ CAPACITY (16) failed: " + task.outcome());
    }

    public long bytes() {
        return blocks * blockLength;
    }
}

package io.spindrift.harness.stamp;

import io.spindrift.bench.StampFormat;
import io.spindrift.initiator.Cdb;
import io.spindrift.initiator.InitiatorSession;
import io.spindrift.initiator.ScsiTask;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads the whole range and compares it with the ledger. One thread; made for one run. */
final class StampVerifier {
    private static final int DEPTH = 8;
    private static final int READ_BYTES = 256 << 10;
    private static final int UNIT_ATTENTION = 6;

    private final StampRange range;
    private final Connector connector;
    private final StampTally tally;
    private final boolean settle;
    private final boolean anyPast;
    private InitiatorSession session;
    private int blockLength;
    private int next;

    StampVerifier(StampRange range, Connector connector, StampTally tally, boolean settle, boolean anyPast) {
        this.range = range;
        this.connector = connector;
        this.tally = tally;
        this.settle = settle;
        this.anyPast = anyPast;
    }

    private final class Reader {
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(Math.max(READ_BYTES, range.unitBytes()));
        private final ScsiTask task = ScsiTask.receiving(new byte[0], buffer, ended -> ended());
        private int first;
        private int count;

        void begin() {
            first = next;
            count = Math.min(buffer.capacity() / range.unitBytes(), range.ledger().units() - first);
            next += count;
            if (count > 0) {
                again();
            }
        }

        private void again() {
            buffer.clear().limit(count * range.unitBytes());
            session.submit(task.command(Cdb.read16(range.lba(first, blockLength), buffer.limit() / blockLength)));
        }

        private void ended() {
            tally.took(System.nanoTime() - task.submittedNanos());
            if (task.good()) {
                tally.reads++;
                range.compare(first, count, buffer, tally, anyPast);
                if (settle) {
                    settle();
                }
                begin();
            } else if (task.senseKey() == UNIT_ATTENTION) {
                again();
            } else {
                tally.failed(task);
            }
        }

        private void settle() {
            for (int i = 0; i < count; i++) {
                long found = range.format().sequence(buffer, i * range.unitBytes(), first + i);
                if (found != StampFormat.WRONG) {
                    range.ledger().settle(first + i, found);
                }
            }
        }
    }

    void run() throws IOException {
        session = connector.open();
        try {
            blockLength = range.check(session);
            for (int i = 0; i < DEPTH; i++) {
                new Reader().begin();
            }
            while (session.inFlight() > 0) {
                session.poll(1000);
            }
        } finally {
            session.close();
        }
    }
}

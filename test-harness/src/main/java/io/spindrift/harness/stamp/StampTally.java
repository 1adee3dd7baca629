package io.spindrift.harness.stamp;

import io.spindrift.bench.StampFormat;
import io.spindrift.initiator.ScsiTask;

/** What a stamped run counted and found. One thread. */
final class StampTally {
    private static final int MAX_TOLD = 20;

    long writes;
    long reads;
    long flushes;
    long unitsChecked;
    long wrong;
    long failed;
    long lostConnections;
    long longestMs;
    private long stalls;
    private long longestPauseMs;
    private long goodNanos;

    void wrong(int unit, long found, String seen, StampLedger ledger) {
        if (wrong++ < MAX_TOLD) {
            System.err.printf("WRONG unit %d: found %s, acknowledged %d, sent %d (%s)%n", unit,
                    found == StampFormat.WRONG ? "no valid stamp" : found == StampFormat.ZEROS ? "zeros" : "sequence " + found,
                    ledger.newestAcknowledged(unit), ledger.newestIssued(unit), seen);
        }
    }

    void failed(ScsiTask task) {
        if (failed++ < MAX_TOLD) {
            System.err.println("FAILED " + task.outcome());
        }
    }

    /** A command that is still under way takes longer than allowed. */
    void stalled(long milliseconds) {
        if (stalls++ < MAX_TOLD) {
            System.err.println("STALLED a command is under way for " + milliseconds + " ms");
        }
    }

    void took(long nanos) {
        longestMs = Math.max(longestMs, nanos / 1_000_000);
    }

    /** A command was carried out: how long nothing was is what an initiator calls a pause. */
    void good(long now) {
        if (goodNanos != 0) {
            longestPauseMs = Math.max(longestPauseMs, (now - goodNanos) / 1_000_000);
        }
        goodNanos = now;
    }

    int status() {
        return wrong > 0 ? 1 : failed > 0 || stalls > 0 ? 3 : 0;
    }

    String json(String verb) {
        return String.format("{\"verb\":\"%s\",\"writes\":%d,\"reads\":%d,\"flushes\":%d,\"units_checked\":%d,\"wrong\":%d,\"failed\":%d,"
                + "\"lost_connections\":%d,\"stalls\":%d,\"longest_ms\":%d,\"longest_pause_ms\":%d}", verb, writes, reads, flushes, unitsChecked, wrong, failed, lostConnections, stalls, longestMs,
                longestPauseMs);
    }
}

package io.spindrift.harness.stamp;


/**
 * What a stamped run does.
 *
 * @param flushEvery writes between two flushes; 0: none
 * @param rate most writes a second; 0: no limit
 * @param stallLimitMs a command that takes longer counts as failed; 0: no limit
 */
record StampPlan(int maxUnits, int depth, int readPercent, int flushEvery, double seconds, long rate, long stallLimitMs, long seed) {
    static StampPlan of(Arguments given, long seed) {
        return new StampPlan(given.integer("max-units", 16, 1, 64), given.integer("depth", 16, 1, 256), given.integer("reads", 20, 0, 100),
                given.integer("flush-every", 0, 0, 1_000_000), Double.parseDouble(given.text("seconds", "5")), given.number("rate", 0),
                given.number("stall-limit", 0), seed);
    }
}

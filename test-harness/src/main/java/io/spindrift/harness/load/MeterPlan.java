package io.spindrift.harness.load;

import java.util.Locale;

/**
 * What is measured.
 *
 * @param size bytes of a command
 * @param range bytes of the unit that are used; 0: all
 * @param rate most commands a second; 0: no limit
 * @param pid process whose CPU time is told; 0: none
 */
record MeterPlan(Work work, int readPercent, int size, int depth, double seconds, long range, boolean zipf, int syncEvery, double warmUp,
                 long seed, long rate, long pid, boolean timeline) {
    enum Work { RANDREAD, RANDWRITE, RANDRW, READ, WRITE, FILL, SCAN }

    static MeterPlan of(Arguments given) {
        Work work = Work.valueOf(given.text("work", "randread").toUpperCase(Locale.ROOT));
        return new MeterPlan(work, given.integer("reads", 70, 0, 100), given.integer("size", 4096, 512, 1 << 20),
                given.integer("depth", 32, 1, 512), Double.parseDouble(given.text("seconds", "5")), given.number("range", 0),
                given.flag("zipf"), given.integer("sync-every", 0, 0, 1_000_000), Double.parseDouble(given.text("warm-up", "0")),
                given.number("seed", 1), given.number("rate", 0), given.number("pid", 0), given.flag("timeline"));
    }

    boolean once() {
        return work == Work.FILL || work == Work.SCAN;
    }
}

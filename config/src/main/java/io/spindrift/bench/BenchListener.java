package io.spindrift.bench;

/** Hears of a load while it runs. */
public interface BenchListener {
    /** All sessions are there. On the thread of {@link BenchRun#run}. */
    void began();

    /** About a second is over. On the thread of {@link BenchRun#run}. */
    void second(Interval interval);

    /** Something went wrong, one line; the first few of each kind. On any thread. */
    void said(String line);

    /**
     * What happened since the last one.
     *
     * @param atSeconds since the measurement began; negative in the warm-up
     * @param done how much of the load is over, 0 to 1
     * @param commands reads and writes that ended well
     * @param iops of them a second
     * @param mbps their bytes, MB/s (10^6)
     * @param p99Micros time that 99 % of them stayed within, microseconds
     * @param errors commands that failed or were lost, and wrong units, since the load began
     */
    record Interval(double atSeconds, double done, long commands, double iops, double mbps, double p99Micros, long errors) {
    }
}

package io.spindrift.bench;

import io.spindrift.bench.Tally.Times;
import io.spindrift.initiator.login.TargetUrl;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What came out of a load. */
public final class BenchReport {
    private final BenchPlan plan;
    private final List<TargetUrl> urls;
    private final double seconds;
    private final Times times;
    private final Counts counts;
    private final Cpu cpu;
    private final String lost;

    BenchReport(BenchPlan plan, List<TargetUrl> urls, double seconds, Times times, Counts counts, Cpu cpu, String lost) {
        this.plan = plan;
        this.urls = urls;
        this.seconds = Math.max(seconds, 1e-9);
        this.times = times;
        this.counts = counts;
        this.cpu = cpu;
        this.lost = lost;
    }

    /**
     * @param errors commands that the target failed
     * @param repeated sent again because the target was busy or had news
     * @param lost without an answer when their connection ended
     * @param corrupt units of 4 KiB that did not hold what was written there
     * @param stale those of them that held an older state
     * @param unwritten units of zeros that nobody was known to have written
     */
    public record Counts(long errors, long repeated, long lost, long lostConnections, long corrupt, long stale, long unwritten) {
    }

    /** CPU time in microseconds, of the target's processes where they were named, and of this one. */
    record Cpu(long targetMicros, long ownMicros, boolean targetKnown) {
    }

    BenchPlan plan() {
        return plan;
    }

    List<TargetUrl> urls() {
        return urls;
    }

    double seconds() {
        return seconds;
    }

    Times times() {
        return times;
    }

    public Counts counts() {
        return counts;
    }

    /** Why the load ended early; null where it did not. */
    public String lost() {
        return lost;
    }

    long commands() {
        return times.reads().getTotalCount() + times.writes().getTotalCount();
    }

    double iops() {
        return commands() / seconds;
    }

    double mbps() {
        return iops() * plan.pattern().size() / 1e6;
    }

    /** Microseconds for each command; negative where it is not known. */
    double targetCpuMicros() {
        return cpu.targetKnown() ? cpu.targetMicros() / (double) Math.max(1, commands()) : -1;
    }

    double ownCpuMicros() {
        return cpu.ownMicros() / (double) Math.max(1, commands());
    }

    /** Names and values, for JSON. */
    public Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("work", plan.pattern().work().name().toLowerCase(Locale.ROOT));
        values.put("size", plan.pattern().size());
        values.put("depth", plan.pace().depth());
        values.put("sessions", plan.pace().sessions() * urls.size());
        values.put("units", urls.stream().map(TargetUrl::toString).toList());
        values.put("seed", plan.pattern().seed());
        values.put("seconds", rounded(seconds));
        values.put("commands", commands());
        values.put("reads", times.reads().getTotalCount());
        values.put("writes", times.writes().getTotalCount());
        values.put("syncs", times.syncs().getTotalCount());
        values.put("iops", rounded(iops()));
        values.put("mbps", rounded(mbps()));
        putTimes(values, "", times.commands());
        if (plan.pattern().work().reads() && plan.pattern().work().writes()) {
            putTimes(values, "read_", times.reads());
            putTimes(values, "write_", times.writes());
        }
        if (times.syncs().getTotalCount() > 0) {
            putTimes(values, "sync_", times.syncs());
        }
        values.put("errors", counts.errors());
        values.put("repeated", counts.repeated());
        values.put("lost", counts.lost());
        values.put("lost_connections", counts.lostConnections());
        if (plan.writes().verify()) {
            values.put("corrupt", counts.corrupt());
            values.put("stale", counts.stale());
            values.put("unwritten", counts.unwritten());
        }
        if (cpu.targetKnown()) {
            values.put("target_cpu_us_per_io", rounded(targetCpuMicros()));
        }
        values.put("client_cpu_us_per_io", rounded(ownCpuMicros()));
        if (lost != null) {
            values.put("ended_early", lost);
        }
        return values;
    }

    private static void putTimes(Map<String, Object> values, String prefix, Histogram nanos) {
        values.put(prefix + "mean_us", rounded(nanos.getMean() / 1e3));
        values.put(prefix + "p50_us", rounded(nanos.getValueAtPercentile(50) / 1e3));
        values.put(prefix + "p90_us", rounded(nanos.getValueAtPercentile(90) / 1e3));
        values.put(prefix + "p99_us", rounded(nanos.getValueAtPercentile(99) / 1e3));
        values.put(prefix + "p999_us", rounded(nanos.getValueAtPercentile(99.9) / 1e3));
        values.put(prefix + "max_us", rounded(nanos.getMaxValue() / 1e3));
    }

    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }
}

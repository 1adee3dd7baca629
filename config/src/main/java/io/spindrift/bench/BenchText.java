package io.spindrift.bench;

import io.spindrift.initiator.login.TargetUrl;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** A report for people. */
public final class BenchText {
    private static final int SHOWN_UNITS = 3;

    private BenchText() {
    }

    public static String of(BenchReport report) {
        StringBuilder text = new StringBuilder();
        BenchPlan plan = report.plan();
        int sessions = plan.pace().sessions() * report.urls().size();
        line(text, "%s, %s a command, depth %d, %s, %.1f s", plan.pattern().work().name().toLowerCase(Locale.ROOT), size(plan.pattern().size()),
                plan.pace().depth(), sessions == 1 ? "1 session" : sessions + " sessions", report.seconds());
        List<TargetUrl> urls = report.urls();
        line(text, "%s%s", String.join(" ", urls.stream().limit(SHOWN_UNITS).map(TargetUrl::toString).toList()),
                urls.size() > SHOWN_UNITS ? " and " + (urls.size() - SHOWN_UNITS) + " more" : "");
        line(text, "");
        line(text, "%,12.0f IOPS   %,.1f MB/s", report.iops(), report.mbps());
        line(text, "");
        line(text, "%-8s %12s %10s %10s %10s %10s %10s %10s", "us", "commands", "mean", "p50", "p90", "p99", "p99.9", "max");
        row(text, "reads", report.times().reads());
        row(text, "writes", report.times().writes());
        row(text, "syncs", report.times().syncs());
        line(text, "");
        if (report.targetCpuMicros() >= 0) {
            line(text, "CPU for each command: target %.2f us, this program %.2f us", report.targetCpuMicros(), report.ownCpuMicros());
        } else {
            line(text, "CPU for each command: this program %.2f us", report.ownCpuMicros());
        }
        failures(text, report);
        return text.toString();
    }

    private static void row(StringBuilder text, String name, Histogram nanos) {
        if (nanos.getTotalCount() > 0) {
            line(text, "%-8s %,12d %,10.1f %,10.1f %,10.1f %,10.1f %,10.1f %,10.1f", name, nanos.getTotalCount(), nanos.getMean() / 1e3, percentile(nanos, 50),
                    percentile(nanos, 90), percentile(nanos, 99), percentile(nanos, 99.9), nanos.getMaxValue() / 1e3);
        }
    }

    private static double percentile(Histogram nanos, double percent) {
        return nanos.getValueAtPercentile(percent) / 1e3;
    }

    private static void failures(StringBuilder text, BenchReport report) {
        BenchReport.Counts counts = report.counts();
        line(text, "errors %d, sent again %d, lost %d, connections lost %d", counts.errors(), counts.repeated(), counts.lost(), counts.lostConnections());
        if (report.plan().writes().verify()) {
            line(text, "verified: %d wrong units of 4 KiB (%d of them old), %d never written", counts.corrupt(), counts.stale(), counts.unwritten());
        }
        if (report.lost() != null) {
            line(text, "ended early: %s", report.lost());
        }
    }

    private static String size(int bytes) {
        return bytes % 1024 == 0 ? bytes / 1024 + " KiB" : bytes + " bytes";
    }

    private static void line(StringBuilder text, String form, Object... values) {
        text.append(String.format(Locale.ROOT, form, values).stripTrailing()).append('\n');
    }
}

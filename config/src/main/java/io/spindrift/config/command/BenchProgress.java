package io.spindrift.config.command;

import io.spindrift.bench.BenchListener;
import java.io.PrintWriter;
import java.util.Locale;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** What a load says while it runs, on standard error: a live line, or a line a second, or nothing; and what goes wrong. Any thread. */
final class BenchProgress implements BenchListener, AutoCloseable {
    private static final int STEPS = 1000;
    private static final int WIDTH = 79;
    private static final int UPDATE_MS = 500;
    private static final String BLANK = "\r" + " ".repeat(WIDTH) + "\r";

    private final PrintWriter err;
    private final boolean live;
    private final boolean timeline;
    private final String name;
    private ProgressBar bar;

    BenchProgress(PrintWriter err, String name, boolean live, boolean timeline) {
        this.err = err;
        this.name = name;
        this.live = live;
        this.timeline = timeline;
    }

    @Override
    public synchronized void began() {
        if (live) {
            bar = new ProgressBarBuilder().setTaskName(name).setInitialMax(STEPS).setUpdateIntervalMillis(UPDATE_MS).setStyle(ProgressBarStyle.ASCII)
                    .setConsumer(new DelegatingProgressBarConsumer(line -> print("\r" + line), WIDTH)).hideEta().build();
        }
    }

    @Override
    public synchronized void second(Interval interval) {
        if (bar != null) {
            bar.stepTo(Math.round(interval.done() * STEPS));
            bar.setExtraMessage(String.format(Locale.ROOT, "%,.0f IOPS %.0f MB/s p99 %,.0f us%s", interval.iops(), interval.mbps(), interval.p99Micros(),
                    interval.errors() > 0 ? " " + interval.errors() + " ERRORS" : ""));
        }
        if (timeline) {
            print(String.format(Locale.ROOT, "%.1f s: %d commands, %.0f IOPS, %.1f MB/s, p99 %.1f us, %d errors%n", interval.atSeconds(), interval.commands(),
                    interval.iops(), interval.mbps(), interval.p99Micros(), interval.errors()));
        }
    }

    @Override
    public void said(String line) {
        print((live ? BLANK : "") + line + System.lineSeparator());
    }

    private void print(String text) {
        synchronized (err) {
            err.print(text);
            err.flush();
        }
    }

    /** Takes the live line away. */
    @Override
    public synchronized void close() {
        if (bar != null) {
            bar.close();
            bar = null;
            print(BLANK);
        }
    }
}

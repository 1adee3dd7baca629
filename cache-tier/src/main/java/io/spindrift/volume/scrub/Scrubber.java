package io.spindrift.volume.scrub;

import io.netty.util.concurrent.EventExecutor;
import io.spindrift.journal.Journal;
import io.spindrift.volume.fetch.ImageView;
import io.spindrift.volume.map.DirtyMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Passes over a volume's journal and cache in the background, at a rate, one a day; and a pass over everything, the image included, when somebody asks. One pass at a time.
 * Made with the volume's data path; lives on the home loop; ended by {@link #stop}.
 */
public final class Scrubber {
    private static final long FIRST_PASS_MS = 60_000;
    private static final long PASS_MS = TimeUnit.DAYS.toMillis(1);

    private final EventExecutor home;
    private final ScrubPass.Parts parts;
    private long bytesPerSecond;
    private boolean started;
    private boolean stopped;
    private ScrubPass running;
    private long bytes;
    private long damaged;
    private long repaired;
    private long passes;
    private long lastPassNanos;

    /**
     * @param image its address, for reports
     * @param busy whether guests wait for something that the scrub would make wait longer
     */
    public Scrubber(EventExecutor home, String image, Journal journal, DirtyMap dirty, ImageView view, BooleanSupplier busy) {
        this.home = home;
        this.parts = new ScrubPass.Parts(home, image, journal, dirty, view, busy);
    }

    /** Begins passes in the background. @param rate bytes a second; 0 for none */
    public void start(long rate) {
        bytesPerSecond = rate;
        if (!started && rate > 0) {
            started = true;
            home.schedule(this::background, FIRST_PASS_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void background() {
        if (stopped) {
            return;
        }
        home.schedule(this::background, PASS_MS, TimeUnit.MILLISECONDS);
        if (running == null && bytesPerSecond > 0) {
            run(new ScrubPass(parts, bytesPerSecond, false, true));
        }
    }

    /**
     * Looks at everything now, the image included, as fast as guests leave room.
     *
     * @param repair whether damaged blocks of the image are offered a good copy
     * @return fails with nothing; a pass that is cut short says so in its report
     */
    public CompletableFuture<ScrubReport> check(boolean repair) {
        if (stopped) {
            return CompletableFuture.completedFuture(new ScrubReport(0, java.util.List.of(), 0, "the volume does not serve"));
        }
        if (running != null) {
            return running.done().thenCompose(before -> check(repair));
        }
        return run(new ScrubPass(parts, 0, true, repair));
    }

    private CompletableFuture<ScrubReport> run(ScrubPass pass) {
        running = pass;
        pass.done().thenAccept(report -> {
            running = null;
            bytes += report.bytes();
            damaged += pass.damaged();
            repaired += report.repaired();
            if (report.ended().isEmpty()) {
                passes++;
                lastPassNanos = home.ticker().nanoTime();
            }
        });
        pass.start();
        return pass.done();
    }

    public ScrubStatus status() {
        long age = passes == 0 ? -1 : (home.ticker().nanoTime() - lastPassNanos) / 1_000_000;
        long under = running == null ? 0 : running.bytes();
        long underDamaged = running == null ? 0 : running.damaged();
        return new ScrubStatus(running != null, bytes + under, damaged + underDamaged, repaired, passes, age);
    }

    /** The volume ends. */
    public void stop() {
        stopped = true;
        if (running != null) {
            running.stop();
        }
    }
}

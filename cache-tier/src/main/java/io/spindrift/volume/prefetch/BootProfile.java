package io.spindrift.volume.prefetch;

import io.netty.util.concurrent.EventExecutor;
import io.spindrift.image.LeasedImage;
import io.spindrift.image.ReadPriority;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a start of the guest reads, kept with the image: fetched ahead in the recorded order once there is a cache, and recorded anew. Made by
 * {@link Prefetcher}; lives on the home loop.
 */
final class BootProfile {
    static final String SIDECAR = "boot-profile";
    private static final Logger LOG = LoggerFactory.getLogger(BootProfile.class);
    private static final long IN_FLIGHT_BYTES = 8 << 20;
    private static final long PACE_MS = 2;
    private static final long RETRY_MS = 2_000;

    private final EventExecutor home;
    private final LeasedImage image;
    private final FetchAhead ahead;
    private final BootRecorder recorder;
    private final long blockCount;
    private long[] runs;
    private int run;
    private long within;
    private boolean saved;
    private boolean stopped;

    BootProfile(EventExecutor home, LeasedImage image, FetchAhead ahead, long windowNanos, long blockCount) {
        this.home = home;
        this.image = image;
        this.ahead = ahead;
        this.recorder = new BootRecorder(windowNanos);
        this.blockCount = blockCount;
    }

    void read(long firstBlock, int count) {
        long now = home.ticker().nanoTime();
        recorder.read(firstBlock, count, now);
        if (recorder.isEnded(now)) {
            save();
        }
    }

    /** There is a cache: fetch what the last start read. */
    void replay() {
        image.readSidecar(SIDECAR).whenComplete((bytes, thrown) -> {
            if (stopped) {
                return;
            }
            if (thrown != null) {
                home.schedule(this::replayAgain, RETRY_MS, TimeUnit.MILLISECONDS);
            } else if (bytes != null) {
                begin(bytes);
            }
        });
    }

    private void replayAgain() {
        if (!stopped) {
            replay();
        }
    }

    private void begin(byte[] bytes) {
        try {
            runs = BootProfileFormat.decode(bytes, blockCount);
        } catch (IllegalArgumentException unusable) {
            LOG.warn("the boot profile is not used: {}", unusable.getMessage());
            return;
        }
        LOG.info("a recorded start of {} runs is fetched ahead", runs.length / 2);
        step();
    }

    private void step() {
        if (stopped || runs == null) {
            return;
        }
        for (int steps = 0; steps < 64 && ahead.inFlightBytes(ReadPriority.PREFETCH) < IN_FLIGHT_BYTES && ahead.allows(); steps++) {
            if (2 * run == runs.length) {
                runs = null;
                return;
            }
            long end = runs[2 * run] + runs[2 * run + 1];
            long at = ahead.fetch(runs[2 * run] + within, end, ReadPriority.PREFETCH, true, FetchAhead.NOBODY);
            within = at - runs[2 * run];
            if (at >= end) {
                run++;
                within = 0;
            }
        }
        home.schedule(this::step, PACE_MS, TimeUnit.MILLISECONDS);
    }

    /** Keeps what was recorded with the image, once. */
    CompletableFuture<Void> save() {
        if (saved || stopped || !recorder.isBegun()) {
            return CompletableFuture.completedFuture(null);
        }
        saved = true;
        return image.writeSidecar(SIDECAR, recorder.profile()).handle((done, thrown) -> {
            if (thrown != null) {
                saved = false;
                LOG.info("the boot profile could not be kept: {}", thrown.getMessage());
            }
            return null;
        });
    }

    void stop() {
        stopped = true;
        runs = null;
    }

    String state() {
        if (runs != null) {
            return "replaying";
        }
        if (saved) {
            return "done";
        }
        return recorder.isBegun() ? "recording" : "waiting";
    }
}

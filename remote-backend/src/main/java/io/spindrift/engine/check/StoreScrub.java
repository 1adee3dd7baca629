package io.spindrift.engine.check;

import io.spindrift.engine.log.Failures;
import io.spindrift.engine.log.StoreCalls;
import io.spindrift.image.Damage;
import io.spindrift.store.SegmentStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes over a whole store in the background, at a rate, one a day: every entry of every log, every checkpoint. Gives way to guests. Made by the engine, lives on its loop;
 * the reading is done on its blocking executor.
 */
public final class StoreScrub {
    private static final Logger LOG = LoggerFactory.getLogger(StoreScrub.class);
    private static final long FIRST_PASS_MS = 60_000;
    private static final long PASS_MS = TimeUnit.DAYS.toMillis(1);
    private static final long YIELD_MS = 20;
    private static final int MOST_YIELDS = 50;
    private static final int MOST_TOLD = 1000;

    private final SegmentStore store;
    private final StoreCalls calls;
    private final BooleanSupplier busy;
    private final long bytesPerSecond;
    private final List<Damage> damages = new ArrayList<>();
    private StoreCheck pass;
    private long bytes;
    private long damaged;
    private long passes;
    private long lastPassNanos;
    private int yields;
    private boolean stopped;

    /**
     * @param running whether a pass is under way
     * @param bytes that were read and compared since the engine was opened
     * @param damaged places that were found damaged
     * @param passes that came to their end
     * @param lastPassAgeMs how long ago the last one did; -1 for never
     * @param damages of the last pass, the first thousand
     */
    public record Status(boolean running, long bytes, long damaged, long passes, long lastPassAgeMs, List<Damage> damages) {
        /** Of a store that is not scrubbed. */
        public static final Status NONE = new Status(false, 0, 0, 0, -1, List.of());
    }

    /** @param busy whether guests wait for the store @param bytesPerSecond 1 or more */
    public StoreScrub(SegmentStore store, StoreCalls calls, BooleanSupplier busy, long bytesPerSecond) {
        this.store = store;
        this.calls = calls;
        this.busy = busy;
        this.bytesPerSecond = bytesPerSecond;
    }

    public void start() {
        calls.loop().schedule(this::begin, FIRST_PASS_MS, TimeUnit.MILLISECONDS);
    }

    /** Begins a pass where none is under way. */
    public void begin() {
        if (stopped) {
            return;
        }
        calls.loop().schedule(this::begin, PASS_MS, TimeUnit.MILLISECONDS);
        if (pass == null) {
            damages.clear();
            pass = new StoreCheck(store, address -> true, false, this::found);
            step();
        }
    }

    /** On the blocking executor, one step at a time. */
    private void found(Damage damage) {
        calls.loop().execute(() -> {
            damaged++;
            if (damages.size() < MOST_TOLD) {
                damages.add(damage);
                LOG.error("{}:{}: {}{}", damage.place(), damage.offsetBytes(), damage.what(),
                        damage.blocks() == null ? "" : " (image " + damage.blocks().image() + ", lba " + damage.blocks().lba() + ")");
            }
        });
    }

    private void step() {
        if (stopped) {
            return;
        }
        if (busy.getAsBoolean() && yields++ < MOST_YIELDS) {
            calls.loop().schedule(this::step, YIELD_MS, TimeUnit.MILLISECONDS);
            return;
        }
        yields = 0;
        long before = pass.bytes();
        calls.call(pass::next).whenComplete((more, failure) -> {
            long read = pass.bytes() - before;
            bytes += read;
            if (failure != null) {
                LOG.warn("a scrub of the store ends: {}; the next begins tomorrow", Failures.of(failure).getMessage());
                pass = null;
            } else if (more) {
                calls.loop().schedule(this::step, read * 1000 / bytesPerSecond, TimeUnit.MILLISECONDS);
            } else {
                pass = null;
                passes++;
                lastPassNanos = calls.loop().ticker().nanoTime();
            }
        });
    }

    public Status status() {
        long age = passes == 0 ? -1 : (calls.loop().ticker().nanoTime() - lastPassNanos) / 1_000_000;
        return new Status(pass != null, bytes, damaged, passes, age, List.copyOf(damages));
    }

    public void stop() {
        stopped = true;
    }
}

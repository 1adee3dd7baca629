package io.spindrift.volume.outage;

import io.netty.util.concurrent.Ticker;
import io.spindrift.journal.Journal;
import io.spindrift.volume.destage.Destager;

/**
 * Slows a guest that writes faster than the image takes, before the journal is full. Above the watermark writes may come at
 *
 * <pre>(d + e) * (1 - x) / x</pre>
 *
 * bytes a second, where x goes from 0 at the watermark to 1 where the journal is full, d is the rate of the destage, and e what would fill the
 * rest in a minute. It begins without a step, since it is unlimited at x = 0; it comes to rest where it equals d, with room left, since it only
 * falls with x; and without a destage it falls towards nothing as the room does. Progress within a batch is reckoned from d, so that the limit
 * does not jump with each batch that is done.
 *
 * <p>No write waits for its turn longer than {@link #MOST_WAIT_NANOS}, well below what initiators wait for a command; then only room counts.
 * Made with the write path; lives on the home loop.
 */
public final class WritePace {
    /** How long one write is held back at most while the journal has room. */
    public static final long MOST_WAIT_NANOS = 5_000_000_000L;
    private static final long FILL_SECONDS = 60;
    /** Writes that are due so soon go now: timers are no finer. */
    private static final long SLACK_NANOS = 1_000_000;

    private final Ticker ticker;
    private final Journal journal;
    private final Destager destager;
    private final ImageLink link;
    private final DestageRate rate = new DestageRate();
    private final long startBytes;
    private final long spanBytes;
    private long appliedPosition;
    private long nextNanos;

    public WritePace(Ticker ticker, Journal journal, Destager destager, ImageLink link, Watermarks marks) {
        this.ticker = ticker;
        this.journal = journal;
        this.destager = destager;
        this.link = link;
        long usable = journal.usableBytes();
        this.startBytes = usable / 100 * marks.slowPercent();
        this.spanBytes = Math.max(1, usable - startBytes);
        this.appliedPosition = destager.appliedPosition();
        this.nextNanos = ticker.nanoTime();
    }

    /** The image has taken a batch. */
    public void applied() {
        long position = destager.appliedPosition();
        rate.let(position - appliedPosition, ticker.nanoTime(), backlog() > 0);
        appliedPosition = position;
    }

    private long backlog() {
        return journal.lastDataPosition() - destager.appliedPosition();
    }

    /** How long until a write that began at {@code startedNanos} may be appended, if there is room; 0 for now. */
    public long delayNanos(long startedNanos) {
        if (backlog() <= startBytes) {
            return 0;
        }
        long now = ticker.nanoTime();
        long wait = Math.min(nextNanos - now, startedNanos + MOST_WAIT_NANOS - now);
        return wait <= SLACK_NANOS ? 0 : wait;
    }

    /** A write was appended. */
    public void appended(long bytes) {
        if (!rate.isBusy()) {
            rate.begins(ticker.nanoTime());
        }
        long backlog = backlog();
        if (backlog <= startBytes) {
            return;
        }
        long now = ticker.nanoTime();
        double limit = limit(backlog, now);
        double cost = limit <= 0 ? MOST_WAIT_NANOS : Math.min(MOST_WAIT_NANOS, bytes / limit * 1e9);
        nextNanos = Math.max(nextNanos, now) + (long) cost;
    }

    /** Bytes a second that may come now; 0 where nothing slows them. */
    public long limitBytesPerSecond() {
        long backlog = backlog();
        return backlog <= startBytes ? 0 : Math.max(1, (long) Math.min(1e15, limit(backlog, ticker.nanoTime())));
    }

    private double limit(long backlog, long now) {
        double destage = rate.bytesPerSecond(now);
        double underWay = link.state() == LinkState.UP ? Math.min(destage * rate.quietNanos(now) / 1e9, destager.cutPosition() - destager.appliedPosition()) : 0;
        double x = Math.min(1, (backlog - underWay - startBytes) / spanBytes);
        if (x <= 0) {
            return Double.MAX_VALUE;
        }
        return (destage + (double) spanBytes / FILL_SECONDS) * (1 - x) / x;
    }
}

package io.spindrift.iscsi.pdu;

import io.netty.util.concurrent.Ticker;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One-line log of what peers do wrong, at most {@value #BURST} lines a second for all of them together, so that a peer cannot
 * fill a disk. Made by the server; any thread.
 */
public final class PeerLog {
    private static final Logger LOG = LoggerFactory.getLogger("io.spindrift.iscsi.peers");
    private static final int BURST = 10;
    private static final int LONGEST = 300;
    private static final long WINDOW_NANOS = 1_000_000_000L;

    private final Ticker ticker;
    private final AtomicLong windowStart;
    private final AtomicInteger lines = new AtomicInteger();

    public PeerLog(Ticker ticker) {
        this.ticker = ticker;
        this.windowStart = new AtomicLong(ticker.nanoTime());
    }

    /** Logs that {@code peer} did {@code what}, which may hold what the peer said: it is cut, and without control characters. */
    public void say(Object peer, String what) {
        long now = ticker.nanoTime();
        long start = windowStart.get();
        if (now - start >= WINDOW_NANOS && windowStart.compareAndSet(start, now)) {
            int kept = lines.getAndSet(0);
            if (kept > BURST) {
                LOG.info("{} more lines like the last were left out", kept - BURST);
            }
        }
        if (lines.incrementAndGet() <= BURST) {
            LOG.info("{}: {}", peer, harmless(what));
        }
    }

    static String harmless(String text) {
        StringBuilder clean = new StringBuilder(text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text);
        for (int i = 0; i < clean.length(); i++) {
            char c = clean.charAt(i);
            if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                clean.setCharAt(i, '?');
            }
        }
        return clean.toString();
    }
}

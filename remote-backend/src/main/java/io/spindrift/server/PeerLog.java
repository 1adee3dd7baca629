package io.spindrift.server;

import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** One line for each thing that a peer caused, but never more than some lines in a while. Made with the server; any loop may log. */
final class PeerLog {
    private static final int LINES = 20;
    private static final long WHILE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Logger log;
    private long began;
    private int lines;
    private int left;

    PeerLog(Logger log) {
        this.log = log;
    }

    synchronized void line(Ticker ticker, String peer, String text) {
        long now = ticker.nanoTime();
        if (lines == 0 || now - began > WHILE_NANOS) {
            if (left > 0) {
                log.warn("{} more lines of this kind were left out", left);
            }
            began = now;
            lines = 0;
            left = 0;
        }
        if (lines < LINES) {
            lines++;
            log.info("{}: {}", peer, text);
        } else {
            left++;
        }
    }
}

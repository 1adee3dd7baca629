package io.spindrift.iscsi.session;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Pings an initiator that has been quiet, and ends the session of one that does not answer. Lives in its session, on its loop.
 * A message is noted with one store; time is looked at once an interval.
 */
final class KeepAlive {
    private final IscsiSession session;
    private final SessionWiring.Limits limits;
    private boolean heard;
    private long pendingBytes;
    private boolean pinged;
    private Future<?> timer;

    KeepAlive(IscsiSession session, SessionWiring.Limits limits) {
        this.session = session;
        this.limits = limits;
    }

    void start() {
        schedule(limits.pingIntervalMs());
    }

    void stop() {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    void heard() {
        heard = true;
    }

    private void schedule(int delayMs) {
        timer = session.channel().eventLoop().schedule(this::tick, delayMs, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        if (heard || sending()) {
            heard = false;
            pinged = false;
            schedule(limits.pingIntervalMs());
        } else if (!pinged) {
            pinged = true;
            session.ping();
            schedule(limits.pingTimeoutMs());
        } else {
            session.dropSilent("silent for " + (limits.pingIntervalMs() + limits.pingTimeoutMs()) + " ms and more");
        }
    }

    /** Whether the peer takes what is sent: it is alive, though it may be too busy reading to speak. */
    private boolean sending() {
        Channel channel = session.channel();
        long pending = channel.unsafe().outboundBuffer() == null ? 0 : channel.unsafe().outboundBuffer().totalPendingWriteBytes();
        boolean moved = pending > 0 && pending < pendingBytes;
        pendingBytes = pending;
        return moved;
    }
}

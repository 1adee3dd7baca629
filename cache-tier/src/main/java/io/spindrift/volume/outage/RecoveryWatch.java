package io.spindrift.volume.outage;

import io.netty.util.concurrent.Ticker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a volume's recovery point is kept, and since when it is not. Made with the data path, which looks every second; lives on the home loop. */
public final class RecoveryWatch {
    private static final Logger LOG = LoggerFactory.getLogger(RecoveryWatch.class);

    private final Ticker ticker;
    private final String volume;
    private final RecoveryPoint goal;
    private boolean missed;
    private long missedSince;
    private long timesMissed;

    /** @param volume for the log */
    public RecoveryWatch(Ticker ticker, String volume, RecoveryPoint goal) {
        this.ticker = ticker;
        this.volume = volume;
        this.goal = goal;
    }

    /** How it stands now: the age of the oldest write that is not in the image, and all bytes that are not. */
    public void look(long ageNanos, long bytes) {
        boolean late = goal.age() != null && ageNanos > goal.age().toNanos();
        boolean large = goal.bytes() != 0 && bytes > goal.bytes();
        if ((late || large) == missed) {
            return;
        }
        missed = !missed;
        if (missed) {
            missedSince = ticker.nanoTime();
            timesMissed++;
            LOG.warn("volume {}: the recovery point is missed: the oldest write that is not in the image is {} ms old, {} bytes are not there", volume,
                    ageNanos / 1_000_000, bytes);
        } else {
            LOG.info("volume {}: the recovery point is kept again, after {} ms", volume, (ticker.nanoTime() - missedSince) / 1_000_000);
        }
    }

    public RecoveryPoint goal() {
        return goal;
    }

    public boolean missed() {
        return missed;
    }

    /** How long it has been missed; 0 while it is kept. */
    public long missedNanos() {
        return missed ? ticker.nanoTime() - missedSince : 0;
    }

    public long timesMissed() {
        return timesMissed;
    }
}

package io.spindrift.volume.outage;

import io.netty.util.concurrent.Ticker;
import io.spindrift.image.ImageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place that says how a volume stands to its image: what the connection tells, and what became of the batches that were sent last. Made with the
 * volume's data path; lives on the home loop. {@link LinkState#FENCED} is for ever.
 */
public final class ImageLink {
    private static final Logger LOG = LoggerFactory.getLogger(ImageLink.class);

    private final Ticker ticker;
    private final String volume;
    private LinkState state = LinkState.UP;
    private String reason = "";
    private long sinceNanos;
    private String cut = "";
    private ImageException refusal;

    /** @param volume for the log */
    public ImageLink(Ticker ticker, String volume) {
        this.ticker = ticker;
        this.volume = volume;
        this.sinceNanos = ticker.nanoTime();
    }

    /** The connection came or went. */
    public void connection(boolean up, String why) {
        cut = up ? "" : why == null || why.isEmpty() ? "no connection" : why;
        judge();
    }

    /** The image took a batch. */
    public void taken() {
        refusal = null;
        judge();
    }

    /** The image did not take a batch. */
    public void refused(ImageException failure) {
        refusal = failure;
        judge();
    }

    /** The lease is lost. */
    public void fenced(String why) {
        state(LinkState.FENCED, why);
    }

    private void judge() {
        if (!cut.isEmpty()) {
            state(LinkState.DOWN, cut);
        } else if (refusal == null) {
            state(LinkState.UP, "");
        } else {
            state(stateAfter(refusal), refusal.getMessage());
        }
    }

    private static LinkState stateAfter(ImageException refusal) {
        return switch (refusal.failure()) {
            case UNAVAILABLE, CLOSED -> LinkState.DOWN;
            case FULL -> LinkState.FULL;
            case FENCED -> LinkState.FENCED;
            case INVALID, CORRUPT -> LinkState.ALARM;
        };
    }

    private void state(LinkState next, String why) {
        if (state == LinkState.FENCED) {
            return;
        }
        if (next != state) {
            if (next == LinkState.UP) {
                LOG.info("volume {}: link {} -> {}", volume, state, next);
            } else {
                LOG.warn("volume {}: link {} -> {}: {}", volume, state, next, why);
            }
            sinceNanos = ticker.nanoTime();
        }
        state = next;
        reason = why;
    }

    public LinkState state() {
        return state;
    }

    /** One line; empty while it is up. */
    public String reason() {
        return reason;
    }

    /** How long it has been in its state. */
    public long ageNanos() {
        return ticker.nanoTime() - sinceNanos;
    }
}

package io.spindrift.volume.outage;

/**
 * What happens at which fill of the journal, in percent of what can be counted on ({@link io.spindrift.journal.Journal#usableBytes}). Below the first
 * of them is {@link io.spindrift.volume.destage.DestageSettings#pushPercent}; above the last is a full journal, which holds writes.
 *
 * @param hardPercent where the link is given to the destage: cuts are due at once, nothing is fetched to fill the cache
 * @param slowPercent where writes begin to be slowed
 */
public record Watermarks(int hardPercent, int slowPercent) {
    public static final Watermarks DEFAULT = new Watermarks(50, 60);

    public Watermarks {
        if (hardPercent < 1 || slowPercent < hardPercent || slowPercent > 99) {
            throw new IllegalArgumentException("watermarks are 1 to 99 percent, in order, not " + hardPercent + " and " + slowPercent);
        }
    }
}

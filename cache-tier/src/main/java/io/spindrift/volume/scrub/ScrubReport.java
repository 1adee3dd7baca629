package io.spindrift.volume.scrub;

import io.spindrift.image.Damage;
import java.util.List;

/**
 * What one pass found.
 *
 * @param bytes that were read and compared
 * @param damages the first {@link #MOST}
 * @param repaired how many of the damaged blocks have a good copy again
 * @param ended empty where the pass came to its end, else why it did not
 */
public record ScrubReport(long bytes, List<Damage> damages, long repaired, String ended) {
    /** More damages are counted and not told. */
    public static final int MOST = 10_000;
}

package io.spindrift.scsi.log;

import io.spindrift.scsi.SpaceGauge;
import io.spindrift.scsi.data.Threshold;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which thresholds are reached (SBC-4 4.7.3.8). A threshold has a range around its count: it is reached at the range's far end and armed again at its near end,
 * so that space that comes and goes is told of once for each crossing. One that is reached when it is first looked at counts as a crossing.
 *
 * <p>Counts of blocks are those of the store. A percentage is looked at for the journal and the store each, and each has its crossings.
 */
final class ThresholdWatch {
    /** Hears of crossings. */
    interface Listener {
        void reached(Threshold threshold, SpaceGauge.Place place, SpaceGauge.Space space);
    }

    /** A threshold, by its descriptor, at a place. */
    private record Crossing(int offset, SpaceGauge.Place place) {}

    private final Set<Crossing> reached = new HashSet<>();

    /** Whether a threshold is reached now. */
    boolean isReached() {
        return !reached.isEmpty();
    }

    /** Looks at every threshold. @param setBytes bytes in a threshold set */
    void look(List<Threshold> thresholds, SpaceGauge gauge, long setBytes, Listener listener) {
        for (Threshold threshold : thresholds) {
            for (SpaceGauge.Place place : SpaceGauge.Place.values()) {
                SpaceGauge.Space space = gauge.read(place);
                if (space != null && (threshold.percentage() || place == SpaceGauge.Place.STORE)) {
                    look(threshold, place, space, setBytes, listener);
                }
            }
        }
    }

    private void look(Threshold threshold, SpaceGauge.Place place, SpaceGauge.Space space, long setBytes, Listener listener) {
        Crossing crossing = new Crossing(threshold.offset(), place);
        long distance = threshold.percentage() ? percentageDistance(threshold, space) : setDistance(threshold, space, setBytes);
        long half = threshold.percentage() ? Threshold.PERCENTAGE_RANGE / 2 : setBytes / 2;
        if (!threshold.enabled() || distance >= half) {
            reached.remove(crossing);
        } else if (distance <= -half && reached.add(crossing)) {
            listener.reached(threshold, place, space);
        }
    }

    /** How far what is free is above the threshold, in tenths of a percent. */
    private static long percentageDistance(Threshold threshold, SpaceGauge.Space space) {
        return Math.round(1000.0 * space.freeBytes() / space.capacityBytes()) - 10 * threshold.count();
    }

    /** How far what is free is above the threshold, or what is used below it, in bytes. */
    private static long setDistance(Threshold threshold, SpaceGauge.Space space, long setBytes) {
        long bytes = threshold.count() * setBytes;
        return threshold.increasing() ? bytes - space.usedBytes() : space.freeBytes() - bytes;
    }
}

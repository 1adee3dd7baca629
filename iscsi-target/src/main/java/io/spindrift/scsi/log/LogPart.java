package io.spindrift.scsi.log;

import io.spindrift.scsi.SpaceGauge;
import io.spindrift.scsi.data.ModeParameters;
import io.spindrift.scsi.data.Threshold;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.unit.LogicalUnit;
import io.spindrift.scsi.unit.UnitPart;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a unit knows of its health: the gauge of its space, the thresholds that are reached, the informational exception there is. */
public final class LogPart implements UnitPart {
    private static final Logger LOG = LoggerFactory.getLogger(LogPart.class);

    private final LogicalUnit unit;
    private final ThresholdWatch watch = new ThresholdWatch();
    private SpaceGauge gauge = SpaceGauge.NONE;
    private boolean testTold;

    LogPart(LogicalUnit unit) {
        this.unit = unit;
    }

    static LogPart of(LogicalUnit unit) {
        return unit.part(LogPart.class);
    }

    /** Names the gauge of the unit's space, once, when the unit is made. */
    public void watch(SpaceGauge spaceGauge) {
        gauge = spaceGauge;
        gauge.listen(this::spaceChanged);
        spaceChanged();
    }

    SpaceGauge gauge() {
        return gauge;
    }

    /** Bytes in a threshold set. */
    long setBytes() {
        int length = unit.geometry().blockLength();
        return (long) length << Threshold.setExponent(unit.geometry().blockCount(), length);
    }

    private void spaceChanged() {
        watch.look(unit.modes().thresholds(), gauge, setBytes(), this::reached);
    }

    private void reached(Threshold threshold, SpaceGauge.Place place, SpaceGauge.Space space) {
        boolean told = unit.modes().thresholdNotifications();
        LOG.warn("LUN {}: space is running out, {} bytes of the {} bytes of the {} are free{}", unit.number(), space.freeBytes(), space.capacityBytes(),
                place.name().toLowerCase(Locale.ROOT), told ? "" : "; initiators don't want to be told");
        if (told) {
            unit.thresholdReached(threshold.offset());
        }
    }

    @Override
    public void modesChanged() {
        spaceChanged();
        ModeParameters modes = unit.modes();
        boolean test = modes.exceptionsEnabled() && modes.exceptionTest();
        if (test && !testTold && modes.exceptionsAsAttentions()) {
            unit.establishForAll(AdditionalSense.TEST_EXCEPTION);
        }
        testTold = test && (testTold || modes.exceptionsAsAttentions());
    }

    /** The informational exception there is, whoever is told of it. @return null for none */
    AdditionalSense exception() {
        if (!unit.modes().exceptionsEnabled()) {
            return null;
        }
        if (unit.modes().exceptionTest()) {
            return AdditionalSense.TEST_EXCEPTION_NOTED;
        }
        return watch.isReached() ? AdditionalSense.SOFT_THRESHOLD_NOTED : null;
    }

    @Override
    public AdditionalSense noted() {
        return unit.modes().exceptionsOnRequest() ? exception() : null;
    }

    @Override
    public void removed() {
        gauge.listen(null);
    }
}

package io.spindrift.scsi.medium;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.scsi.Nexus;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.SpaceGauge;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.unit.Gate;
import io.spindrift.scsi.unit.LogicalUnit;
import io.spindrift.scsi.unit.Opcode;
import io.spindrift.scsi.unit.UnitPart;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a unit's medium is in, who keeps it there, and whether it is being sanitized. A medium is in again when the daemon starts. Made with its
 * unit; lives on the home loop.
 */
public final class MediumPart implements UnitPart {
    private static final Logger LOG = LoggerFactory.getLogger(MediumPart.class);
    private static final int READ_CAPACITY_10 = 0x25;
    private static final int READ_CAPACITY_16 = 0x9E;

    private final LogicalUnit unit;
    private final Consumer<MediumPart> gone;
    private final Sanitize sanitize;
    private final Set<Nexus> preventing = new HashSet<>();
    private final Gate noMedium = MediumPart::refuseWithoutMedium;
    private boolean out;

    MediumPart(LogicalUnit unit, EventExecutor home, ByteBufAllocator allocator, Consumer<MediumPart> gone) {
        this.unit = unit;
        this.gone = gone;
        this.sanitize = new Sanitize(unit, home, allocator);
    }

    static MediumPart of(LogicalUnit unit) {
        return unit.part(MediumPart.class);
    }

    /** Names the gauge of the unit's space, once, when the unit is made. */
    public void watch(SpaceGauge gauge) {
        sanitize.watch(gauge);
    }

    Sanitize sanitize() {
        return sanitize;
    }

    private static int refuseWithoutMedium(LogicalUnit unit, Opcode entry, ScsiCommand command) {
        boolean capacity = entry.code() == READ_CAPACITY_10 || entry.code() == READ_CAPACITY_16;
        return capacity || entry.is(Opcode.Trait.NEEDS_MEDIUM) ? unit.fail(command, AdditionalSense.MEDIUM_NOT_PRESENT) : 0;
    }

    /** PREVENT of one nexus is enough to keep the medium where it is. */
    boolean isKept() {
        return !preventing.isEmpty();
    }

    void prevent(Nexus nexus, boolean prevents) {
        if (prevents) {
            preventing.add(nexus);
        } else {
            preventing.remove(nexus);
        }
    }

    void eject() {
        if (!out) {
            LOG.info("LUN {}: the medium is out", unit.number());
            out = true;
            unit.close(noMedium);
        }
    }

    /** Everybody but the one who did it is told that the medium may be another now. */
    void load(Nexus nexus) {
        if (out) {
            LOG.info("LUN {}: the medium is in again", unit.number());
            out = false;
            unit.open(noMedium);
            unit.establish(other -> !other.equals(nexus), AdditionalSense.MEDIUM_MAY_HAVE_CHANGED);
        }
    }

    @Override
    public void reset() {
        preventing.clear();
    }

    /** So that an initiator that no longer works doesn't keep the medium in (SPC-5 6.13). */
    @Override
    public void preempted(Predicate<Nexus> whose) {
        preventing.removeIf(whose);
    }

    @Override
    public void nexusLost(Nexus nexus) {
        preventing.remove(nexus);
    }

    @Override
    public void storeChanged() {
        sanitize.resume();
    }

    @Override
    public void readinessChanged() {
        sanitize.resume();
    }

    @Override
    public void removed() {
        gone.accept(this);
    }
}

package io.spindrift.scsi.copy;

import io.netty.util.concurrent.EventExecutor;
import io.spindrift.scsi.Nexus;
import io.spindrift.scsi.ScsiTarget;
import io.spindrift.scsi.data.Designator;
import io.spindrift.scsi.unit.LogicalUnit;
import io.spindrift.scsi.unit.UnitPart;
import java.util.ArrayList;
import java.util.List;

/**
 * What third-party copy keeps for a unit: the results of the copies that it managed, and its name in the registry, by which copies that are managed here or
 * elsewhere find it. But for {@link #home} everything runs on the target's home loop.
 */
final class CopyPart implements UnitPart {
    private static final int[] PAGES = {CopyReports.PAGE};

    private final LogicalUnit unit;
    private final CopyFamily family;
    private final List<Designator> names = new ArrayList<>();
    private final CopyResults results = new CopyResults();
    private boolean removed;

    CopyPart(LogicalUnit unit, CopyFamily family) {
        this.unit = unit;
        this.family = family;
        for (Designator name : unit.settings().designators()) {
            if (name.bytes().length <= CscdDescriptor.MAX_NAME) {
                names.add(name);
            }
        }
        family.registry().add(names, this);
    }

    static CopyPart of(LogicalUnit unit) {
        return unit.part(CopyPart.class);
    }

    LogicalUnit unit() {
        return unit;
    }

    CopyFamily family() {
        return family;
    }

    CopyResults results() {
        return results;
    }

    /** The unit's home loop; any thread. */
    EventExecutor home() {
        return family.home();
    }

    /**
     * Carries a copy's request out for the initiator that asked for the copy.
     *
     * @param from the nexus that it asked through, of this target or another
     */
    void run(Nexus from, CopyRequest request) {
        request.nexus = removed ? null : nexusOf(from);
        if (request.nexus == null) {
            request.notReached();
        } else if (unit.admit(request) != ScsiTarget.REFUSED) {
            unit.execute(request);
        }
    }

    /** @return whether the request has no effect and is not answered */
    boolean takeBack(CopyRequest request) {
        return unit.abort(request);
    }

    /**
     * The session in which the initiator could do here itself what it asks the copy to do: without one, a copy would be a way around this
     * target's access rules. One of the same initiator port comes first.
     *
     * @return null where it has none
     */
    private Nexus nexusOf(Nexus from) {
        Nexus found = null;
        for (Nexus nexus : unit.nexuses()) {
            if (nexus.equals(from)) {
                return nexus;
            }
            if (nexus.initiatorName().equals(from.initiatorName()) && (found == null || nexus.initiatorPort().equals(from.initiatorPort()))) {
                found = nexus;
            }
        }
        return found;
    }

    @Override
    public int[] pages() {
        return PAGES;
    }

    @Override
    public byte[] page(int code) {
        return CopyReports.thirdPartyCopyPage();
    }

    @Override
    public void reset() {
        results.clear();
    }

    @Override
    public void nexusLost(Nexus nexus) {
        results.forget(nexus);
    }

    @Override
    public void removed() {
        removed = true;
        family.registry().remove(names, this);
    }
}

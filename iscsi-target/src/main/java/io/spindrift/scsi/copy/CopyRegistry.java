package io.spindrift.scsi.copy;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The units that copies may name, by designator. Made by the assembly, one for all targets of a process, so that data is copied between them;
 * a target that is given none has one of its own. Any thread; nothing to close.
 */
public final class CopyRegistry {
    private final ConcurrentMap<CopyDesignator, CopyUnit> units = new ConcurrentHashMap<>();

    /** Makes a unit known. Where another one has a name already, that one keeps it: one disk that is served twice is served by the first. */
    public void add(List<CopyDesignator> names, CopyUnit unit) {
        for (CopyDesignator name : names) {
            units.putIfAbsent(name, unit);
        }
    }

    /** Forgets a unit; copies that use it end with what its device answers. */
    public void remove(List<CopyDesignator> names, CopyUnit unit) {
        for (CopyDesignator name : names) {
            units.remove(name, unit);
        }
    }

    /** @return null where no unit has that name */
    CopyUnit find(CopyDesignator name) {
        return units.get(name);
    }
}

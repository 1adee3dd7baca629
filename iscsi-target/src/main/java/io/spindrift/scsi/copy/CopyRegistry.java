package io.spindrift.scsi.copy;

import io.spindrift.scsi.data.Designator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The units that copies may name, by designator. Made by the assembly, one for all targets of a process, so that data is copied between them;
 * a target that is given none has one of its own. Any thread; nothing to close.
 */
public final class CopyRegistry {
    private final ConcurrentMap<Designator, CopyPart> units = new ConcurrentHashMap<>();

    /** Makes a unit known. Where another one has a name already, that one keeps it: one disk that is served twice is served by the first. */
    void add(List<Designator> names, CopyPart unit) {
        for (Designator name : names) {
            units.putIfAbsent(name, unit);
        }
    }

    /** Forgets a unit; copies that use it end with what its device answers. */
    void remove(List<Designator> names, CopyPart unit) {
        for (Designator name : names) {
            units.remove(name, unit);
        }
    }

    /** @return null where no unit has that name */
    CopyPart find(Designator name) {
        return units.get(name);
    }
}

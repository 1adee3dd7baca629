package io.spindrift.engine.check;

import java.io.IOException;
import java.util.List;

/** A piece of a check: reads a MiB or so. */
@FunctionalInterface
interface CheckStep {
    /**
     * @param then gets what follows from this step; it is done next, in its order
     * @return the bytes that were read
     */
    long run(List<CheckStep> then) throws IOException;
}

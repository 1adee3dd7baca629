package io.spindrift.simulation;

/** Unwinds what a process was doing when it was killed: whatever still runs of its turn has no effect on anything outside. Thrown by a {@link SimulatedProcess}. */
final class ProcessDeath extends Error {
    private static final long serialVersionUID = 1L;

    ProcessDeath() {
        super("killed", null, false, false);
    }

    /** Whether this is why something else was thrown. */
    static boolean isBehind(Throwable thrown) {
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            if (at instanceof ProcessDeath) {
                return true;
            }
        }
        return false;
    }
}

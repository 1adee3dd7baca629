package io.spindrift.simulation;

/** Something that must hold did not; the message has what it takes to see it again. */
final class SimulationFailure extends AssertionError {
    private static final long serialVersionUID = 1L;

    SimulationFailure(SimulatedWorld world, String what) {
        this(world, what, null);
    }

    SimulationFailure(SimulatedWorld world, String what, Throwable cause) {
        super(what + " (seed " + world.seed() + ", turn " + world.steps() + ", after " + world.elapsed().toMillis() + " ms, commit "
                + System.getProperty("spindrift.commit", "unknown") + ')', cause);
    }
}

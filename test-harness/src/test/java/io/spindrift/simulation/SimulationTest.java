package io.spindrift.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The short form: some seeds that hold, the same seed twice, and what happens without each safeguard. {@code bin/simulate} is the long one. */
class SimulationTest {
    private static final int SEEDS = 30;
    private static final int SEEDS_WITHOUT = 40;

    @Test
    void theLawsHold() {
        long acknowledged = 0;
        long audits = 0;
        int deaths = 0;
        int setAside = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Simulation.Outcome outcome = Simulation.run(seed, Simulation.LIVES, Weakness.NONE, false);
            acknowledged += outcome.acknowledged();
            audits += outcome.audits();
            deaths += outcome.deaths();
            setAside += outcome.setAside();
        }
        assertTrue(acknowledged > 1000 * SEEDS && audits > 10 * SEEDS && deaths > 5 * SEEDS && setAside > 5,
                "the runs did something: " + acknowledged + " commands, " + audits + " audits, " + deaths + " deaths, " + setAside + " journals set aside");
    }

    @Test
    void theSameSeedIsTheSameRun() {
        Simulation.Outcome first = Simulation.run(5, Simulation.LIVES, Weakness.NONE, false);
        assertEquals(first, Simulation.run(5, Simulation.LIVES, Weakness.NONE, false));
        assertNotEquals(first.trace(), Simulation.run(6, Simulation.LIVES, Weakness.NONE, false).trace());
    }

    @ParameterizedTest
    @EnumSource(value = Weakness.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void withoutASafeguardALawBreaks(Weakness weakness) {
        for (long seed = 1; seed <= SEEDS_WITHOUT; seed++) {
            try {
                Simulation.run(seed, Simulation.LIVES, weakness, false);
            } catch (SimulationFailure found) {
                // The image itself may be the first to notice; what is asked for here is that the oracle does.
                if (!found.getMessage().contains("the image refuses what comes next")) {
                    assertTrue(found.getMessage().contains("sequence"), () -> "not what the oracle says, but: " + found.getMessage());
                    return;
                }
            }
        }
        fail("nobody noticed");
    }
}

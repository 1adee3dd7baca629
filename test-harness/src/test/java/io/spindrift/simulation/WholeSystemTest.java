package io.spindrift.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * The whole system under random trouble. Seeds and length come from {@code spindrift.seeds} (A-B), {@code spindrift.rounds} and
 * {@code spindrift.minutes} (further seeds until the time is up); the short run is part of every build.
 */
class WholeSystemTest {
    private static final int ROUNDS = Integer.getInteger("spindrift.rounds", 6);
    private static final String[] SEEDS = System.getProperty("spindrift.seeds", "1-6").split("-");
    private static final long MINUTES = Long.getLong("spindrift.minutes", 0);
    private static final int CONTROL_SEEDS = 30;

    @Test
    void theLawsHold() throws IOException {
        long first = Long.parseLong(SEEDS[0]);
        long last = Long.parseLong(SEEDS[SEEDS.length - 1]);
        int acknowledged = 0;
        int checked = 0;
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
        for (long seed = first; seed <= last || System.nanoTime() - end < 0; seed++) {
            WholeSystem system = run(seed, host -> { });
            acknowledged += system.acknowledged;
            checked += system.checked;
            System.out.printf("seed %d: %d writes, %d looks, %d recoveries (%d without power), %d take-overs, %d server deaths, %.0f s, %d turns%n", seed,
                    system.acknowledged, system.checked, system.recoveries, system.powerLosses, system.takeOvers, system.storeDeaths,
                    (system.world.nanos() - system.world.ticker().initialNanoTime()) / 1e9, system.world.steps());
        }
        assertTrue(acknowledged > 50 * (last - first + 1) && checked > 1000, "the run did something");
    }

    @Test
    void theSameSeedIsTheSameRun() throws IOException {
        WholeSystem once = run(3, host -> { });
        WholeSystem again = run(3, host -> { });
        assertEquals(once.world.steps(), again.world.steps());
        assertEquals(once.world.nanos() - once.world.ticker().initialNanoTime(), again.world.nanos() - again.world.ticker().initialNanoTime());
        assertEquals(once.acknowledged, again.acknowledged);
        assertEquals(once.checked, again.checked);
    }

    @Test
    void withoutReplayAcknowledgedWritesAreLost() throws IOException {
        breaks(host -> host.journals = Mutations::withoutReplay);
    }

    @Test
    void withoutSyncFlushedWritesAreLost() throws IOException {
        breaks(host -> host.journals = Mutations::withoutSync);
    }

    @Test
    void withoutVouchingReadsAreOld() throws IOException {
        breaks(host -> host.catalogs = Mutations::withoutVouching);
    }

    private static WholeSystem run(long seed, Consumer<SimulatedHost> weaken) throws IOException {
        WholeSystem system = new WholeSystem(seed, weaken);
        system.run(ROUNDS);
        return system;
    }

    /** One of the seeds has to see it. */
    private static void breaks(Consumer<SimulatedHost> weaken) throws IOException {
        for (long seed = 1; seed <= CONTROL_SEEDS; seed++) {
            try {
                run(seed, weaken);
            } catch (SimulationFailure seen) {
                return;
            }
        }
        fail("nobody noticed");
    }
}

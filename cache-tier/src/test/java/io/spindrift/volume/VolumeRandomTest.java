package io.spindrift.volume;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.spindrift.volume.fetch.Weakened;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random operations, deaths, cuts and take-overs against a model of what a volume ought to be, from a seed; and what happens without each safeguard. */
class VolumeRandomTest {
    private static final int SEEDS = 40;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void keepsTheLaws(long seed) {
        VolumeRun run = new VolumeRun(seed);
        run.run(6);
        assertTrue(run.reads > 20 && run.acknowledged > 20 && run.history.batches > 3, "the run did something");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void keepsTheLawsWithLittleMemory(long seed) {
        VolumeRun run = new VolumeRun(seed);
        run.with(host -> host.caches = cache -> new ColdCache(cache, host.loop, host.random, false));
        run.run(6);
        assertTrue(run.reads > 20 && run.acknowledged > 20 && run.history.batches > 3, "the run did something");
    }

    @Test
    void aLoadThatDoesNotLookAgainBringsTheOldBack() {
        breaks(run -> run.with(host -> host.caches = cache -> new ColdCache(cache, host.loop, host.random, true)));
    }

    @Test
    void withoutReplayAcknowledgedWritesAreLost() {
        breaks(run -> run.with(host -> host.journals = journal -> BrokenJournals.withoutReplay(host, journal)));
    }

    @Test
    void cutFromTheDirtyMapTheImageIsNoPrefix() {
        breaks(run -> run.with(host -> host.journals = journal -> BrokenJournals.newestOnly(host, journal)));
    }

    @Test
    void withTheOldCacheReadsAreOld() {
        breaks(run -> run.with(host -> host.vouching = false));
    }

    @Test
    void withoutMarksFetchesBringTheOldBack() {
        breaks(run -> run.started = host -> Weakened.withoutMarks(host.volume.path().view.fetches()));
    }

    /** One of the seeds has to see it. */
    private static void breaks(Consumer<VolumeRun> weaken) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            VolumeRun run = new VolumeRun(seed);
            weaken.accept(run);
            try {
                run.run(6);
            } catch (AssertionError seen) {
                run.host.kill(false);
                return;
            }
        }
        fail("nobody noticed");
    }
}

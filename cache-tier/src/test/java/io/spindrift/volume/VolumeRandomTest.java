package io.spindrift.volume;


import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random operations, deaths, cuts and take-overs against a model of what a volume ought to be, from a seed. */
class VolumeRandomTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30})
    void keepsTheLaws(long seed) {
        VolumeRun run = new VolumeRun(seed);
        run.run(12);
        System.out.println(seed + " reads " + run.reads + " acks " + run.acknowledged + " batches " + run.history.batches + " aside " + run.hosts[0].setAside);
    }
}

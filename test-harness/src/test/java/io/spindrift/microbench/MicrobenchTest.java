package io.spindrift.microbench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Each benchmark once, for a moment: they can be run, and none fails. What they measure here is nothing. */
class MicrobenchTest {
    @Test
    void everyBenchmarkRuns() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder().include("io.spindrift.microbench").forks(0).warmupIterations(0).measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(20)).param("mebibytes", "8").shouldFailOnError(true).verbosity(VerboseMode.SILENT).build()).run();
        Set<String> classes = results.stream().map(result -> result.getParams().getBenchmark().replaceAll(".*\\.(\\w+)\\.\\w+", "$1")).collect(Collectors.toSet());
        assertEquals(Set.of("PduCodecBenchmark", "CacheBenchmark", "ValueCacheBenchmark", "JournalBenchmark", "DirtyMapBenchmark"), classes);
        results.forEach(result -> assertTrue(result.getPrimaryResult().getScore() > 0, result.getParams().getBenchmark()));
    }
}

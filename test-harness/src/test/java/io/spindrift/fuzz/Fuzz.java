package io.spindrift.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** The command {@code bin/fuzz}. */
public final class Fuzz {
    private static final long MIB = 1 << 20;
    /** Growth that is not the corpus's, over a whole run. */
    private static final long FLAT_BYTES = 24 * MIB;
    private static final long TELL_NANOS = 30_000_000_000L;

    private final FuzzLog log;
    private long seed = 1;
    private long pdus = 100_000;
    private double minutes = 1e9;
    private Path keep;
    private Path coverage;
    private Weakness weakness = Weakness.NONE;
    private final List<FuzzStage> stages = new ArrayList<>();

    private Fuzz(FuzzLog log) {
        this.log = log;
    }

    public static void main(String[] arguments) throws IOException {
        int status;
        try (FuzzLog log = new FuzzLog()) {
            status = new Fuzz(log).run(arguments);
        }
        System.exit(status);
    }

    private int run(String[] arguments) throws IOException {
        Path replay = null;
        for (int i = 0; i < arguments.length; i += 2) {
            if (i + 1 == arguments.length) {
                return usage(arguments[i]);
            }
            String value = arguments[i + 1];
            switch (arguments[i]) {
                case "--seed" -> seed = Long.parseLong(value);
                case "--pdus" -> pdus = Long.parseLong(value);
                case "--minutes" -> minutes = Double.parseDouble(value);
                case "--stage" -> stages.add(FuzzStage.valueOf(value.toUpperCase(Locale.ROOT).replace('-', '_')));
                case "--weakness" -> weakness = Weakness.valueOf(value);
                case "--coverage" -> coverage = Path.of(value);
                case "--keep" -> keep = Path.of(value);
                case "--replay" -> replay = Path.of(value);
                default -> {
                    return usage(arguments[i]);
                }
            }
        }
        return replay == null ? runStages() : replay(replay);
    }

    private static int usage(String wrong) {
        System.err.println("fuzz: '" + wrong + "' is not known or needs a value; --seed N, --pdus M, --stage before-login|in-login|full-feature, --minutes T, "
            + "--keep FOLDER, --coverage FILE, --weakness NAME, --replay FILE");
        return 2;
    }

    private int replay(Path file) throws IOException {
        FuzzFailure failure = Trace.play(Files.readAllLines(file), log, weakness);
        if (failure == null) {
            System.out.println("PASS " + file);
            return 0;
        }
        System.out.println("FAIL " + failure.getMessage());
        failure.printStackTrace(System.out);
        return 1;
    }

    private int runStages() throws IOException {
        for (FuzzStage stage : stages.isEmpty() ? List.of(FuzzStage.values()) : stages) {
            if (!run(stage)) {
                return 1;
            }
        }
        return 0;
    }

    private boolean run(FuzzStage stage) throws IOException {
        FuzzRun run = new FuzzRun(stage, seed, log, weakness);
        long began = System.nanoTime();
        long told = began;
        long memory = 0;
        try {
            run.replayCorpus();
            while (run.mutated() < pdus && System.nanoTime() - began < minutes * 6e10) {
                run.round();
                if (memory == 0 && (run.mutated() > pdus / 10 || System.nanoTime() - began > minutes * 6e9)) {
                    memory = heap();
                }
                if (System.nanoTime() - told > TELL_NANOS) {
                    told = System.nanoTime();
                    System.out.println("  " + run);
                }
            }
            long grown = heap() - memory;
            if (log.leak() != null) {
                throw new FuzzFailure(log.leak());
            }
            System.out.printf("%s, %.0f mutated PDUs/s, heap %+.1f MiB%n", run, run.mutated() / ((System.nanoTime() - began) / 1e9), grown / (double) MIB);
            if (memory > 0 && grown > FLAT_BYTES) {
                throw new FuzzFailure("the heap has grown by " + grown + " bytes");
            }
        } catch (FuzzFailure failure) {
            return failed(run, failure);
        } catch (RuntimeException | Error thrown) {
            return failed(run, new FuzzFailure("a defect: " + thrown, thrown));
        }
        if (coverage != null) {
            Files.write(coverage, run.novelty().coverage());
        }
        if (keep != null) {
            keepCorpus(run);
        }
        return true;
    }

    private void keepCorpus(FuzzRun run) throws IOException {
        FuzzRun again = new FuzzRun(run.stage(), seed, log, weakness);
        List<Script> found = new ArrayList<>();
        for (int index = again.corpus().size(); index < run.corpus().size(); index++) {
            found.add(run.corpus().get(index));
        }
        // The small ones first: what a large one adds to them is rarely much.
        found.sort(Comparator.comparingInt(Script::bytes));
        found.forEach(script -> again.corpus().add(script, new SplittableRandom(seed)));
        List<Script> chosen = again.replayCorpus();
        List<List<String>> seeds = Seeds.of(run.stage()).stream().map(Script::toLines).toList();
        chosen.removeIf(script -> seeds.contains(script.toLines()));
        again.corpus().keep(keep, chosen);
        System.out.println("  kept " + chosen.size() + " scripts in " + keep);
    }

    private static long heap() {
        System.gc();
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private boolean failed(FuzzRun run, FuzzFailure failure) throws IOException {
        System.out.println("FAIL " + failure.getMessage());
        failure.printStackTrace(System.out);
        System.out.printf("again: fuzz --stage %s --seed %d --pdus %d%s (round %d)%n", run.stage().word(), run.seed(), pdus,
            weakness == Weakness.NONE ? "" : " --weakness " + weakness, run.rounds());
        Path file = Files.createTempFile("fuzz-" + run.stage().word() + "-" + run.seed() + "-", ".txt");
        List<String> lines = new ArrayList<>(run.trace().lines());
        if (!List.of("end", "stop").contains(lines.get(lines.size() - 1))) {
            lines.add("end");
        }
        Files.write(file, Trace.shortened(lines, log, weakness));
        System.out.println("shorter: fuzz --replay " + file);
        return false;
    }
}

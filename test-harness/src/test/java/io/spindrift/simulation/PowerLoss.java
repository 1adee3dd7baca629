package io.spindrift.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * The power-loss model as a program: {@code --seed S} and the ones after it until {@code --cuts N} points were looked at; {@code --folder F} for the files, best
 * in memory; {@code --deaf WORD} with syncs that do nothing, which must fail: {@code all}, or what is synced has one of these in its
 * name ({@code journal}, {@code "folder store"}, {@code cache.slab,cache.headers}). Ends with 1 at the first failure, and with 1 where nothing failed but had to.
 */
public final class PowerLoss {
    private static final int CUT_EVERY = 45;

    private PowerLoss() {}

    public static void main(String[] arguments) throws IOException {
        long seed = 1;
        long cuts = 0;
        String deaf = null;
        Path folder = Path.of(System.getProperty("java.io.tmpdir"));
        for (int at = 0; at + 1 < arguments.length; at += 2) {
            switch (arguments[at]) {
                case "--seed" -> seed = Long.parseLong(arguments[at + 1]);
                case "--cuts" -> cuts = Long.parseLong(arguments[at + 1]);
                case "--deaf" -> deaf = arguments[at + 1];
                case "--folder" -> folder = Path.of(arguments[at + 1]);
                default -> usage(arguments[at]);
            }
        }
        if (arguments.length % 2 != 0) {
            usage(arguments[arguments.length - 1]);
        }
        System.exit(run(seed, cuts, deaf, folder));
    }

    private static void usage(String wrong) {
        System.err.println("power-loss: '" + wrong + "' is not known; --seed S, --cuts N, --deaf WORD, --folder F");
        System.exit(2);
    }

    /** Syncs that do nothing; null: all do what they say. */
    static Predicate<String> deafTo(String word) {
        return word == null ? what -> false : word.equals("all") ? what -> true : what -> Arrays.stream(word.split(",")).anyMatch(what::contains);
    }

    private static int run(long first, long cuts, String deaf, Path folder) throws IOException {
        long began = System.nanoTime();
        long[] sums = new long[5];
        long seed = first;
        do {
            Path scratch = Files.createTempDirectory(folder, "power-loss");
            try {
                PowerLossRun.Outcome outcome = new PowerLossRun(seed, scratch, deafTo(deaf), PowerLossRun.LIVES, CUT_EVERY).run();
                System.out.println(outcome);
                long[] figures = {outcome.operations(), outcome.cuts(), outcome.cachesKept(), outcome.blocksKept(), outcome.lost()};
                for (int at = 0; at < sums.length; at++) {
                    sums[at] += figures[at];
                }
            } catch (SimulationFailure failure) {
                System.out.println("FAIL " + failure.getMessage() + "; the folder: " + scratch);
                failure.printStackTrace(System.out);
                return 1;
            }
            PowerLossRun.remove(scratch);
            seed++;
        } while (sums[1] < cuts);
        System.out.printf(Locale.ROOT, "PASS %d cuts in %d calls, seeds %d to %d; a cache was kept after %d, %d blocks; %d acknowledged units that nothing flushed were lost; %.0f s%n",
                sums[1], sums[0], first, seed - 1, sums[2], sums[3], sums[4], (System.nanoTime() - began) / 1e9);
        return 0;
    }
}

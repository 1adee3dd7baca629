package io.spindrift.simulation;

import java.time.Duration;

/**
 * The simulator as a program: {@code --seed N} or {@code --seeds A-B}, {@code --minutes M} of real time at most (from the seed on, one after the other),
 * {@code --rounds R} lives of the disk in each, {@code --weakness NAME} to see one found, {@code --telling} for the log with simulated times. Ends with 1 at the first seed that fails.
 */
public final class Simulate {
    private Simulate() {}

    public static void main(String[] arguments) {
        long first = 1;
        long last = Long.MAX_VALUE;
        double minutes = 0;
        int rounds = Simulation.LIVES;
        boolean telling = false;
        boolean one = false;
        Weakness weakness = Weakness.NONE;
        for (int at = 0; at < arguments.length; at++) {
            switch (arguments[at]) {
                case "--seed" -> {
                    first = Long.parseLong(arguments[++at]);
                    one = true;
                }
                case "--seeds" -> {
                    String[] range = arguments[++at].split("-");
                    first = Long.parseLong(range[0]);
                    last = Long.parseLong(range[1]);
                }
                case "--minutes" -> minutes = Double.parseDouble(arguments[++at]);
                case "--rounds" -> rounds = Integer.parseInt(arguments[++at]);
                case "--weakness" -> weakness = Weakness.valueOf(arguments[++at]);
                case "--telling" -> telling = true;
                default -> usage(arguments[at]);
            }
        }
        System.exit(run(first, one && minutes == 0 ? first : last, minutes == 0 ? Double.MAX_VALUE : minutes, rounds, weakness, telling));
    }

    private static void usage(String wrong) {
        System.err.println("simulate: '" + wrong + "' is not known; --seed N, --seeds A-B, --minutes M, --rounds R, --weakness NAME, --telling");
        System.exit(2);
    }

    private static int run(long first, long last, double minutes, int rounds, Weakness weakness, boolean telling) {
        long began = System.nanoTime();
        Duration simulated = Duration.ZERO;
        long seeds = 0;
        for (long seed = first; seed <= last && System.nanoTime() - began < minutes * 6e10; seed++) {
            try {
                Simulation.Outcome outcome = Simulation.run(seed, rounds, weakness, telling);
                simulated = simulated.plus(outcome.simulated());
                seeds++;
                System.out.println(outcome);
            } catch (SimulationFailure failure) {
                System.out.println("FAIL " + failure.getMessage());
                failure.printStackTrace(System.out);
                return 1;
            }
        }
        System.out.printf("PASS %d seeds from %d on, %.2f simulated hours, %.0f s%n", seeds, first, simulated.toMillis() / 3.6e6, (System.nanoTime() - began) / 1e9);
        return 0;
    }
}

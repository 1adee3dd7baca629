package io.spindrift.harness.load;

import io.spindrift.harness.initiator.InitiatorSettings;
import io.spindrift.harness.initiator.TargetUrl;
import java.io.IOException;
import java.util.Set;

/**
 * Measures a target: one session, a fixed number of commands in flight.
 *
 * <pre>
 * LoadMeter [options] iscsi://HOST:PORT/IQN/LUN
 *   --work KIND      randread, randwrite, randrw, read, write, fill, scan (randread); the last two write or read
 *                    the range once
 *   --reads PERCENT  reads among randrw (70)          --size BYTES    of a command (4096)
 *   --depth N        commands in flight (32)          --seconds S     how long (5)
 *   --range BYTES    how much of the unit (all)       --zipf          80 % of the commands go to 20 % of the range, in scattered places
 *   --sync-every N   SYNCHRONIZE CACHE after N writes (0)
 *   --warm-up S      not counted before (0)           --seed N        (1)
 *   --rate N         at most N commands a second (0)  --pid N         a process whose CPU time is divided by the commands
 *   --timeline       one line a second on standard error
 * </pre>
 *
 * Prints one JSON object with IOPS, MB/s, latencies in microseconds, errors and CPU time. Ends with 0; 2: usage; 3: commands failed;
 * 4: no connection.
 */
public final class LoadMeter {
    private static final Set<String> KNOWN = Set.of("work", "reads", "size", "depth", "seconds", "range", "sync-every", "warm-up", "seed", "rate",
            "pid", "initiator");
    private static final Set<String> FLAGS = Set.of("zipf", "timeline");

    private LoadMeter() {
    }

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** As the command line, in this process. */
    public static int run(String... arguments) {
        try {
            Arguments given = new Arguments(arguments, KNOWN, FLAGS);
            if (given.rest().length != 1) {
                throw new IllegalArgumentException("use: LoadMeter [options] iscsi://HOST:PORT/IQN/LUN");
            }
            InitiatorSettings settings = InitiatorSettings.defaults().named(given.text("initiator", InitiatorSettings.defaults().name()));
            MeterRun run = new MeterRun(MeterPlan.of(given), TargetUrl.parse(given.rest()[0]), settings);
            run.run();
            System.out.println(run.json());
            return run.errors() > 0 ? 3 : 0;
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            return 2;
        } catch (IOException e) {
            System.err.println("no connection: " + e.getMessage());
            return 4;
        }
    }
}

package io.spindrift.harness.stamp;

import io.spindrift.bench.StampFormat;
import io.spindrift.initiator.login.InitiatorSettings;
import io.spindrift.initiator.login.TargetUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/**
 * A load that can tell afterwards whether anything that was acknowledged is lost, torn, stale or in the wrong place.
 *
 * <pre>
 * StampedLoad run    --ledger FILE [options] iscsi://HOST:PORT/IQN/LUN     writes and reads until the time is up
 * StampedLoad verify --ledger FILE [options] iscsi://HOST:PORT/IQN/LUN     reads everything and compares
 *   --unit BYTES        bytes that carry one stamp: 4096, or 512 for writes of single sectors (4096)
 *   --range BYTES       how much of the unit is used (64m)         --offset BYTES   from where (0)
 *   --max-units N       a write has 1 to N units (16)              --depth N        commands in flight (16)
 *   --reads PERCENT     how many commands are reads, checked at once (20)
 *   --flush-every N     SYNCHRONIZE CACHE after so many writes (0: never)
 *   --seconds S         how long to run (5)                        --rate N         at most N writes a second (0: no limit)
 *   --seed N            what is chosen (1)
 *   --patience MS       go on for so long when the connection is lost or refused (0: stop there, which is no failure of `run`)
 *   --stall-limit MS    a command that takes longer is a failure (0: no limit)
 *   --history FILE      with run: every write as it is sent and acknowledged is added to the file, for StampPrefix
 *   --foreign           what the disk held before does not matter: units that were never sent are not looked at
 *   --settle            with verify: what was found counts as acknowledged from here on
 *   --any-past          with verify: older states are allowed too (but no wrong block): an older image was accepted
 * </pre>
 *
 * Prints one JSON object. Ends with 0; 1: a wrong block was read; 2: usage; 3: a command failed at the target; 4: no connection.
 */
public final class StampedLoad {
    private static final Set<String> KNOWN = Set.of("ledger", "unit", "range", "offset", "max-units", "depth", "reads", "flush-every",
            "seconds", "rate", "seed", "patience", "stall-limit", "initiator", "history");
    private static final Set<String> FLAGS = Set.of("settle", "any-past", "foreign");

    private StampedLoad() {
    }

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** As the command line, in this process. */
    public static int run(String... arguments) {
        try {
            Arguments given = new Arguments(arguments, KNOWN, FLAGS);
            String[] rest = given.rest();
            if (rest.length != 2 || !Set.of("run", "verify").contains(rest[0]) || given.text("ledger", null) == null) {
                throw new IllegalArgumentException("use: StampedLoad run|verify --ledger FILE [options] iscsi://HOST:PORT/IQN/LUN");
            }
            return run(rest[0], TargetUrl.parse(rest[1]), given);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            return 2;
        }
    }

    private static int run(String verb, TargetUrl url, Arguments given) {
        int unit = given.integer("unit", 4096, 512, 65536);
        long units = given.number("range", 64L << 20) / unit;
        long seed = given.number("seed", 1);
        StampTally tally = new StampTally();
        int status;
        try (StampLedger ledger = StampLedger.open(Path.of(given.text("ledger", "")), unit, units, seed * 0x9e3779b97f4a7c15L)) {
            InitiatorSettings settings = InitiatorSettings.defaults().named(
                    given.text("initiator", InitiatorSettings.defaults().name())).within(5000);
            Connector connector = new Connector(url, settings, given.number("patience", 0));
            StampRange range = new StampRange(given.number("offset", 0), unit, ledger, new StampFormat(unit, ledger.run()),
                    given.flag("foreign"));
            if (verb.equals("run")) {
                try (StampHistory history = StampHistory.appendTo(given.text("history", null))) {
                    new StampWriter(range, connector, tally, StampPlan.of(given, seed), history).run();
                }
            } else {
                new StampVerifier(range, connector, tally, given.flag("settle"), given.flag("any-past")).run();
            }
            status = tally.status();
        } catch (IOException e) {
            System.err.println("no connection: " + e.getMessage());
            status = tally.status() == 0 ? 4 : tally.status();
        }
        System.out.println(tally.json(verb));
        return status;
    }
}

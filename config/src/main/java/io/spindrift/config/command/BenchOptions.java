package io.spindrift.config.command;

import io.spindrift.bench.BenchPlan;
import io.spindrift.bench.Work;
import io.spindrift.initiator.login.Credentials;
import io.spindrift.initiator.login.InitiatorSettings;
import io.spindrift.initiator.login.TargetUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code bench} is told, and what is made of it. What is not allowed is an {@link IllegalArgumentException} that says what is. */
final class BenchOptions {
    /** Room for the sequences of a run between two milliseconds of the clock. */
    private static final int SEQUENCES_BITS = 20;
    private static final int PROCESS_BITS = 16;

    @Parameters(paramLabel = "URL", arity = "1..*", description = "iscsi://HOST:PORT/IQN/LUN; several are loaded at a time, each a disk of its own.")
    private List<String> urls = new ArrayList<>();

    @Option(names = "--work", paramLabel = "KIND", defaultValue = "randread",
            description = "randread, randwrite, randrw: random places; read, write, rw: in order, again and again; fill, scan: write or read the range once. "
                    + "Default: ${DEFAULT-VALUE}. What writes destroys what is on the disk.")
    private String work;

    @Option(names = "--reads", paramLabel = "PERCENT", defaultValue = "70", description = "Reads among randrw and rw. Default: ${DEFAULT-VALUE}.")
    private int reads;

    @Option(names = "--size", paramLabel = "BYTES", defaultValue = "4096", converter = SizeConverter.class,
            description = "Of a command: 4096, 64k, 256KiB. Default: ${DEFAULT-VALUE}.")
    private long size;

    @Option(names = "--depth", paramLabel = "N", defaultValue = "32", description = "Commands under way in a session. Default: ${DEFAULT-VALUE}.")
    private int depth;

    @Option(names = "--sessions", paramLabel = "N", defaultValue = "1", description = "Sessions for each URL. Default: ${DEFAULT-VALUE}.")
    private int sessions;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "0",
            description = "That drive the sessions. Default: one for every two processors, no more than there are sessions.")
    private int threads;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "5", description = "How long; fill and scan end by themselves. Default: ${DEFAULT-VALUE}.")
    private double seconds;

    @Option(names = "--commands", paramLabel = "N", defaultValue = "0", description = "Ends after N reads and writes, all sessions together, instead.")
    private long commands;

    @Option(names = "--warm-up", paramLabel = "S", defaultValue = "0", description = "Before that, not counted. Default: ${DEFAULT-VALUE}.")
    private double warmUp;

    @Option(names = "--range", paramLabel = "BYTES", defaultValue = "0", converter = SizeConverter.class, description = "How much of the disk is used. Default: all.")
    private long range;

    @Option(names = "--offset", paramLabel = "BYTES", defaultValue = "0", converter = SizeConverter.class, description = "From where. Default: ${DEFAULT-VALUE}.")
    private long offset;

    @Option(names = "--zipf", description = "80 %% of the random commands go to 20 %% of the places, which lie scattered.")
    private boolean zipf;

    @Option(names = "--sync-every", paramLabel = "N", defaultValue = "0", description = "SYNCHRONIZE CACHE after N writes of a session.")
    private int syncEvery;

    @Option(names = "--fua", description = "Writes are to be durable before they are answered.")
    private boolean fua;

    @Option(names = "--compressible", paramLabel = "PERCENT", defaultValue = "0", description = "Zeros in each block of 4 KiB that is written. Default: none.")
    private int compressible;

    @Option(names = "--verify", description = "Writes carry stamps, and what is read must be whole, in its place and not older than what was answered.")
    private boolean verify;

    @Option(names = "--rate", paramLabel = "N", defaultValue = "0", description = "At most N commands a second, all sessions together.")
    private long rate;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of everything random. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--pid", paramLabel = "PID", split = ",", description = "The target's processes, on this host: their CPU time is told for each command.")
    private List<Long> pids = new ArrayList<>();

    @Option(names = "--patience", paramLabel = "S", defaultValue = "0", description = "How long a lost connection is tried again. Default: it ends the run.")
    private int patience;

    @Option(names = "--timeout", paramLabel = "S", defaultValue = "60",
            description = "A command that waits longer is a lost connection; 0: it may wait for ever. Default: ${DEFAULT-VALUE}.")
    private int timeout;

    @Option(names = "--initiator", paramLabel = "NAME", defaultValue = "iqn.2026-11.io.spindrift:bench", description = "The initiator's name. Default: ${DEFAULT-VALUE}.")
    private String initiator;

    @Option(names = "--chap-user", paramLabel = "NAME",
            description = "Who logs in, where the target asks (or SPINDRIFT_CHAP_USER). The secret comes from SPINDRIFT_CHAP_SECRET or --chap-secret-file.")
    private String chapUser;

    @Option(names = "--chap-secret-file", paramLabel = "FILE", description = "A file that holds the secret and nothing else.")
    private Path chapSecretFile;

    BenchPlan plan(long clockMs) {
        Work kind = work();
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("--size is too large");
        }
        return new BenchPlan(new BenchPlan.Pattern(kind, reads, (int) size, offset, range, zipf, seed),
                new BenchPlan.Writes(fua, syncEvery, compressible, verify, Math.max(1, clockMs << SEQUENCES_BITS)),
                new BenchPlan.Pace(depth, sessions, threads, rate), new BenchPlan.Span(seconds, commands, warmUp, patience, timeout));
    }

    private Work work() {
        try {
            return Work.valueOf(work.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            throw new IllegalArgumentException("--work: '" + work + "' is not allowed; allowed: randread, randwrite, randrw, read, write, rw, fill, scan");
        }
    }

    List<TargetUrl> targets() {
        return urls.stream().map(TargetUrl::parse).toList();
    }

    List<Long> pids() {
        return pids;
    }

    /** @param process a number of this process: sessions of two that run at a time must not take each other's place */
    InitiatorSettings initiator(UnaryOperator<String> environment, long process) {
        return InitiatorSettings.defaults().named(initiator).identified(process << PROCESS_BITS).as(credentials(environment));
    }

    private Credentials credentials(UnaryOperator<String> environment) {
        String user = chapUser != null ? chapUser : environment.apply("SPINDRIFT_CHAP_USER");
        String secret = chapSecretFile != null ? secretOf(chapSecretFile) : environment.apply("SPINDRIFT_CHAP_SECRET");
        if (user == null && chapSecretFile == null) {
            return null;
        }
        if (user == null || secret == null) {
            throw new IllegalArgumentException("CHAP needs a user (--chap-user or SPINDRIFT_CHAP_USER) and a secret (SPINDRIFT_CHAP_SECRET or --chap-secret-file)");
        }
        return new Credentials(user, secret);
    }

    private static String secretOf(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException("--chap-secret-file: " + file + " can't be read", e);
        }
    }
}

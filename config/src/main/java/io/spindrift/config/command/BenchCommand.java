package io.spindrift.config.command;

import io.spindrift.bench.BenchPlan;
import io.spindrift.bench.BenchReport;
import io.spindrift.bench.BenchRun;
import io.spindrift.bench.BenchText;
import io.spindrift.config.Ambient;
import io.spindrift.config.admin.Json;
import io.spindrift.config.process.ExitCode;
import io.spindrift.config.process.Threads;
import io.spindrift.initiator.login.InitiatorSettings;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import sun.misc.Signal;

/** {@code spindrift bench}. */
@Command(name = "bench", sortOptions = false, description = "Loads any iSCSI target and tells how fast it answered.")
final class BenchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private BenchOptions options;

    @Option(names = "--json", description = "One JSON object in one line instead of a table.")
    private boolean json;

    @Option(names = "--timeline", description = "A line a second on standard error.")
    private boolean timeline;

    @Option(names = "--no-progress", description = "No live line; there is none either where standard error is no terminal.")
    private boolean noProgress;

    @Override
    @Ambient("clock, process and threads of a load")
    public Integer call() throws InterruptedException {
        BenchRun run;
        InitiatorSettings initiator;
        BenchProgress progress;
        try {
            BenchPlan plan = options.plan(System.currentTimeMillis());
            initiator = options.initiator(System::getenv, ProcessHandle.current().pid());
            String name = plan.pattern().work().name().toLowerCase(Locale.ROOT);
            progress = new BenchProgress(spec.commandLine().getErr(), name, !noProgress && !timeline && isTerminal(), timeline);
            run = new BenchRun(plan, options.targets(), options.pids(), Threads.named("bench"), System::nanoTime, progress);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), wrong.getMessage());
        }
        Signal.handle(new Signal("INT"), signal -> run.stop());
        try (progress) {
            BenchReport report = run.run(initiator);
            progress.close();
            spec.commandLine().getOut().print(json ? Json.line(report.values()) + "\n" : BenchText.of(report));
            spec.commandLine().getOut().flush();
            return outcome(report).status();
        } catch (IllegalArgumentException wrong) {
            progress.close();
            throw new ParameterException(spec.commandLine(), wrong.getMessage());
        } catch (IOException e) {
            progress.close();
            String reason = e instanceof ConnectException ? "nobody listens there (" + e.getMessage() + ")" : e.getMessage();
            spec.commandLine().getErr().println("spindrift: no session: " + reason);
            spec.commandLine().getErr().flush();
            return ExitCode.NO_DAEMON.status();
        }
    }

    private static ExitCode outcome(BenchReport report) {
        if (report.counts().corrupt() > 0) {
            return ExitCode.DAMAGED;
        }
        return report.counts().errors() > 0 || report.counts().lost() > 0 || report.lost() != null ? ExitCode.FAILED : ExitCode.OK;
    }

    /** Whether standard error is one: a JVM only knows of standard output. */
    private static boolean isTerminal() {
        try {
            String device = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty") || device.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }
}

package io.spindrift.config.command;

import io.spindrift.config.process.ExitCode;
import io.spindrift.config.process.Version;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code spindrift version}. */
@Command(name = "version", description = "Which build this is, and on what it runs.")
final class VersionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().getOut().println("spindrift " + Version.text() + ", Java " + Runtime.version() + ", " + System.getProperty("os.name") + " "
                + System.getProperty("os.arch"));
        spec.commandLine().getOut().flush();
        return ExitCode.OK.status();
    }
}

package io.spindrift.config.command;

import io.spindrift.config.admin.AdminClient;
import io.spindrift.config.admin.ControlException;
import io.spindrift.config.process.ExitCode;
import io.spindrift.config.process.StartException;
import io.spindrift.config.settings.SettingsException;
import java.io.PrintWriter;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command's top, and the process's entry. */
@Command(
        name = "spindrift",
        description = "Disks for virtual machines that live elsewhere: a caching iSCSI target over a remote image.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ServeCommand.class, StoreCommand.class, StatusCommand.class, VolumeCommand.class, VersionCommand.class, WarmUpCommand.class,
            CommandLine.HelpCommand.class
        })
public final class SpindriftCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    public static void main(String[] arguments) {
        int status = commandLine().execute(arguments);
        System.out.flush();
        System.exit(status);
    }

    /** The command with its handling of errors; tests set its writers. */
    static CommandLine commandLine() {
        return new CommandLine(new SpindriftCommand())
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(SpindriftCommand::usage)
                .setExecutionExceptionHandler((thrown, command, parsed) -> failed(thrown, command.getErr()));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is needed; 'spindrift help' lists them");
    }

    private static int usage(ParameterException wrong, String[] arguments) {
        return complain(wrong.getCommandLine().getErr(), wrong.getMessage(), ExitCode.USAGE);
    }

    private static int failed(Exception thrown, PrintWriter err) {
        if (thrown instanceof SettingsException) {
            return complain(err, thrown.getMessage(), ExitCode.USAGE);
        }
        if (thrown instanceof StartException) {
            return complain(err, thrown.getMessage(), ExitCode.NOT_STARTED);
        }
        if (thrown instanceof AdminClient.UnreachableException) {
            return complain(err, thrown.getMessage(), ExitCode.NO_DAEMON);
        }
        if (thrown instanceof ControlException) {
            return complain(err, thrown.getMessage(), ExitCode.FAILED);
        }
        LoggerFactory.getLogger(SpindriftCommand.class).error("a defect", thrown);
        return complain(err, "a defect: " + thrown, ExitCode.FAILED);
    }

    private static int complain(PrintWriter err, String message, ExitCode code) {
        err.println("spindrift: " + String.valueOf(message).replaceAll("\\s*[\\p{Cc}\\p{Zl}\\p{Zp}]+\\s*", " "));
        err.flush();
        return code.status();
    }
}

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
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command's top, and the process's entry. */
@Command(
        name = "spindrift",
        description = "Disks for virtual machines that live elsewhere: a caching iSCSI target over a remote image.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ServeCommand.class, StoreCommand.class, StatusCommand.class, VolumeCommand.class, CheckCommand.class, BenchCommand.class, VersionCommand.class,
            WarmUpCommand.class,
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
        CommandLine top = new CommandLine(new SpindriftCommand());
        helpful(top);
        return top.setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(SpindriftCommand::usage)
                .setExecutionExceptionHandler((thrown, command, parsed) -> failed(thrown, command.getErr()));
    }

    /** Every command tells how it is used. */
    private static void helpful(CommandLine command) {
        if (command.getCommandSpec().findOption("--help") == null) {
            command.getCommandSpec().addOption(OptionSpec.builder("-h", "--help").usageHelp(true).description("Shows this.").build());
        }
        command.getSubcommands().values().forEach(SpindriftCommand::helpful);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is needed");
    }

    private static int usage(ParameterException wrong, String[] arguments) {
        boolean unknown = wrong instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption();
        String message = !unknown ? wrong.getMessage() : "'" + ((UnmatchedArgumentException) wrong).getUnmatched().get(0) + "' is not understood";
        return complain(wrong.getCommandLine().getErr(), message + "; see '" + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help'", ExitCode.USAGE);
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

package io.spindrift.config.command;

import io.spindrift.config.admin.HostStatus;
import io.spindrift.config.admin.Json;
import io.spindrift.config.process.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code spindrift status}. */
@Command(name = "status", description = "What the daemon is doing.")
final class StatusCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private AdminOption admin;

    @Option(names = "--json", description = "The whole status as JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        HostStatus status = admin.client().get("/v1/status", HostStatus.class);
        String text = json ? Json.write(status) + "\n" : StatusTable.of(status);
        spec.commandLine().getOut().print(text);
        spec.commandLine().getOut().flush();
        return ExitCode.OK.status();
    }
}

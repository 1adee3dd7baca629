package io.spindrift.config.command;

import io.spindrift.config.admin.AdminClient;
import io.spindrift.config.admin.BlockLocation;
import io.spindrift.config.admin.HostStatus;
import io.spindrift.config.admin.Json;
import io.spindrift.config.admin.VolumeStatus;
import io.spindrift.config.process.ExitCode;
import io.spindrift.config.settings.VolumeEntry;
import io.spindrift.config.settings.VolumeEntryReader;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code spindrift volume ...}. */
@Command(
        name = "volume",
        description = "Volumes of a running daemon, and what was set aside of them.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = RecoverCommand.class)
final class VolumeCommand implements Runnable {
    private static final String NAME = "NAME";

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "one of create, list, show, resize, delete, flush, locate, attach and recover is needed after 'volume'");
    }

    @Command(name = "create", description = "Makes image and volume, and serves it at once and after every start.")
    int create(
            @Mixin AdminOption admin,
            @Parameters(paramLabel = NAME) String name,
            @Option(names = "--size", required = true, paramLabel = "SIZE", description = "10GiB, 512MiB or bytes.") String size,
            @Option(names = "--type", paramLabel = "TYPE", description = "system, data (default) or scratch.") String type,
            @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Any other key of the settings file's volumes, such as cache-size=4GiB.")
                    Map<String, String> more)
            throws Exception {
        Map<String, String> keys = new LinkedHashMap<>(more == null ? Map.of() : more);
        keys.put("name", name);
        keys.put("size", size);
        if (type != null) {
            keys.put("type", type);
        }
        VolumeEntry checked = VolumeEntryReader.of("volume create", keys);
        VolumeStatus made = admin.client().post("/v1/volumes", checked.written(), VolumeStatus.class);
        return print(made.state().toUpperCase(java.util.Locale.ROOT) + " " + made.url() + "\n");
    }

    @Command(name = "list", description = "All volumes.")
    int list(@Mixin AdminOption admin, @Option(names = "--json") boolean json) throws Exception {
        HostStatus status = admin.client().get("/v1/status", HostStatus.class);
        return print(json ? Json.write(status.volumes()) + "\n" : StatusTable.volumes(status.volumes()));
    }

    @Command(name = "show", description = "One volume.")
    int show(@Mixin AdminOption admin, @Parameters(paramLabel = NAME) String name, @Option(names = "--json") boolean json) throws Exception {
        VolumeStatus volume = admin.client().get(path(name, ""), VolumeStatus.class);
        return print(json ? Json.write(volume) + "\n" : StatusTable.volume(volume));
    }

    @Command(name = "resize", description = "Grows a volume, also while it is used.")
    int resize(@Mixin AdminOption admin, @Parameters(paramLabel = NAME) String name, @Parameters(paramLabel = "SIZE") String size) throws Exception {
        VolumeStatus volume = admin.client().post(path(name, "/resize"), Map.of("size", size), VolumeStatus.class);
        return print(StatusTable.volume(volume));
    }

    @Command(name = "delete", description = "Removes volume and image.")
    int delete(
            @Mixin AdminOption admin,
            @Parameters(paramLabel = NAME) String name,
            @Option(names = "--force", description = "Also while initiators are logged in or data is dirty: it is lost.") boolean force)
            throws Exception {
        admin.client().delete(path(name, force ? "?force=true" : ""));
        return ExitCode.OK.status();
    }

    @Command(name = "flush", description = "Returns when the image durably holds everything that was acknowledged before.")
    int flush(@Mixin AdminOption admin, @Parameters(paramLabel = NAME) String name) throws Exception {
        admin.client().post(path(name, "/flush"), Map.of(), VolumeStatus.class);
        return ExitCode.OK.status();
    }

    @Command(name = "locate", description = "Prints object and byte offset of a logical block (512 bytes) in the store.")
    int locate(
            @Mixin AdminOption admin,
            @Parameters(paramLabel = NAME) String name,
            @Parameters(paramLabel = "LBA") long lba,
            @Option(names = "--json") boolean json)
            throws Exception {
        BlockLocation place = admin.client().get(path(name, "/locate?lba=" + lba), BlockLocation.class);
        if (json) {
            return print(Json.write(place) + "\n");
        }
        return print(place.object() == null ? "unallocated\n" : place.object() + " " + (place.offsetBytes() + place.offsetInBlockBytes()) + "\n");
    }

    @Command(name = "attach", description = "Attaches a volume whose last holder left dirt behind, giving up what is not in the image.")
    int attach(
            @Mixin AdminOption admin,
            @Parameters(paramLabel = NAME) String name,
            @Option(names = "--accept-older", required = true, paramLabel = "TIME", description = "The state's time, as 'volume show' tells it.") String time)
            throws Exception {
        VolumeStatus volume = admin.client().post(path(name, "/attach"), Map.of("accept-older", time), VolumeStatus.class);
        return print(StatusTable.volume(volume));
    }

    private static String path(String name, String rest) {
        return "/v1/volumes/" + AdminClient.escaped(name) + rest;
    }

    private int print(String text) {
        spec.commandLine().getOut().print(text);
        spec.commandLine().getOut().flush();
        return ExitCode.OK.status();
    }
}

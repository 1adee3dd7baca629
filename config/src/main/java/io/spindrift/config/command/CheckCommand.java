package io.spindrift.config.command;

import io.spindrift.config.Ambient;
import io.spindrift.config.admin.AdminClient;
import io.spindrift.config.admin.HostStatus;
import io.spindrift.config.admin.Json;
import io.spindrift.config.admin.VolumeStatus;
import io.spindrift.config.check.CheckReport;
import io.spindrift.config.check.FolderCheck;
import io.spindrift.config.check.HostCheck;
import io.spindrift.config.process.ExitCode;
import io.spindrift.config.settings.HostSettings;
import io.spindrift.config.settings.HostSettingsReader;
import io.spindrift.config.settings.SettingsException;
import io.spindrift.config.settings.StoreSettings;
import io.spindrift.config.settings.StoreSettingsReader;
import io.spindrift.config.settings.value.StoreLocation;
import io.spindrift.config.volumes.HostFolder;
import io.spindrift.image.ImageAddress;
import io.spindrift.store.SegmentStore;
import io.spindrift.store.s3.S3Store;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code spindrift check}. */
@Command(name = "check", description = "Compares every byte of caches, journals and store with its checksum, and tells what is damaged by image and LBA.")
final class CheckCommand implements Callable<Integer> {
    private static final long PROGRESS_BYTES = 1L << 30;

    @Spec
    private CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", description = "The settings file of serve or of store; without, serve's built-in settings.")
    private Path config;

    @Option(names = "--volume", paramLabel = "NAME", description = "Only this volume and the images of its name.")
    private String volume;

    @Option(names = "--repair", description = "Puts good copies in the place of damaged ones; without, nothing is changed.")
    private boolean repair;

    @Option(names = "--json", description = "The report as JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        CheckReport report = new CheckReport();
        if (config != null && StoreSettingsReader.isFor(config)) {
            store(StoreSettingsReader.read(config, System::getenv), report);
        } else {
            host(config == null ? HostSettingsReader.embeddedDefault(ServeCommand.home()) : HostSettingsReader.read(config, System::getenv), report);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? Json.write(report.told()) + "\n" : report.text());
        out.flush();
        return (report.left() > 0 ? ExitCode.DAMAGED : ExitCode.OK).status();
    }

    @Ambient("the randomness between tries to reach a bucket")
    private void store(StoreSettings settings, CheckReport report) throws Exception {
        if (repair) {
            throw new SettingsException("the command line", "--repair", "has no good copies on a storage server; allowed: on the hosts that have them in their caches");
        }
        if (settings.store() instanceof StoreLocation.Folder folder) {
            new FolderCheck(folder.path(), this::wanted, damage -> report.add(damage, false)).run(report, new Progress(report)::tell);
        } else {
            try (SegmentStore bucket = S3Store.open(((StoreLocation.Bucket) settings.store()).settings(), new SecureRandom())) {
                new FolderCheck(null, this::wanted, damage -> report.add(damage, false)).run(bucket, report, new Progress(report)::tell);
            }
        }
    }

    @Ambient("the time that a repair is noted with")
    private void host(HostSettings settings, CheckReport report) throws Exception {
        if (HostFolder.inUse("check", settings.cacheDirectory())) {
            running(settings, report);
        } else {
            new HostCheck(settings, volume, repair, InstantSource.system(), report).run(new Progress(report)::tell);
        }
    }

    /** The daemon looks at its volumes and their images itself; what else is in an embedded store can be looked at beside it. */
    private void running(HostSettings settings, CheckReport report) throws Exception {
        if (settings.admin() == null) {
            throw new SettingsException(settings.origin(), "admin.listen", "is off, and a daemon runs; allowed: HOST:PORT, or the daemon stopped");
        }
        AdminClient client = new AdminClient(settings.admin());
        for (VolumeStatus found : client.get("/v1/status", HostStatus.class).volumes()) {
            if (volume == null || volume.equals(found.name())) {
                String path = "/v1/volumes/" + AdminClient.escaped(found.name()) + "/check";
                report.add(client.post(path, Map.of("repair", String.valueOf(repair)), CheckReport.Told.class));
            }
        }
        if (settings.storage().embedded()) {
            Set<String> told = report.told().damages().stream().map(row -> row.image() + " " + row.lba()).collect(Collectors.toSet());
            new FolderCheck(settings.storage().directory(), this::wanted, damage -> {
                if (damage.blocks() == null || !told.contains(damage.blocks().image() + " " + damage.blocks().lba())) {
                    report.add(damage, false);
                }
            }).run(report, new Progress(report)::tell);
        }
    }

    private boolean wanted(ImageAddress address) {
        return volume == null || address != null && address.name().equals(volume);
    }

    /** A line on standard error for each GiB. */
    private final class Progress {
        private final CheckReport report;
        private long told;

        Progress(CheckReport report) {
            this.report = report;
        }

        void tell() {
            if (report.bytes() - told >= PROGRESS_BYTES) {
                told = report.bytes();
                spec.commandLine().getErr().println("check: " + (told >> 30) + " GiB read, " + report.left() + " damaged");
                spec.commandLine().getErr().flush();
            }
        }
    }
}

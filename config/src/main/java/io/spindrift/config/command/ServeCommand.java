package io.spindrift.config.command;

import io.spindrift.config.daemon.HostDaemon;
import io.spindrift.config.process.DaemonProcess;
import io.spindrift.config.process.LogSetup;
import io.spindrift.config.settings.HostSettings;
import io.spindrift.config.settings.HostSettingsReader;
import io.spindrift.config.settings.SettingsException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code spindrift serve}. */
@Command(name = "serve", description = "The host daemon: iSCSI target, cache and, where storage.directory is set, the store itself.")
final class ServeCommand implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", description = "Settings; without, one 10 GiB thin disk in ~/.spindrift (or SPINDRIFT_HOME).")
    private Path config;

    @Option(
            names = "--accept-older",
            paramLabel = "NAME=TIME",
            description = "Attach volume NAME though its last holder left dirt behind, in the image's state of TIME, which the refusal names.")
    private Map<String, String> acceptOlder = new HashMap<>();

    @Override
    public Integer call() throws Exception {
        HostSettings settings = settings();
        Map<String, Instant> accepted = accepted();
        LogSetup.level(settings.common().logLevel(), System::getenv);
        return DaemonProcess.run(() -> HostDaemon.start(settings, accepted, System.out)).status();
    }

    private HostSettings settings() throws SettingsException {
        return config == null ? HostSettingsReader.embeddedDefault(home()) : HostSettingsReader.read(config, System::getenv);
    }

    static Path home() {
        String named = System.getenv("SPINDRIFT_HOME");
        return named == null || named.isEmpty() ? Path.of(System.getProperty("user.home"), ".spindrift") : Path.of(named).toAbsolutePath();
    }

    private Map<String, Instant> accepted() throws SettingsException {
        Map<String, Instant> accepted = new HashMap<>();
        for (Map.Entry<String, String> entry : acceptOlder.entrySet()) {
            try {
                accepted.put(entry.getKey(), Instant.parse(entry.getValue()));
            } catch (DateTimeParseException malformed) {
                throw new SettingsException("the command line", "--accept-older",
                        "'" + entry.getValue() + "' is not allowed; allowed: NAME=TIME with a time such as 2026-11-21T08:30:00Z");
            }
        }
        return accepted;
    }
}

package io.spindrift.config.command;

import io.spindrift.config.admin.AdminClient;
import io.spindrift.config.settings.HostSettingsReader;
import io.spindrift.config.settings.SettingsException;
import io.spindrift.config.settings.value.HostPort;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How a command finds the daemon: by its address, by its settings file, or at the default address. */
final class AdminOption {
    @Option(names = "--admin", paramLabel = "HOST:PORT", description = "The daemon's admin address (default: that of --config, else 127.0.0.1:3280).")
    private String admin;

    @Option(names = "--config", paramLabel = "FILE", description = "The daemon's settings file.")
    private Path config;

    AdminClient client() throws SettingsException {
        return new AdminClient(address());
    }

    private HostPort address() throws SettingsException {
        if (admin != null) {
            try {
                return HostPort.parse(admin);
            } catch (IllegalArgumentException malformed) {
                throw new SettingsException("the command line", "--admin", "'" + admin + "' is not allowed; allowed: " + HostPort.ALLOWED);
            }
        }
        if (config == null) {
            return HostSettingsReader.defaultAdmin();
        }
        HostPort named = HostSettingsReader.adminOf(config, System::getenv);
        if (named == null) {
            throw new SettingsException(config.toString(), "admin.listen", "is off, so that commands can't reach the daemon; allowed: HOST:PORT");
        }
        return named;
    }
}

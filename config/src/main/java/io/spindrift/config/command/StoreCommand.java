package io.spindrift.config.command;

import io.spindrift.config.daemon.StorageDaemon;
import io.spindrift.config.process.DaemonProcess;
import io.spindrift.config.process.LogSetup;
import io.spindrift.config.settings.StoreSettings;
import io.spindrift.config.settings.StoreSettingsReader;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code spindrift store}. */
@Command(name = "store", description = "The storage server: keeps images for hosts.")
final class StoreCommand implements Callable<Integer> {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "Settings; the server.* keys.")
    private Path config;

    @Override
    public Integer call() throws Exception {
        StoreSettings settings = StoreSettingsReader.read(config, System::getenv);
        LogSetup.level(settings.common().logLevel(), System::getenv);
        return DaemonProcess.run(() -> StorageDaemon.start(settings, System.out)).status();
    }
}

package io.spindrift.config.daemon;

import io.spindrift.config.settings.StoreSettings;
import java.io.PrintStream;

public final class StorageDaemon implements RunningDaemon {
    public static StorageDaemon start(StoreSettings settings, PrintStream out) throws StartException {
        throw new StartException("wiring follows", null);
    }

    @Override
    public ExitCode close() {
        return ExitCode.OK;
    }
}

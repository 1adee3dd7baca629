package io.spindrift.config.settings;

import io.spindrift.config.settings.value.HostPort;
import io.spindrift.config.settings.value.StoreLocation;
import java.time.Duration;
import java.util.Map;

/**
 * All that {@code store} needs to know.
 *
 * @param store where segments lie
 * @param admin null where it is off
 * @param users names and secrets
 */
public record StoreSettings(
        HostSettings.Common common, HostPort listen, StoreLocation store, HostPort admin, Duration leaseTime, Map<String, String> users) {
    /** Leaves the secrets out. */
    @Override
    public String toString() {
        return "StoreSettings[" + listen + ", " + store + ", users " + users.keySet() + "]";
    }
}

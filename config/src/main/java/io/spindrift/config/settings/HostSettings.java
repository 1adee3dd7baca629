package io.spindrift.config.settings;

import io.spindrift.config.settings.value.AuthGroups;
import io.spindrift.config.settings.value.HostPort;
import io.spindrift.config.settings.value.PortalAddress;
import io.spindrift.config.settings.value.Quantity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * All that {@code serve} needs to know.
 *
 * @param origin the file's name, for messages
 * @param admin null where it is off
 */
public record HostSettings(String origin, Common common, Target target, Storage storage, Path cacheDirectory, HostPort admin, List<VolumeEntry> volumes) {
    /**
     * What both daemons share.
     *
     * @param transport auto, epoll, io_uring or nio
     * @param logLevel error to trace
     * @param scrubBytesPerSecond 0 for off
     */
    public record Common(String transport, String logLevel, long scrubBytesPerSecond) {}

    /** Where and as what initiators find this host, and who may log in. */
    public record Target(List<PortalAddress> portals, String iqnPrefix, AuthGroups auth, List<TargetEntry> entries, Pings pings) {}

    /**
     * How long initiators may be silent.
     *
     * @param interval until they are pinged, 1 s to 24 h
     * @param timeout until they must have answered, 1 s to 24 h
     */
    public record Pings(Duration interval, Duration timeout) {
        static Pings defaults() {
            return new Pings(Quantity.parseDuration(SettingKey.TARGET_PING_INTERVAL.fallback()), Quantity.parseDuration(SettingKey.TARGET_PING_TIMEOUT.fallback()));
        }
    }

    /**
     * What is said of one target.
     *
     * @param name after the prefix
     * @param redirect where initiators are sent; null where it is served here
     * @param permanent whether they may remember that
     */
    public record TargetEntry(String name, HostPort redirect, boolean permanent) {}

    /**
     * Where the images are.
     *
     * @param directory of the embedded store; null where there are servers
     * @param servers empty where the store is embedded
     * @param secret null where the store is embedded
     */
    public record Storage(Path directory, List<HostPort> servers, String user, String secret) {
        public boolean embedded() {
            return directory != null;
        }

        /** Leaves the secret out. */
        @Override
        public String toString() {
            return "Storage[" + (embedded() ? directory : servers) + " as " + user + "]";
        }
    }
}

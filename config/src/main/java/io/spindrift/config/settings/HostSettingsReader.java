package io.spindrift.config.settings;

import io.spindrift.config.settings.SettingKey.Use;
import io.spindrift.config.settings.value.AuthGroups;
import io.spindrift.config.settings.value.HostPort;
import io.spindrift.config.settings.value.PortalAddress;
import io.spindrift.config.settings.value.Values;
import io.spindrift.image.DiskType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Reads the file of {@code serve}. Touches nothing. */
public final class HostSettingsReader {
    private static final long DEFAULT_SIZE_BYTES = 10L << 30;

    private HostSettingsReader() {}

    /** @param environment answers {@code ${env:NAME}}, null for a variable that isn't there */
    public static HostSettings read(Path file, UnaryOperator<String> environment) throws SettingsException {
        SettingsSection top = SettingsFile.read(file, Use.HOST, environment);
        HostSettings settings = new HostSettings(
                file.toString(),
                common(top),
                target(top),
                storage(top.section("storage")),
                top.section("cache").value(SettingKey.CACHE_DIRECTORY, Values::folder),
                top.section("admin").value(SettingKey.ADMIN_LISTEN, Values::hostPortOrOff),
                VolumeEntryReader.readAll(top));
        AuthReader.requireAgreed(top, settings.volumes(), settings.target().auth());
        Folders.requireUsable(top.section("cache"), SettingKey.CACHE_DIRECTORY, settings.cacheDirectory());
        if (settings.storage().embedded()) {
            Folders.requireUsable(top.section("storage"), SettingKey.STORAGE_DIRECTORY, settings.storage().directory());
        }
        return settings;
    }

    /** Only the volumes of a file that {@link VolumesFile} wrote. */
    static List<VolumeEntry> readVolumes(Path file) throws SettingsException {
        return VolumeEntryReader.readAll(SettingsFile.read(file, Use.HOST, name -> null));
    }

    /** Where {@code admin.listen} is, without the rest of the file being good; for commands that only talk to a daemon. */
    public static HostPort adminOf(Path file, UnaryOperator<String> environment) throws SettingsException {
        SettingsSection top = SettingsFile.read(file, Use.HOST, environment);
        return top.section("admin").value(SettingKey.ADMIN_LISTEN, Values::hostPortOrOff);
    }

    /** What {@code serve} does without a file: one thin disk in {@code home}, for this machine alone. */
    public static HostSettings embeddedDefault(Path home) throws SettingsException {
        HostSettings settings = new HostSettings(
                "the built-in settings",
                new HostSettings.Common(SettingKey.TRANSPORT.fallback(), SettingKey.LOG_LEVEL.fallback(), Values.rateOrOff(SettingKey.SCRUB_RATE.fallback())),
                new HostSettings.Target(
                        List.of(PortalAddress.parse(SettingKey.TARGET_PORTALS.fallback())), SettingKey.TARGET_IQN_PREFIX.fallback(),
                        AuthGroups.OPEN, List.of(), HostSettings.Pings.defaults()),
                new HostSettings.Storage(home.resolve("store"), List.of(), SettingKey.STORAGE_USER.fallback(), null),
                home.resolve("cache"),
                defaultAdmin(),
                List.of(VolumeEntryReader.plain("disk0", DiskType.SYSTEM, DEFAULT_SIZE_BYTES)));
        Folders.requireUsable(settings.origin(), "the data folder", home);
        return settings;
    }

    public static HostPort defaultAdmin() {
        return HostPort.parse(SettingKey.ADMIN_LISTEN.fallback());
    }

    static HostSettings.Common common(SettingsSection top) throws SettingsException {
        return new HostSettings.Common(
                top.value(SettingKey.TRANSPORT, Values.word("auto", "epoll", "io_uring", "nio")),
                top.section("log").value(SettingKey.LOG_LEVEL, Values.word("error", "warn", "info", "debug", "trace")),
                top.value(SettingKey.SCRUB_RATE, Values::rateOrOff));
    }

    private static HostSettings.Target target(SettingsSection top) throws SettingsException {
        SettingsSection section = top.section("target");
        List<HostSettings.TargetEntry> entries = new ArrayList<>();
        for (SettingsSection entry : top.sections("targets")) {
            HostSettings.TargetEntry read = targetEntry(entry);
            if (entries.stream().anyMatch(other -> other.name().equals(read.name()))) {
                throw entry.wrong(SettingKey.TARGETS_NAME, "'" + read.name() + "' is there twice; allowed: one entry for each target");
            }
            entries.add(read);
        }
        return new HostSettings.Target(section.values(SettingKey.TARGET_PORTALS, PortalAddress::parse),
                section.value(SettingKey.TARGET_IQN_PREFIX, Values::iqnPrefix), AuthReader.read(top), List.copyOf(entries), pings(section));
    }

    private static HostSettings.Pings pings(SettingsSection section) throws SettingsException {
        return new HostSettings.Pings(section.value(SettingKey.TARGET_PING_INTERVAL, HostSettingsReader::pingTime),
                section.value(SettingKey.TARGET_PING_TIMEOUT, HostSettingsReader::pingTime));
    }

    private static Duration pingTime(String text) {
        Duration time = Values.durationOf(Duration.ofSeconds(1)).apply(text);
        if (time.compareTo(Duration.ofHours(24)) > 0) {
            throw new IllegalArgumentException("longer than a day");
        }
        return time;
    }

    private static HostSettings.TargetEntry targetEntry(SettingsSection section) throws SettingsException {
        return new HostSettings.TargetEntry(
                section.value(SettingKey.TARGETS_NAME, Values::targetWord),
                section.value(SettingKey.TARGETS_REDIRECT, Values::hostPortToReach),
                section.value(SettingKey.TARGETS_REDIRECT_TYPE, Values.word("temporary", "permanent")).equals("permanent"));
    }

    private static HostSettings.Storage storage(SettingsSection section) throws SettingsException {
        boolean directory = section.has(SettingKey.STORAGE_DIRECTORY);
        boolean servers = section.has(SettingKey.STORAGE_SERVERS);
        if (directory == servers) {
            throw section.wrong(SettingKey.STORAGE_DIRECTORY, (directory ? "stands beside storage.servers" : "is missing, and so is storage.servers")
                    + "; allowed: exactly one of the two");
        }
        if (servers) {
            requireBeside(section, SettingKey.STORAGE_USER);
            requireBeside(section, SettingKey.STORAGE_SECRET);
        }
        return new HostSettings.Storage(
                section.value(SettingKey.STORAGE_DIRECTORY, Values::folder),
                section.values(SettingKey.STORAGE_SERVERS, HostPort::parse),
                section.value(SettingKey.STORAGE_USER, Values::userName),
                section.value(SettingKey.STORAGE_SECRET, Values::secret));
    }

    private static void requireBeside(SettingsSection section, SettingKey key) throws SettingsException {
        if (!section.has(key)) {
            throw section.wrong(key, "is missing, and storage.servers needs it; allowed: " + key.allowed());
        }
    }
}

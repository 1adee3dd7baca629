package io.spindrift.config.settings;

import static io.spindrift.config.settings.value.Values.duration;
import static io.spindrift.config.settings.value.Values.flag;
import static io.spindrift.config.settings.value.Values.number;
import static io.spindrift.config.settings.value.Values.size;

import io.spindrift.config.settings.SettingKey.Use;
import io.spindrift.config.settings.value.Quantity;
import io.spindrift.config.settings.value.Values;
import io.spindrift.image.DiskType;
import io.spindrift.image.ImageCatalog;
import io.spindrift.volume.outage.RecoveryPoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.commons.configuration2.tree.ImmutableNode;

/** Reads volumes out of a file's sections, or out of the keys of a request. */
public final class VolumeEntryReader {
    static final String FOREVER = "forever";
    static final String OFF = "off";
    static final int MAX_LUN = 255;

    private static final long MIB = 1L << 20;
    private static final Duration DESTAGE_AFTER = Duration.ofSeconds(2);
    private static final Duration SCRATCH_DESTAGE_AFTER = Duration.ofSeconds(60);

    private VolumeEntryReader() {}

    /** A volume with nothing but its name, type and size given. */
    public static VolumeEntry plain(String name, DiskType type, long sizeBytes) throws SettingsException {
        return of("built-in", Map.of("name", name, "type", type.word(), "size", Long.toString(sizeBytes)));
    }

    /**
     * Reads one volume from keys as they stand in a file. Lookups are not resolved: requests must not read files.
     *
     * @param origin stands for the file in complaints
     */
    public static VolumeEntry of(String origin, Map<String, String> keys) throws SettingsException {
        ImmutableNode.Builder entry = new ImmutableNode.Builder().name("volumes");
        keys.forEach((name, value) -> entry.addChild(new ImmutableNode.Builder().name(name).value(value).create()));
        ImmutableNode top = new ImmutableNode.Builder().addChild(entry.create()).create();
        SettingsSection root = new SettingsSection(origin, "", top, text -> text);
        root.requireKnown(Use.HOST);
        return read(root.section("volumes"));
    }

    static List<VolumeEntry> readAll(SettingsSection top) throws SettingsException {
        List<VolumeEntry> volumes = new ArrayList<>();
        Map<String, Integer> names = new HashMap<>();
        Map<VolumeEntry.Place, String> places = new HashMap<>();
        for (SettingsSection section : top.sections("volumes")) {
            VolumeEntry volume = read(section);
            if (names.putIfAbsent(volume.name(), 0) != null) {
                throw section.wrong(SettingKey.VOLUME_NAME, "'" + volume.name() + "' is already the name of another volume; allowed: a name of its own");
            }
            String other = places.putIfAbsent(new VolumeEntry.Place(volume.place().target(), volume.place().lun(), null, null), volume.name());
            if (other != null) {
                throw section.wrong(SettingKey.VOLUME_LUN, volume.place().lun() + " of target " + volume.place().target() + " is already volume "
                        + other + "; allowed: a number that is free");
            }
            volumes.add(volume);
        }
        return volumes;
    }

    private static VolumeEntry read(SettingsSection section) throws SettingsException {
        String name = section.value(SettingKey.VOLUME_NAME, Values::targetWord);
        DiskType type = section.value(SettingKey.VOLUME_TYPE, DiskType::ofWord);
        long size = section.value(SettingKey.VOLUME_SIZE, size(MIB, ImageCatalog.MAX_SIZE_BYTES, 4096));
        String target = section.value(SettingKey.VOLUME_TARGET, Values::targetWord);
        int lun = section.value(SettingKey.VOLUME_LUN, number(0, MAX_LUN));
        String auth = section.value(SettingKey.VOLUME_AUTH, Values::targetWord);
        return new VolumeEntry(
                name, type, size, space(section), policy(section, type), new VolumeEntry.Place(target == null ? name : target, lun, auth, medium(section)));
    }

    private static VolumeEntry.Medium medium(SettingsSection section) throws SettingsException {
        return new VolumeEntry.Medium(section.value(SettingKey.VOLUME_READ_ONLY, flag()), section.value(SettingKey.VOLUME_REMOVABLE, flag()),
                section.value(SettingKey.VOLUME_WRITE_SAME_TO_END, flag()));
    }

    private static VolumeEntry.Space space(SettingsSection section) throws SettingsException {
        return new VolumeEntry.Space(
                section.value(SettingKey.VOLUME_CACHE_SIZE, size(16 * MIB, ImageCatalog.MAX_SIZE_BYTES, 1)),
                section.value(SettingKey.VOLUME_JOURNAL_SIZE, size(64 * MIB, ImageCatalog.MAX_SIZE_BYTES, 1)));
    }

    private static VolumeEntry.Policy policy(SettingsSection section, DiskType type) throws SettingsException {
        boolean system = type == DiskType.SYSTEM;
        return new VolumeEntry.Policy(
                or(section.value(SettingKey.VOLUME_DESTAGE_AFTER, destageAfter()), type == DiskType.SCRATCH ? SCRATCH_DESTAGE_AFTER : DESTAGE_AFTER),
                or(section.value(SettingKey.VOLUME_HYDRATE, flag()), system),
                or(section.value(SettingKey.VOLUME_BOOT_PROFILE, flag()), system),
                section.value(SettingKey.VOLUME_PREFETCH, flag()),
                section.value(SettingKey.VOLUME_CLOSE_TIMEOUT, duration()),
                outage(section));
    }

    private static VolumeEntry.Outage outage(SettingsSection section) throws SettingsException {
        Duration limit = section.value(SettingKey.VOLUME_OUTAGE_LIMIT, orZero(FOREVER, duration()));
        Duration age = section.value(SettingKey.VOLUME_RECOVERY_POINT, orZero(OFF, text -> new RecoveryPoint(Quantity.parseDuration(text), 0).age()));
        long bytes = section.value(SettingKey.VOLUME_RECOVERY_BYTES, text -> text.equals(OFF) ? 0 : size(MIB, ImageCatalog.MAX_SIZE_BYTES, 1).apply(text));
        return new VolumeEntry.Outage(limit.isZero() ? null : limit, age.isZero() ? null : age, bytes);
    }

    private static Function<String, Duration> destageAfter() {
        return text -> {
            Duration after = Quantity.parseDuration(text);
            if (after.isZero() || after.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException("out of range");
            }
            return after;
        };
    }

    /** The word shows as zero, which the duration may not be otherwise. */
    private static Function<String, Duration> orZero(String word, Function<String, Duration> parse) {
        return text -> {
            if (text.equals(word)) {
                return Duration.ZERO;
            }
            Duration duration = parse.apply(text);
            if (duration.isZero()) {
                throw new IllegalArgumentException("above zero, or " + word);
            }
            return duration;
        };
    }

    private static <T> T or(T value, T otherwise) {
        return value == null ? otherwise : value;
    }
}

package io.spindrift.config.settings;

import io.spindrift.config.settings.value.Quantity;
import io.spindrift.image.DiskType;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A volume as a file or a request names it.
 *
 * @param sizeBytes a multiple of 4096
 */
public record VolumeEntry(String name, DiskType type, long sizeBytes, Space space, Policy policy, Place place) {
    /** What the volume may take of this host's disk. */
    public record Space(long cacheBytes, long journalBytes) {}

    /**
     * How the volume behaves.
     *
     * @param outage while its image is away or behind
     */
    public record Policy(
            Duration destageAfter, boolean hydrate, boolean bootProfile, boolean prefetch, Duration closeTimeout, Outage outage) {}

    /**
     * What the volume does while its image is away or behind.
     *
     * @param limit null for ever
     * @param recoveryAge null for none
     * @param recoveryBytes 0 for none
     */
    public record Outage(Duration limit, Duration recoveryAge, long recoveryBytes) {}

    /**
     * What the disk says of its medium.
     *
     * @param writeSameToEnd whether WRITE SAME of 0 blocks goes to its end
     */
    public record Medium(boolean readOnly, boolean removable, boolean writeSameToEnd) {
        /** One that is written and stays where it is. */
        public static final Medium FIXED = new Medium(false, false, false);
    }

    /**
     * Where initiators find the volume.
     *
     * @param target the target's name after the prefix
     * @param auth who may log in there; null for what targets have that say nothing
     * @param medium what they may do with it
     */
    public record Place(String target, int lun, String auth, Medium medium) {
        /** Whether only one of two volumes can be there. */
        public boolean collides(Place other) {
            return target.equals(other.target) && lun == other.lun;
        }
    }

    public VolumeEntry withSize(long newSizeBytes) {
        return new VolumeEntry(name, type, newSizeBytes, space, policy, place);
    }

    /** The entry as it would be written in a file: leaf keys and values, every one of them. */
    public Map<String, String> written() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put(SettingKey.VOLUME_NAME.leaf(), name);
        keys.put(SettingKey.VOLUME_TYPE.leaf(), type.word());
        keys.put(SettingKey.VOLUME_SIZE.leaf(), Quantity.formatBytes(sizeBytes));
        keys.put(SettingKey.VOLUME_CACHE_SIZE.leaf(), Quantity.formatBytes(space.cacheBytes));
        keys.put(SettingKey.VOLUME_JOURNAL_SIZE.leaf(), Quantity.formatBytes(space.journalBytes));
        keys.put(SettingKey.VOLUME_DESTAGE_AFTER.leaf(), Quantity.formatDuration(policy.destageAfter));
        keys.put(SettingKey.VOLUME_HYDRATE.leaf(), String.valueOf(policy.hydrate));
        keys.put(SettingKey.VOLUME_BOOT_PROFILE.leaf(), String.valueOf(policy.bootProfile));
        keys.put(SettingKey.VOLUME_PREFETCH.leaf(), String.valueOf(policy.prefetch));
        keys.put(SettingKey.VOLUME_CLOSE_TIMEOUT.leaf(), Quantity.formatDuration(policy.closeTimeout));
        keys.put(SettingKey.VOLUME_OUTAGE_LIMIT.leaf(), orWord(policy.outage.limit, VolumeEntryReader.FOREVER));
        keys.put(SettingKey.VOLUME_RECOVERY_POINT.leaf(), orWord(policy.outage.recoveryAge, VolumeEntryReader.OFF));
        keys.put(SettingKey.VOLUME_RECOVERY_BYTES.leaf(),
                policy.outage.recoveryBytes == 0 ? VolumeEntryReader.OFF : Quantity.formatBytes(policy.outage.recoveryBytes));
        keys.put(SettingKey.VOLUME_READ_ONLY.leaf(), String.valueOf(place.medium.readOnly));
        keys.put(SettingKey.VOLUME_REMOVABLE.leaf(), String.valueOf(place.medium.removable));
        keys.put(SettingKey.VOLUME_WRITE_SAME_TO_END.leaf(), String.valueOf(place.medium.writeSameToEnd));
        keys.put(SettingKey.VOLUME_TARGET.leaf(), place.target);
        keys.put(SettingKey.VOLUME_LUN.leaf(), String.valueOf(place.lun));
        if (place.auth != null) {
            keys.put(SettingKey.VOLUME_AUTH.leaf(), place.auth);
        }
        return keys;
    }

    private static String orWord(Duration duration, String word) {
        return duration == null ? word : Quantity.formatDuration(duration);
    }
}

package io.spindrift.config.settings;

import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a folder can be used, told without making it. */
final class Folders {
    private Folders() {}

    static void requireUsable(SettingsSection section, SettingKey key, Path folder) throws SettingsException {
        String problem = problem(folder);
        if (problem != null) {
            throw section.wrong(key, problem);
        }
    }

    static void requireUsable(String origin, String what, Path folder) throws SettingsException {
        String problem = problem(folder);
        if (problem != null) {
            throw new SettingsException(origin, what, problem);
        }
    }

    private static String problem(Path folder) {
        Path existing = folder.toAbsolutePath();
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing == null || !Files.isDirectory(existing)) {
            return existing + " is not a folder; allowed: a folder that this user can write";
        }
        if (!Files.isWritable(existing)) {
            return existing + " can't be written by this user; allowed: a folder that this user can write";
        }
        return null;
    }
}

package io.spindrift.config.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.commons.configuration2.interpol.ConfigurationInterpolator;

/** What {@code ${...}} may say: {@code env:NAME} and {@code file:PATH}, and nothing else. A value that isn't there is an error, never empty. */
final class SettingLookups {
    private static final int MAX_FILE_BYTES = 64 * 1024;

    private SettingLookups() {}

    static ConfigurationInterpolator interpolator(UnaryOperator<String> environment) {
        ConfigurationInterpolator interpolator = new ConfigurationInterpolator();
        interpolator.registerLookups(Map.of("env", name -> variable(environment, name), "file", SettingLookups::file));
        return interpolator;
    }

    private static String variable(UnaryOperator<String> environment, String name) {
        String value = environment.apply(name);
        if (value == null) {
            throw new IllegalArgumentException("the environment has no variable " + name);
        }
        return value;
    }

    private static String file(String name) {
        Path path = Path.of(name);
        try {
            if (Files.size(path) > MAX_FILE_BYTES) {
                throw new IllegalArgumentException(name + " is larger than 64KiB");
            }
            return Files.readString(path).strip();
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("the file " + name + " can't be read", unreadable);
        }
    }
}

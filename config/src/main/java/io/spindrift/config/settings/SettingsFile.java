package io.spindrift.config.settings;

import io.spindrift.config.settings.SettingKey.Use;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.commons.configuration2.YAMLConfiguration;
import org.apache.commons.configuration2.ex.ConfigurationException;
import org.apache.commons.configuration2.interpol.ConfigurationInterpolator;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads a YAML settings file into sections, with its keys checked. */
final class SettingsFile {
    private static final int MAX_BYTES = 1 << 20;

    private SettingsFile() {}

    static SettingsSection read(Path path, Use use, UnaryOperator<String> environment) throws SettingsException {
        String name = path.toString();
        YAMLConfiguration yaml = parse(name, text(path));
        ConfigurationInterpolator interpolator = SettingLookups.interpolator(environment);
        UnaryOperator<String> interpolate = value -> resolved(String.valueOf(interpolator.interpolate(value)));
        SettingsSection top = new SettingsSection(name, "", yaml.getNodeModel().getNodeHandler().getRootNode(), interpolate);
        top.requireKnown(use);
        return top;
    }

    /** Whether the file has a section of that name, whatever else is in it. */
    static boolean has(Path path, String section) throws SettingsException {
        return parse(path.toString(), text(path)).getKeys(section).hasNext();
    }

    private static String resolved(String text) {
        if (text.contains("${")) {
            throw new IllegalArgumentException("holds a ${...} that can't be resolved; allowed: ${env:NAME} and ${file:PATH}");
        }
        return text;
    }

    private static String text(Path path) throws SettingsException {
        try {
            if (Files.isDirectory(path) || Files.size(path) > MAX_BYTES) {
                throw new SettingsException(path.toString(), "", "is no settings file; allowed: a YAML file of at most 1MiB");
            }
            return Files.readString(path);
        } catch (NoSuchFileException absent) {
            throw new SettingsException(path.toString(), "", "there is no such file");
        } catch (CharacterCodingException binary) {
            throw new SettingsException(path.toString(), "", "is not text in UTF-8");
        } catch (IOException unreadable) {
            throw new SettingsException(path.toString(), "", "can't be read: " + unreadable.getMessage());
        }
    }

    private static YAMLConfiguration parse(String name, String text) throws SettingsException {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        YAMLConfiguration yaml = new YAMLConfiguration();
        try {
            yaml.read(new StringReader(text), options);
            requireFilledLists(name, "", new Yaml(new SafeConstructor(options)).load(text));
            return yaml;
        } catch (ConfigurationException | YAMLException | ClassCastException broken) {
            throw new SettingsException(name, "", "is not YAML: " + problem(broken));
        }
    }

    /**
     * A list of nothing is lost on the way to a section, where it would pass for a key that was left out: who writes an empty list of those who may
     * log in must not get one of everybody.
     */
    private static void requireFilledLists(String name, String path, Object value) throws SettingsException {
        if (value instanceof List<?> list) {
            if (list.isEmpty() && !path.equals("volumes")) {
                throw new SettingsException(name, path, "is an empty list; allowed: at least one entry, or no such key");
            }
            for (int i = 0; i < list.size(); i++) {
                requireFilledLists(name, path + "[" + i + "]", list.get(i));
            }
        } else if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                requireFilledLists(name, path.isEmpty() ? String.valueOf(entry.getKey()) : path + "." + entry.getKey(), entry.getValue());
            }
        }
    }

    private static String problem(Throwable broken) {
        for (Throwable cause = broken; cause != null; cause = cause.getCause()) {
            if (cause instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
                return marked.getProblem() + " in line " + (marked.getProblemMark().getLine() + 1);
            }
        }
        return broken instanceof ClassCastException ? "a map of keys is expected" : String.valueOf(broken.getMessage());
    }
}

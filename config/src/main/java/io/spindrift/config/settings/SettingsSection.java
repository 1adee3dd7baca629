package io.spindrift.config.settings;

import io.spindrift.config.settings.SettingKey.Use;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.configuration2.tree.ImmutableNode;

/** One map of a settings file, with where it stands, so that every complaint names file and key. */
final class SettingsSection {
    private final String file;
    private final String path;
    private final ImmutableNode node;
    private final UnaryOperator<String> interpolate;

    /** @param path from the top of the file with list indices, empty at the top @param node null where the file has no such section */
    SettingsSection(String file, String path, ImmutableNode node, UnaryOperator<String> interpolate) {
        this.file = file;
        this.path = path;
        this.node = node;
        this.interpolate = interpolate;
    }

    /** Refuses every key below that is not one of {@code use}, sections in place of values and values in place of sections. */
    void requireKnown(Use use) throws SettingsException {
        List<String> known = Arrays.stream(SettingKey.values()).filter(key -> key.usedBy(use)).map(SettingKey::path).toList();
        requireKnown(known, "");
    }

    private void requireKnown(List<String> known, String pattern) throws SettingsException {
        Map<String, Integer> entries = new HashMap<>();
        for (ImmutableNode child : node.getChildren()) {
            String name = child.getNodeName();
            String at = pattern.isEmpty() ? name : pattern + "." + name;
            boolean leaf = known.contains(at);
            boolean map = known.stream().anyMatch(path -> path.startsWith(at + "."));
            boolean list = known.stream().anyMatch(path -> path.startsWith(at + "[]."));
            if (!leaf && !map && !list) {
                throw new SettingsException(file, keyOf(name), "unknown key; allowed here: " + allowedBelow(known, pattern));
            }
            requireShape(child, leaf);
            if (!leaf) {
                String where = list ? keyOf(name) + "[" + (entries.merge(name, 1, Integer::sum) - 1) + "]" : keyOf(name);
                new SettingsSection(file, where, child, interpolate).requireKnown(known, list ? at + "[]" : at);
            }
        }
    }

    private void requireShape(ImmutableNode child, boolean leaf) throws SettingsException {
        if (leaf && !child.getChildren().isEmpty()) {
            throw new SettingsException(file, keyOf(child.getNodeName()), "must be a value, not a section");
        }
        if (!leaf && child.getValue() != null && !child.getValue().toString().isEmpty()) {
            throw new SettingsException(file, keyOf(child.getNodeName()), "must be a section with keys of its own, not a value");
        }
    }

    private static String allowedBelow(List<String> known, String pattern) {
        String prefix = pattern.isEmpty() ? "" : pattern + ".";
        return known.stream()
                .filter(path -> path.startsWith(prefix))
                .map(path -> path.substring(prefix.length()).replaceFirst("[.\\[].*", ""))
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
    }

    SettingsSection section(String name) throws SettingsException {
        List<ImmutableNode> found = children(name);
        if (found.size() > 1) {
            throw new SettingsException(file, keyOf(name), "must be one section, not a list");
        }
        return new SettingsSection(file, keyOf(name), found.isEmpty() ? null : found.get(0), interpolate);
    }

    /** The entries of a list of maps. An empty list is written {@code []}. */
    List<SettingsSection> sections(String name) {
        List<SettingsSection> entries = new ArrayList<>();
        for (ImmutableNode child : children(name)) {
            if (!child.getChildren().isEmpty()) {
                entries.add(new SettingsSection(file, keyOf(name) + "[" + entries.size() + "]", child, interpolate));
            }
        }
        return entries;
    }

    boolean has(SettingKey key) {
        return !children(key.leaf()).isEmpty();
    }

    /** The value, or its default; null where there is neither. */
    <T> T value(SettingKey key, Function<String, T> parse) throws SettingsException {
        List<ImmutableNode> found = children(key.leaf());
        if (found.size() > 1) {
            throw new SettingsException(file, keyOf(key.leaf()), "must be one value, not a list; allowed: " + key.allowed());
        }
        if (!found.isEmpty()) {
            return parsed(key, found.get(0), parse);
        }
        if (key.fallback() == null) {
            throw new SettingsException(file, keyOf(key.leaf()), "is missing; allowed: " + key.allowed());
        }
        return key.fallback().isEmpty() ? null : parse.apply(key.fallback());
    }

    /** The values of a list; its default where the key is missing. */
    <T> List<T> values(SettingKey key, Function<String, T> parse) throws SettingsException {
        List<T> values = new ArrayList<>();
        for (ImmutableNode child : children(key.leaf())) {
            values.add(parsed(key, child, parse));
        }
        if (values.isEmpty() && !key.fallback().isEmpty()) {
            values.add(parse.apply(key.fallback()));
        }
        return values;
    }

    SettingsException wrong(SettingKey key, String message) {
        return new SettingsException(file, keyOf(key.leaf()), message);
    }

    private <T> T parsed(SettingKey key, ImmutableNode child, Function<String, T> parse) throws SettingsException {
        if (child.getValue() == null || child.getValue().toString().isBlank()) {
            throw wrong(key, "has no value; allowed: " + key.allowed());
        }
        String written = child.getValue().toString();
        String text;
        try {
            text = interpolate.apply(written);
        } catch (IllegalArgumentException unresolved) {
            throw wrong(key, unresolved.getMessage());
        }
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException refused) {
            throw wrong(key, (key.secret() ? "is not allowed" : "'" + text + "' is not allowed") + "; allowed: " + key.allowed());
        }
    }

    private List<ImmutableNode> children(String name) {
        Stream<ImmutableNode> all = node == null ? Stream.empty() : node.getChildren().stream();
        return all.filter(child -> child.getNodeName().equals(name)).toList();
    }

    private String keyOf(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}

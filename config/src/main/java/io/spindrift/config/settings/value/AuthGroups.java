package io.spindrift.config.settings.value;

import io.spindrift.iscsi.auth.TargetAccess;
import java.util.Map;

/**
 * Who may log in, by the names that a settings file gives: volumes hold such a name and never a secret.
 *
 * @param groups by name, without {@link #NONE}
 * @param standard what a target has that names none
 * @param discovery what discovery has
 */
public record AuthGroups(Map<String, TargetAccess> groups, String standard, String discovery) {
    /** The name that stands for everybody. */
    public static final String NONE = "none";

    /** A host that everybody may log in to. */
    public static final AuthGroups OPEN = new AuthGroups(Map.of(), NONE, NONE);

    public AuthGroups {
        groups = Map.copyOf(groups);
    }

    public boolean has(String name) {
        return name.equals(NONE) || groups.containsKey(name);
    }

    /** The name that holds for a target whose volumes say {@code name}. @param name null for none said */
    public String nameFor(String name) {
        return name == null ? standard : name;
    }

    /** @throws IllegalArgumentException where there is no such group: nothing is ever open for the lack of one */
    public TargetAccess of(String name) {
        if (!has(name)) {
            throw new IllegalArgumentException("there is no auth '" + name + "'");
        }
        return name.equals(NONE) ? TargetAccess.OPEN : groups.get(name);
    }
}

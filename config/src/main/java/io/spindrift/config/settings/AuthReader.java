package io.spindrift.config.settings;

import io.spindrift.config.settings.value.AuthGroups;
import io.spindrift.config.settings.value.Values;
import io.spindrift.iscsi.auth.AccessList;
import io.spindrift.iscsi.auth.AddressRange;
import io.spindrift.iscsi.auth.ChapAccount;
import io.spindrift.iscsi.auth.ChapAlgorithm;
import io.spindrift.iscsi.auth.ChapSettings;
import io.spindrift.iscsi.auth.NamePattern;
import io.spindrift.iscsi.auth.TargetAccess;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Reads who may log in to what. What is not clear is refused, so that no slip of the pen leaves a disk open. */
final class AuthReader {
    private AuthReader() {}

    static AuthGroups read(SettingsSection top) throws SettingsException {
        Map<String, TargetAccess> groups = new LinkedHashMap<>();
        List<SettingsSection> sections = top.sections("auth");
        for (SettingsSection section : sections) {
            String name = section.value(SettingKey.AUTH_NAME, Values::targetWord);
            if (name.equals(AuthGroups.NONE) || groups.put(name, group(section)) != null) {
                throw section.wrong(SettingKey.AUTH_NAME, "'" + name + "' is taken; allowed: a name of its own, other than none");
            }
        }
        requireOneWay(sections, groups);
        SettingsSection target = top.section("target");
        AuthGroups all = new AuthGroups(groups, target.value(SettingKey.TARGET_AUTH, name -> name), target.value(SettingKey.TARGET_DISCOVERY_AUTH, name -> name));
        requireKnown(target, SettingKey.TARGET_AUTH, all.standard(), all);
        requireKnown(target, SettingKey.TARGET_DISCOVERY_AUTH, all.discovery(), all);
        return all;
    }

    private static void requireKnown(SettingsSection section, SettingKey key, String name, AuthGroups all) throws SettingsException {
        if (!all.has(name)) {
            throw section.wrong(key, "there is no auth '" + name + "'; allowed: none, or a name from the list auth");
        }
    }

    /** The volumes of a target say the same, and what they say is there. */
    static void requireAgreed(SettingsSection top, List<VolumeEntry> volumes, AuthGroups all) throws SettingsException {
        Map<String, String> byTarget = new HashMap<>();
        List<SettingsSection> sections = top.sections("volumes");
        for (int i = 0; i < volumes.size(); i++) {
            VolumeEntry.Place place = volumes.get(i).place();
            String name = all.nameFor(place.auth());
            requireKnown(sections.get(i), SettingKey.VOLUME_AUTH, name, all);
            String other = byTarget.putIfAbsent(place.target(), name);
            if (other != null && !other.equals(name)) {
                throw sections.get(i).wrong(SettingKey.VOLUME_AUTH, "'" + name + "' differs from '" + other + "' of another volume of target " + place.target()
                        + "; allowed: the same for all volumes of a target");
            }
        }
    }

    private static TargetAccess group(SettingsSection section) throws SettingsException {
        AccessList list = new AccessList(
                section.values(SettingKey.AUTH_INITIATORS, NamePattern::new), section.values(SettingKey.AUTH_ADDRESSES, AddressRange::parse));
        ChapSettings chap = chap(section);
        if (chap == null && list.equals(AccessList.OPEN)) {
            throw section.wrong(SettingKey.AUTH_NAME, "this auth asks for nothing; allowed: one with users, initiators or addresses");
        }
        return new TargetAccess(list, chap);
    }

    private static ChapSettings chap(SettingsSection section) throws SettingsException {
        List<ChapAccount> users = users(section);
        boolean secret = section.has(SettingKey.AUTH_TARGET_SECRET);
        if (users.isEmpty()) {
            for (SettingKey key : List.of(SettingKey.AUTH_TARGET_NAME, SettingKey.AUTH_TARGET_SECRET, SettingKey.AUTH_ALGORITHMS)) {
                if (section.has(key)) {
                    throw section.wrong(key, "is of no use without users; allowed: with at least one user");
                }
            }
            return null;
        }
        if (section.has(SettingKey.AUTH_TARGET_NAME) && !secret) {
            throw section.wrong(SettingKey.AUTH_TARGET_SECRET, "is missing, and target-name needs it; allowed: " + SettingKey.AUTH_TARGET_SECRET.allowed());
        }
        ChapAccount target = secret
                ? new ChapAccount(section.value(SettingKey.AUTH_TARGET_NAME, Values::chapName), section.value(SettingKey.AUTH_TARGET_SECRET, Values::chapSecret))
                : null;
        try {
            return ChapSettings.of(users, target, Set.copyOf(section.values(SettingKey.AUTH_ALGORITHMS, ChapAlgorithm::ofWord)));
        } catch (IllegalArgumentException refused) {
            throw section.wrong(SettingKey.AUTH_NAME, refused.getMessage());
        }
    }

    private static List<ChapAccount> users(SettingsSection section) throws SettingsException {
        List<ChapAccount> users = new ArrayList<>();
        for (SettingsSection user : section.sections("users")) {
            users.add(new ChapAccount(user.value(SettingKey.AUTH_USER_NAME, Values::chapName), user.value(SettingKey.AUTH_USER_SECRET, Values::chapSecret)));
        }
        return users;
    }

    private static void requireOneWay(List<SettingsSection> sections, Map<String, TargetAccess> groups) throws SettingsException {
        try {
            ChapSettings.requireOneWay(groups.values().stream().map(TargetAccess::chap).filter(Objects::nonNull).toList());
        } catch (IllegalArgumentException refused) {
            throw sections.get(0).wrong(SettingKey.AUTH_TARGET_SECRET, refused.getMessage());
        }
    }
}

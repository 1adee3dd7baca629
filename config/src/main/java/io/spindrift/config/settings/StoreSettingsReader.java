package io.spindrift.config.settings;

import io.spindrift.config.settings.SettingKey.Use;
import io.spindrift.config.settings.value.HostPort;
import io.spindrift.config.settings.value.Values;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Reads the file of {@code store}. Touches nothing. */
public final class StoreSettingsReader {
    private StoreSettingsReader() {}

    /** @param environment answers {@code ${env:NAME}}, null for a variable that isn't there */
    public static StoreSettings read(Path file, UnaryOperator<String> environment) throws SettingsException {
        SettingsSection top = SettingsFile.read(file, Use.STORE, environment);
        SettingsSection server = top.section("server");
        StoreSettings settings = new StoreSettings(
                HostSettingsReader.common(top),
                server.value(SettingKey.SERVER_LISTEN, HostPort::parse),
                server.value(SettingKey.SERVER_STORE, StoreSettingsReader::directory),
                server.value(SettingKey.SERVER_ADMIN, Values::hostPortOrOff),
                server.value(SettingKey.SERVER_LEASE_TIME, Values.durationOf(Duration.ofSeconds(1))),
                users(file, server));
        Folders.requireUsable(server, SettingKey.SERVER_STORE, settings.directory());
        return settings;
    }

    private static Path directory(String text) {
        URI uri = URI.create(text);
        if (!"file".equals(uri.getScheme()) || uri.getPath() == null || !uri.getPath().startsWith("/") || uri.getAuthority() != null) {
            throw new IllegalArgumentException("not a folder's address");
        }
        return Values.folder(uri.getPath());
    }

    private static Map<String, String> users(Path file, SettingsSection server) throws SettingsException {
        Map<String, String> users = new LinkedHashMap<>();
        for (SettingsSection user : server.sections("users")) {
            String name = user.value(SettingKey.SERVER_USER_NAME, Values::userName);
            String secret = user.value(SettingKey.SERVER_USER_SECRET, Values::secret);
            if (users.put(name, secret) != null) {
                throw user.wrong(SettingKey.SERVER_USER_NAME, "'" + name + "' is there twice; allowed: each user once");
            }
        }
        if (users.isEmpty()) {
            throw new SettingsException(file.toString(), "server.users", "is missing; allowed: a list of users, each with name and secret");
        }
        return users;
    }
}

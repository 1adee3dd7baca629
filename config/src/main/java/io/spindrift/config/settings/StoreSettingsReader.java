package io.spindrift.config.settings;

import io.spindrift.config.settings.SettingKey.Use;
import io.spindrift.config.settings.value.HostPort;
import io.spindrift.config.settings.value.StoreLocation;
import io.spindrift.config.settings.value.Values;
import io.spindrift.store.s3.S3Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Reads the file of {@code store}. Touches nothing. */
public final class StoreSettingsReader {
    private StoreSettingsReader() {}

    /** Whether the file is one of {@code store}: it has a section {@code server}. */
    public static boolean isFor(Path file) throws SettingsException {
        return SettingsFile.has(file, "server");
    }

    /** @param environment answers {@code ${env:NAME}}, null for a variable that isn't there */
    public static StoreSettings read(Path file, UnaryOperator<String> environment) throws SettingsException {
        SettingsSection top = SettingsFile.read(file, Use.STORE, environment);
        SettingsSection server = top.section("server");
        return new StoreSettings(
                HostSettingsReader.common(top),
                server.value(SettingKey.SERVER_LISTEN, HostPort::parse),
                location(server),
                server.value(SettingKey.SERVER_ADMIN, Values::hostPortOrOff),
                server.value(SettingKey.SERVER_LEASE_TIME, Values.durationOf(Duration.ofSeconds(1))),
                users(file, server));
    }

    private static StoreLocation location(SettingsSection server) throws SettingsException {
        URI address = server.value(SettingKey.SERVER_STORE, StoreSettingsReader::address);
        if ("s3".equals(address.getScheme())) {
            return bucket(server, address);
        }
        StoreLocation.Folder folder = new StoreLocation.Folder(Values.folder(address.getPath()));
        Folders.requireUsable(server, SettingKey.SERVER_STORE, folder.path());
        return folder;
    }

    private static URI address(String text) {
        URI address = URI.create(text);
        boolean file = "file".equals(address.getScheme()) && address.getPath() != null && address.getPath().startsWith("/") && address.getAuthority() == null;
        boolean bucket = "s3".equals(address.getScheme()) && address.getAuthority() != null && address.getQuery() == null && address.getFragment() == null;
        if (!file && !bucket) {
            throw new IllegalArgumentException("no address of a store");
        }
        return address;
    }

    private static StoreLocation bucket(SettingsSection server, URI address) throws SettingsException {
        SettingsSection s3 = server.section("s3");
        String accessKey = s3.value(SettingKey.SERVER_S3_ACCESS_KEY, text -> text);
        String secretKey = s3.value(SettingKey.SERVER_S3_SECRET_KEY, text -> text);
        if (accessKey == null != (secretKey == null)) {
            throw s3.wrong(accessKey == null ? SettingKey.SERVER_S3_ACCESS_KEY : SettingKey.SERVER_S3_SECRET_KEY, "is missing; allowed: both keys or neither");
        }
        URI endpoint = s3.value(SettingKey.SERVER_S3_ENDPOINT, StoreSettingsReader::endpoint);
        boolean pathStyle = endpoint != null && s3.value(SettingKey.SERVER_S3_PATH_STYLE, Values.flag());
        try {
            return new StoreLocation.Bucket(new S3Settings(endpoint, s3.value(SettingKey.SERVER_S3_REGION, text -> text), address.getAuthority(), prefix(address),
                    accessKey, secretKey, pathStyle, S3Settings.DEFAULT_PART_BYTES, S3Settings.DEFAULT_CALL_TIMEOUT));
        } catch (IllegalArgumentException refused) {
            throw server.wrong(SettingKey.SERVER_STORE, refused.getMessage());
        }
    }

    private static URI endpoint(String text) {
        URI endpoint = URI.create(text);
        boolean plain = endpoint.getPath() == null || endpoint.getPath().isEmpty() || endpoint.getPath().equals("/");
        if (!plain || endpoint.getHost() == null || !"http".equals(endpoint.getScheme()) && !"https".equals(endpoint.getScheme())) {
            throw new IllegalArgumentException("no address of a server");
        }
        return endpoint;
    }

    private static String prefix(URI address) {
        String path = address.getPath() == null ? "" : address.getPath().replaceFirst("^/+", "");
        return path.isEmpty() || path.endsWith("/") ? path : path + "/";
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

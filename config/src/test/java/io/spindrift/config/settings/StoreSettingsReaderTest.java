package io.spindrift.config.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.config.settings.value.HostPort;
import io.spindrift.config.settings.value.StoreLocation;
import io.spindrift.store.s3.S3Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreSettingsReaderTest {
    private static final String GOOD = """
            server:
              listen: 0.0.0.0:3270
              store: file://@/store
              users:
                - {name: alice, secret: alices-secret}
                - {name: bob, secret: "${env:BOB}"}
            """;

    @TempDir
    private Path folder;

    private StoreSettings read(String yaml) throws IOException, SettingsException {
        Path file = folder.resolve("store.yaml");
        Files.writeString(file, yaml.replace("@", folder.toString()));
        return StoreSettingsReader.read(file, Map.of("BOB", "bobs-secret")::get);
    }

    @Test
    void aGoodFileIsRead() throws Exception {
        StoreSettings settings = read(GOOD);

        assertEquals(new HostPort("0.0.0.0", 3270), settings.listen());
        assertEquals(new StoreLocation.Folder(folder.resolve("store")), settings.store());
        assertEquals(Map.of("alice", "alices-secret", "bob", "bobs-secret"), settings.users());
        assertEquals(Duration.ofSeconds(30), settings.leaseTime());
        assertNull(settings.admin());
        assertFalse(settings.toString().contains("secret"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "file://@/store   | relative/path   | server.store: 'relative/path' is not allowed; allowed: file:///FOLDER, or s3://BUCKET or s3://BUCKET/PREFIX",
        "file://@/store   | ftp://host/x    | server.store",
        "file://@/store   | file://host/x   | server.store",
        "name: bob        | name: alice     | server.users[1].name: 'alice' is there twice",
        "alices-secret    | short           | server.users[0].secret: is not allowed",
        "0.0.0.0:3270     | 3270            | server.listen: '3270' is not allowed",
        "listen:          | lisen:          | server.lisen: unknown key; allowed here: admin, lease-time, listen, s3, store, users",
    })
    void aBadFileIsRefusedInOneLine(String good, String bad, String complaint) {
        SettingsException refused = assertThrows(SettingsException.class, () -> read(GOOD.replace(good, bad)));

        assertTrue(refused.getMessage().contains(complaint), refused.getMessage());
    }

    @Test
    void aBucketIsRead() throws Exception {
        StoreSettings settings = read(GOOD.replace("file://@/store",
                "s3://disks/lab\n  s3: {endpoint: 'http://127.0.0.1:9000', region: here, access-key: me, secret-key: '${env:BOB}'}"));

        S3Settings s3 = ((StoreLocation.Bucket) settings.store()).settings();
        assertEquals("s3://disks/lab/", settings.store().toString());
        assertEquals(URI.create("http://127.0.0.1:9000"), s3.endpoint());
        assertEquals("here", s3.region());
        assertEquals("bobs-secret", s3.secretKey());
        assertTrue(s3.pathStyle());
        assertFalse(settings.toString().contains("secret"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "s3://disks/lab | s3://Disks             | server.store: a bucket's name has 3 to 63",
        "s3://disks/lab | s3:disks               | server.store: 's3:disks' is not allowed",
        "http://h:9000  | ftp://h                | server.s3.endpoint: 'ftp://h' is not allowed",
        "http://h:9000  | http://h/path          | server.s3.endpoint",
        ", secret-key: x| ''                     | server.s3.secret-key: is missing; allowed: both keys or neither",
        "access-key     | acces-key              | server.s3.acces-key: unknown key; allowed here: access-key, endpoint, path-style, region, secret-key",
    })
    void aBadBucketIsRefusedInOneLine(String good, String bad, String complaint) {
        String yaml = GOOD.replace("file://@/store", "s3://disks/lab\n  s3: {endpoint: 'http://h:9000', access-key: me, secret-key: x}");
        SettingsException refused = assertThrows(SettingsException.class, () -> read(yaml.replace(good, bad)));

        assertTrue(refused.getMessage().contains(complaint), refused.getMessage());
    }

    @Test
    void usersAreNeeded() {
        SettingsException refused = assertThrows(SettingsException.class, () -> read(GOOD.replaceAll("(?s)  users:.*", "")));

        assertTrue(refused.getMessage().contains("server.users: is missing"), refused.getMessage());
    }
}

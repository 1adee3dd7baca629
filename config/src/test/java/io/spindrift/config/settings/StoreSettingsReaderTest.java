package io.spindrift.config.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.config.settings.value.HostPort;
import java.io.IOException;
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
        assertEquals(folder.resolve("store"), settings.directory());
        assertEquals(Map.of("alice", "alices-secret", "bob", "bobs-secret"), settings.users());
        assertEquals(Duration.ofSeconds(30), settings.leaseTime());
        assertNull(settings.admin());
        assertFalse(settings.toString().contains("secret"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "file://@/store   | relative/path   | server.store: 'relative/path' is not allowed; allowed: file:///FOLDER",
        "file://@/store   | ftp://host/x    | server.store",
        "file://@/store   | file://host/x   | server.store",
        "name: bob        | name: alice     | server.users[1].name: 'alice' is there twice",
        "alices-secret    | short           | server.users[0].secret: is not allowed",
        "0.0.0.0:3270     | 3270            | server.listen: '3270' is not allowed",
        "listen:          | lisen:          | server.lisen: unknown key; allowed here: admin, lease-time, listen, store, users",
    })
    void aBadFileIsRefusedInOneLine(String good, String bad, String complaint) {
        SettingsException refused = assertThrows(SettingsException.class, () -> read(GOOD.replace(good, bad)));

        assertTrue(refused.getMessage().contains(complaint), refused.getMessage());
    }

    @Test
    void usersAreNeeded() {
        SettingsException refused = assertThrows(SettingsException.class, () -> read(GOOD.replaceAll("(?s)  users:.*", "")));

        assertTrue(refused.getMessage().contains("server.users: is missing"), refused.getMessage());
    }
}

package io.spindrift.config.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.config.settings.value.HostPort;
import io.spindrift.config.settings.value.PortalAddress;
import io.spindrift.image.DiskType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HostSettingsReaderTest {
    private static final String GOOD = """
            storage:
              directory: @/store
            cache:
              directory: @/cache
            volumes:
              - name: disk0
                size: 10GiB
            """;

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("host.yaml");
    }

    private HostSettings read(String yaml) throws IOException, SettingsException {
        Files.writeString(file, yaml.replace("@", folder.toString()));
        return HostSettingsReader.read(file, Map.of("SECRET", "s3cret-enough")::get);
    }

    @Test
    void theShortestFileGetsEveryDefault() throws Exception {
        HostSettings settings = read(GOOD);

        assertEquals(List.of(PortalAddress.parse("127.0.0.1:3260")), settings.target().portals());
        assertEquals("iqn.2026-11.io.spindrift", settings.target().iqnPrefix());
        assertEquals(new HostPort("127.0.0.1", 3280), settings.admin());
        assertEquals("local", settings.storage().user());
        assertTrue(settings.storage().embedded());
        assertEquals(folder.resolve("cache"), settings.cacheDirectory());
        VolumeEntry volume = settings.volumes().get(0);
        assertEquals(DiskType.DATA, volume.type());
        assertEquals(10L << 30, volume.sizeBytes());
        assertEquals(new VolumeEntry.Place("disk0", 0, null, VolumeEntry.Medium.FIXED), volume.place());
        assertEquals(new VolumeEntry.Policy(Duration.ofSeconds(2), false, false, true, Duration.ofSeconds(20),
                new VolumeEntry.Outage(null, null, 0)), volume.policy());
    }

    @Test
    void pingsCanBeSlower() throws Exception {
        HostSettings.Pings pings = read(GOOD + "target: {ping-interval: 1m, ping-timeout: 24h}\n").target().pings();

        assertEquals(new HostSettings.Pings(Duration.ofMinutes(1), Duration.ofHours(24)), pings);
        assertEquals(new HostSettings.Pings(Duration.ofSeconds(10), Duration.ofSeconds(15)), read(GOOD).target().pings());
        for (String wrong : List.of("999ms", "1441m", "1")) {
            SettingsException refused = assertThrows(SettingsException.class, () -> read(GOOD + "target: {ping-timeout: " + wrong + "}\n"));
            assertTrue(refused.getMessage().contains("target.ping-timeout") && refused.getMessage().contains("1s to 24h"), refused.getMessage());
        }
    }

    @Test
    void portalsHaveGroupsAndTargetsMayBeElsewhere() throws Exception {
        HostSettings.Target target = read(GOOD + """
                target: {portals: ["10.0.0.1:3260", "[::1]:3260,2", "[fe80::1%eth0]:3261 , 65535"]}
                targets:
                  - {name: disk0, redirect: "other:3260"}
                  - {name: disk1, redirect: "[2001:db8::1]:3260", redirect-type: permanent}
                  - {name: disk2}
                """).target();

        assertEquals(List.of(new PortalAddress(new HostPort("10.0.0.1", 3260), 1), new PortalAddress(new HostPort("::1", 3260), 2),
                new PortalAddress(new HostPort("fe80::1%eth0", 3261), 65535)), target.portals());
        assertEquals(List.of(new HostSettings.TargetEntry("disk0", new HostPort("other", 3260), false),
                new HostSettings.TargetEntry("disk1", new HostPort("2001:db8::1", 3260), true),
                new HostSettings.TargetEntry("disk2", null, false)), target.entries());
    }

    @Test
    void nothingIsMadeByReading() throws Exception {
        read(GOOD);

        try (Stream<Path> entries = Files.list(folder)) {
            assertEquals(List.of(file), entries.toList());
        }
    }

    @Test
    void everyVolumeKeyIsTaken() throws Exception {
        VolumeEntry volume = read("""
                storage: {servers: ["store1:3270", "[::1]:3271"], user: alice, secret: "${env:SECRET}"}
                cache: {directory: @/cache}
                transport: nio
                log: {level: debug}
                volumes:
                  - {name: a, type: scratch, size: 1048576, cache-size: 32MiB, journal-size: 64MiB, destage-after: 500ms, hydrate: true,
                     boot-profile: true, prefetch: false, close-timeout: 1m, outage-limit: 5m, recovery-point: 10s, recovery-point-bytes: 1GiB, target: both, lun: 7,
                     read-only: true, removable: true, write-same-to-end: true}
                """).volumes().get(0);

        assertEquals(DiskType.SCRATCH, volume.type());
        assertEquals(new VolumeEntry.Space(32L << 20, 64L << 20), volume.space());
        assertEquals(
                new VolumeEntry.Policy(Duration.ofMillis(500), true, true, false, Duration.ofMinutes(1),
                        new VolumeEntry.Outage(Duration.ofMinutes(5), Duration.ofSeconds(10), 1L << 30)), volume.policy());
        assertEquals(new VolumeEntry.Place("both", 7, null, new VolumeEntry.Medium(true, true, true)), volume.place());
    }

    @Test
    void aSecretComesFromTheEnvironmentOrAFile() throws Exception {
        Files.writeString(folder.resolve("secret"), "from-a-file\n");
        String yaml = "storage: {servers: ['s:1'], user: alice, secret: '%s'}\ncache: {directory: @/cache}\n";

        assertEquals("s3cret-enough", read(yaml.formatted("${env:SECRET}")).storage().secret());
        assertEquals("from-a-file", read(yaml.formatted("${file:@/secret}")).storage().secret());
        assertFalse(read(yaml.formatted("${env:SECRET}")).toString().contains("s3cret-enough"));
    }

    @Test
    void adminCanBeOff() throws Exception {
        assertNull(read(GOOD + "admin: {listen: off}\n").admin());
    }

    static Stream<Arguments> badFiles() {
        return Stream.of(
                Arguments.of(GOOD + "target:\n  portal: x\n", "target.portal: unknown key; allowed here: auth, discovery-auth, iqn-prefix, ping-interval, ping-timeout, portals"),
                Arguments.of(GOOD + "server:\n  listen: x:1\n", "server: unknown key"),
                Arguments.of(GOOD.replace("size:", "sise:"), "volumes[0].sise: unknown key; allowed here: auth, boot-profile, cache-size"),
                Arguments.of(GOOD.replace("10GiB", "10GB"), "volumes[0].size: '10GB' is not allowed; allowed: a size"),
                Arguments.of(GOOD.replace("10GiB", "4097"), "volumes[0].size: '4097' is not allowed"),
                Arguments.of(GOOD.replace("10GiB", "999999999TiB"), "volumes[0].size"),
                Arguments.of(GOOD.replace("10GiB", "-1"), "volumes[0].size"),
                Arguments.of(GOOD.replace("10GiB", "[1GiB, 2GiB]"), "volumes[0].size: must be one value"),
                Arguments.of(GOOD.replace("10GiB", "{a: b}"), "volumes[0].size: must be a value, not a section"),
                Arguments.of(GOOD.replace("10GiB", ""), "volumes[0].size: has no value"),
                Arguments.of(GOOD.replace("    size: 10GiB\n", ""), "volumes[0].size: is missing"),
                Arguments.of(GOOD.replace("disk0", "Disk0"), "volumes[0].name: 'Disk0' is not allowed"),
                Arguments.of(GOOD + "    type: fast\n", "volumes[0].type: 'fast' is not allowed; allowed: system, data or scratch"),
                Arguments.of(GOOD + "    destage-after: 2\n", "volumes[0].destage-after: '2' is not allowed; allowed: a duration"),
                Arguments.of(GOOD + "    hydrate: maybe\n", "volumes[0].hydrate: 'maybe' is not allowed; allowed: true or false"),
                Arguments.of(GOOD + "    lun: 256\n", "volumes[0].lun: '256' is not allowed; allowed: 0 to 255"),
                Arguments.of(GOOD + "    outage-limit: 0s\n", "volumes[0].outage-limit: '0s' is not allowed"),
                Arguments.of(GOOD + "    cache-size: 1MiB\n", "volumes[0].cache-size: '1MiB' is not allowed"),
                Arguments.of(GOOD + "  - name: disk0\n    size: 1GiB\n", "volumes[1].name: 'disk0' is already the name"),
                Arguments.of(GOOD + "  - name: b\n    size: 1GiB\n    target: disk0\n", "volumes[1].lun: 0 of target disk0 is already volume disk0"),
                Arguments.of(GOOD + "volumes: []\n", "found duplicate key volumes in line 8"),
                Arguments.of(GOOD + "target: {portals: ['127.0.0.1:70000']}\n", "target.portals: '127.0.0.1:70000' is not allowed"),
                Arguments.of(GOOD + "target: {portals: ['127.0.0.1']}\n", "target.portals"),
                Arguments.of(GOOD + "target: {iqn-prefix: spindrift}\n", "target.iqn-prefix: 'spindrift' is not allowed"),
                Arguments.of(GOOD + "target: here\n", "target: must be a section"),
                Arguments.of(GOOD + "transport: rdma\n", "transport: 'rdma' is not allowed; allowed: auto, epoll, io_uring or nio"),
                Arguments.of(GOOD.replace("  directory: @/store", "  directory: @/store\n  servers: ['a:1']"), "storage.directory: stands beside storage.servers"),
                Arguments.of(GOOD.replace("  directory: @/store", "  user: alice"), "storage.directory: is missing, and so is storage.servers"),
                Arguments.of(GOOD.replace("  directory: @/store", "  servers: ['a:1']\n  user: alice"), "storage.secret: is missing"),
                Arguments.of(GOOD.replace("  directory: @/store", "  servers: ['a:1']\n  user: alice\n  secret: hush"), "storage.secret: is not allowed"),
                Arguments.of(GOOD.replace("@/store", "${env:NOPE}/x"), "storage.directory: the environment has no variable NOPE"),
                Arguments.of(GOOD.replace("@/store", "${file:/no/such}"), "storage.directory: the file /no/such can't be read"),
                Arguments.of(GOOD.replace("@/store", "${script:javascript:1+1}"), "can't be resolved; allowed: ${env:NAME} and ${file:PATH}"),
                Arguments.of(GOOD.replace("@/store", "${sys:user.home}"), "can't be resolved"),
                Arguments.of(GOOD.replace("@/store", "@/host.yaml/store"), "storage.directory:"),
                Arguments.of(GOOD.replace("@/cache", "@/host.yaml"), "cache.directory:"),
                Arguments.of(GOOD.replace("cache:\n  directory: @/cache\n", ""), "cache.directory: is missing"),
                Arguments.of("volumes: [\n", "is not YAML"),
                Arguments.of("just words\n", "is not YAML"),
                Arguments.of("- a\n- b\n", ""),
                Arguments.of("!!javax.script.ScriptEngineManager [x]\n", ""));
    }

    @ParameterizedTest
    @MethodSource("badFiles")
    void aBadFileIsRefusedInOneLine(String yaml, String complaint) {
        SettingsException refused = assertThrows(SettingsException.class, () -> read(yaml));

        assertTrue(refused.getMessage().startsWith(file + ": "), refused.getMessage());
        assertTrue(refused.getMessage().contains(complaint), refused.getMessage());
        assertFalse(refused.getMessage().contains("\n"), refused.getMessage());
        assertFalse(refused.getMessage().contains("hush"), refused.getMessage());
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        SettingsException refused = assertThrows(SettingsException.class, () -> HostSettingsReader.read(folder.resolve("x.yaml"), name -> null));

        assertTrue(refused.getMessage().endsWith("x.yaml: there is no such file"), refused.getMessage());
    }

    @Test
    void theEmbeddedDefaultIsWhatTheShortestFileSays() throws Exception {
        HostSettings byFile = read(GOOD + "    type: system\n");
        HostSettings builtIn = HostSettingsReader.embeddedDefault(folder);

        assertEquals(byFile.target(), builtIn.target());
        assertEquals(byFile.common(), builtIn.common());
        assertEquals(byFile.storage(), builtIn.storage());
        assertEquals(byFile.volumes(), builtIn.volumes());
        assertEquals(byFile.admin(), builtIn.admin());
    }

    @Test
    void aFileThatIsNotTextIsSaidToBeNone() throws Exception {
        Path file = Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xC3, (byte) 0x28, (byte) 0xFF});

        SettingsException refused = assertThrows(SettingsException.class, () -> HostSettingsReader.read(file, name -> null));

        assertEquals(file + ": is not text in UTF-8", refused.getMessage());
    }
}

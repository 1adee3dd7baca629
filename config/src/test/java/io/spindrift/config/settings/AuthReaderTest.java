package io.spindrift.config.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.config.settings.value.AuthGroups;
import io.spindrift.iscsi.auth.ChapAlgorithm;
import io.spindrift.iscsi.auth.TargetAccess;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AuthReaderTest {
    private static final String HUSH = "hush hush hush";
    private static final String REST = """
            storage: {directory: @/store}
            cache: {directory: @/cache}
            """;
    private static final String GROUPS = """
            auth:
              - name: hosts
                users:
                  - {name: alice, secret: "${env:ALICE}"}
                  - {name: bob, secret: "hush of bob's"}
                target-name: us
                target-secret: "${file:@/secret}"
                algorithms: [SHA3-256, MD5]
              - name: rack
                initiators: ["iqn.2026-11.x:*"]
                addresses: [10.1.0.0/16]
            """;

    @TempDir
    private Path folder;

    private HostSettings read(String yaml) throws Exception {
        Files.writeString(folder.resolve("secret"), "the target's hush\n");
        Path file = Files.writeString(folder.resolve("host.yaml"), (REST + yaml).replace("@", folder.toString()));
        return HostSettingsReader.read(file, Map.of("ALICE", HUSH)::get);
    }

    @Test
    void groupsAreWhatTheFileSays() throws Exception {
        AuthGroups auth = read(GROUPS + "target: {auth: hosts, discovery-auth: rack}\n").target().auth();

        assertEquals(Set.of("hosts", "rack"), auth.groups().keySet());
        assertEquals("hosts", auth.nameFor(null));
        assertEquals("rack", auth.nameFor("rack"));
        assertEquals("rack", auth.discovery());
        TargetAccess hosts = auth.of("hosts");
        assertEquals(HUSH, hosts.chap().users().get("alice").secret());
        assertEquals("hush of bob's", hosts.chap().users().get("bob").secret());
        assertEquals("the target's hush", hosts.chap().target().secret());
        assertEquals("us", hosts.chap().target().name());
        assertEquals(Set.of(ChapAlgorithm.MD5, ChapAlgorithm.SHA3_256), hosts.chap().algorithms());
        TargetAccess rack = auth.of("rack");
        assertNull(rack.chap());
        assertTrue(rack.list().allows("iqn.2026-11.x:1", new InetSocketAddress("10.1.2.3", 1)));
        assertFalse(rack.list().allows("iqn.2026-11.x:1", new InetSocketAddress("10.2.2.3", 1)));
        assertSame(TargetAccess.OPEN, auth.of("none"));
        assertThrows(IllegalArgumentException.class, () -> auth.of("gone"));
    }

    @Test
    void whoSaysNothingIsOpenAndUsesAnyAlgorithm() throws Exception {
        assertEquals(AuthGroups.OPEN, read("").target().auth());
        HostSettings settings = read("auth:\n  - {name: a, users: [{name: u, secret: 'hush hush hush'}]}\nvolumes:\n  - {name: d, size: 1GiB, auth: a}\n");
        assertEquals("a", settings.volumes().get(0).place().auth());
        assertEquals("a", settings.volumes().get(0).written().get("auth"));
        assertEquals(EnumSet.allOf(ChapAlgorithm.class), settings.target().auth().of("a").chap().algorithms());
        assertNull(settings.target().auth().of("a").chap().target());
    }

    @Test
    void nothingPrintsASecret() throws Exception {
        String text = read(GROUPS).toString();

        assertTrue(text.contains("alice"), text);
        assertFalse(text.contains("hush"), text);
    }

    static Stream<Arguments> refused() {
        String group = "auth:\n  - {name: a, users: [{name: u, secret: 'hush hush hush'}]}\n";
        String long12 = "allowed: a secret of 12 to 255 bytes";
        return Stream.of(
                Arguments.of("target: {auth: a}\n", "target.auth: there is no auth 'a'"),
                Arguments.of("target: {discovery-auth: a}\n", "target.discovery-auth: there is no auth 'a'"),
                Arguments.of("volumes:\n  - {name: d, size: 1GiB, auth: a}\n", "volumes[0].auth: there is no auth 'a'"),
                Arguments.of(group + "volumes:\n  - {name: d, size: 1GiB}\n  - {name: e, size: 1GiB, target: d, lun: 1, auth: a}\n",
                        "volumes[1].auth: 'a' differs from 'none' of another volume of target d; allowed: the same"),
                Arguments.of(group.replace("name: a", "name: none"), "auth[0].name: 'none' is taken"),
                Arguments.of(group + "  - {name: a, initiators: ['*']}\n", "auth[1].name: 'a' is taken"),
                Arguments.of("auth:\n  - {name: a}\n", "auth[0].name: this auth asks for nothing"),
                Arguments.of("auth:\n  - {name: a, initiators: ['*'], users: []}\n", "auth[0].users: is an empty list"),
                Arguments.of("auth:\n  - {name: a, initiators: []}\n", "auth[0].initiators: is an empty list"),
                Arguments.of("auth: []\n", "auth: is an empty list; allowed: at least one entry, or no such key"),
                Arguments.of("auth:\n  - {name: a, initiators: ['*'], algorithms: [MD5]}\n", "auth[0].algorithms: is of no use without users"),
                Arguments.of("auth:\n  - {name: a, initiators: ['*'], target-secret: 'hush hush hush'}\n", "auth[0].target-secret: is of no use without users"),
                Arguments.of(group.replace("hush hush hush", "hush"), "auth[0].users[0].secret: is not allowed; " + long12),
                Arguments.of(group.replace("'hush hush hush'", "\"${env:NOPE}\""), "auth[0].users[0].secret: the environment has no variable NOPE"),
                Arguments.of(group.replace("hush hush hush", "hush hush ${x} hush"), "auth[0].users[0].secret: holds a ${...} that can't be resolved"),
                Arguments.of(group.replace("}]}", "}], target-secret: 'hush'}"), "auth[0].target-secret: is not allowed; " + long12),
                Arguments.of(group.replace("}]}", "}], target-name: us}"), "auth[0].target-secret: is missing"),
                Arguments.of(group.replace("}]}", "}], target-secret: 'hush hush hush'}"), "auth[0].name: the secret of target spindrift is also that of user u"),
                Arguments.of(group + "  - {name: b, users: [{name: v, secret: 'another hush hush'}], target-secret: 'hush hush hush'}\n",
                        "auth[0].target-secret: the secret of target spindrift is also that of user u"),
                Arguments.of(group.replace("}]}", "}, {name: u, secret: 'another hush hush'}]}"), "auth[0].name: CHAP user u is there twice"),
                Arguments.of(group.replace("}]}", "}], algorithms: [MD4]}"), "auth[0].algorithms: 'MD4' is not allowed; allowed: a list of MD5"),
                Arguments.of(group.replace("}]}", "}], addresses: [10.1.0.0/40]}"), "auth[0].addresses: '10.1.0.0/40' is not allowed"),
                Arguments.of(group.replace("}]}", "}], initiators: ['a b']}"), "auth[0].initiators: 'a b' is not allowed"),
                Arguments.of(group.replace("}]}", "}], adresses: [10.1.0.0/16]}"), "auth[0].adresses: unknown key; allowed here: addresses, algorithms"),
                Arguments.of(group.replace("secret:", "password:"), "auth[0].users[0].password: unknown key; allowed here: name, secret"),
                Arguments.of(group + "volumes:\n  - {name: d, size: 1GiB, sise: 1}\n", "volumes[0].sise: unknown key"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatIsNotClearIsRefused(String yaml, String complaint) {
        SettingsException refused = assertThrows(SettingsException.class, () -> read(yaml));

        assertTrue(refused.getMessage().contains("host.yaml: " + complaint), refused.getMessage());
        assertFalse(refused.getMessage().contains("hush"), refused.getMessage());
        assertFalse(refused.getMessage().contains("\n"), refused.getMessage());
    }
}

package io.spindrift.iscsi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.iscsi.RawInitiator.Pdu;
import io.spindrift.iscsi.auth.AccessList;
import io.spindrift.iscsi.auth.AddressRange;
import io.spindrift.iscsi.auth.ChapAccount;
import io.spindrift.iscsi.auth.ChapAlgorithm;
import io.spindrift.iscsi.auth.ChapSettings;
import io.spindrift.iscsi.auth.NamePattern;
import io.spindrift.iscsi.auth.TargetAccess;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The security stage over a socket, as an initiator sees it. */
class ChapLoginTest {
    private static final String NAMES = "InitiatorName=" + RawInitiator.NAME + "\0TargetName=" + ServerFixture.TARGET + "\0";
    private static final String DISCOVERY = "InitiatorName=" + RawInitiator.NAME + "\0SessionType=Discovery\0";
    private static final String SECRET = "alice's secret";
    private static final String OUR_SECRET = "the target's secret";
    private static final ChapSettings CHAP = ChapSettings.of(
        List.of(new ChapAccount("alice", SECRET), new ChapAccount("bob", "bob's own secret")), new ChapAccount("spindrift", OUR_SECRET), Set.of());
    private ServerFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new ServerFixture(new TargetAccess(AccessList.OPEN, CHAP),
            new TargetAccess(AccessList.OPEN, ChapSettings.of(List.of(new ChapAccount("finder", "finder's secret")), null, Set.of())));
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    private static int status(Pdu answer) {
        assertEquals(0x23, answer.opcode());
        return answer.header().getShort(36) & 0xffff;
    }

    private static byte[] digest(String algorithm, int identifier, String secret, byte[] challenge) throws Exception {
        MessageDigest hash = MessageDigest.getInstance(algorithm);
        hash.update((byte) identifier);
        hash.update(secret.getBytes(StandardCharsets.UTF_8));
        return hash.digest(challenge);
    }

    private static String hex(byte[] bytes) {
        return "0x" + HexFormat.of().formatHex(bytes);
    }

    private static byte[] bytes(Pdu challenge) {
        return HexFormat.of().parseHex(challenge.text().get("CHAP_C").substring(2));
    }

    private static String response(Pdu challenge, String algorithm, String secret) throws Exception {
        return hex(digest(algorithm, Integer.parseInt(challenge.text().get("CHAP_I")), secret, bytes(challenge)));
    }

    /** Up to the target's challenge. */
    private static Pdu challenged(RawInitiator initiator, String names, String algorithms) throws Exception {
        Pdu method = initiator.login(0x81, 0, names + "AuthMethod=CHAP,None\0");
        assertEquals(0, status(method));
        assertEquals("CHAP", method.text().get("AuthMethod"));
        assertEquals(0, method.flags() & 0x83, "no transition before the proof");
        return initiator.login(0, 0, "CHAP_A=" + algorithms + "\0");
    }

    @ParameterizedTest
    @CsvSource({"5, 5, MD5", "6, 6, SHA-1", "7, 7, SHA-256", "8, 8, SHA3-256", "'9,7,5', 7, SHA-256", "'5,8', 5, MD5"})
    void everyAlgorithmInTheInitiatorsOrder(String offer, String chosen, String digest) throws Exception {
        try (RawInitiator initiator = fixture.connect()) {
            Pdu challenge = challenged(initiator, NAMES, offer);
            assertEquals(chosen, challenge.text().get("CHAP_A"));
            Pdu done = initiator.login(0x81, 0, "CHAP_N=alice\0CHAP_R=" + response(challenge, digest, SECRET) + "\0");
            assertEquals(0, status(done));
            assertEquals(0x81, done.flags());
            assertEquals(Map.of(), done.text());
            Pdu last = initiator.login(0x87, 0, RawInitiator.OPERATIONAL);
            assertEquals(0x87, last.flags());
            initiator.send(initiator.read(1, 0, 1), new byte[0]);
            assertEquals(0x25, initiator.receive().opcode());
        }
    }

    @Test
    void straightToTheFullFeaturePhase() throws Exception {
        try (RawInitiator initiator = fixture.connect()) {
            Pdu challenge = challenged(initiator, NAMES, "5");
            Pdu done = initiator.login(0x83, 0, "CHAP_N=bob\0CHAP_R=" + response(challenge, "MD5", "bob's own secret") + "\0");
            assertEquals(0x83, done.flags());
            assertEquals(1, fixture.server.sessions().size());
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void bothDirections(boolean base64) throws Exception {
        byte[] asked = {1, 2, 3, 4, 5, 6, 7, 8, 9};
        String written = base64 ? "0b" + Base64.getEncoder().encodeToString(asked) : hex(asked);
        try (RawInitiator initiator = fixture.connect()) {
            Pdu challenge = challenged(initiator, NAMES, "7");
            Pdu done = initiator.login(0x81, 0, "CHAP_N=alice\0CHAP_R=" + response(challenge, "SHA-256", SECRET) + "\0CHAP_I=0xc8\0CHAP_C=" + written + "\0");
            assertEquals(0x81, done.flags());
            assertEquals(Map.of("CHAP_N", "spindrift", "CHAP_R", hex(digest("SHA-256", 200, OUR_SECRET, asked))), done.text());
        }
    }

    @Test
    void challengesDiffer() throws Exception {
        try (RawInitiator one = fixture.connect(); RawInitiator two = fixture.connect()) {
            assertNotEquals(challenged(one, NAMES, "5").text().get("CHAP_C"), challenged(two, NAMES, "5").text().get("CHAP_C"));
        }
    }

    /** RIGHT stands for the right response, MINE for the challenge that the target sent. */
    @ParameterizedTest
    @CsvSource({
        "0201, CHAP_N=alice|CHAP_R=0x00112233445566778899aabbccddeeff|",
        "0201, CHAP_N=alice|CHAP_R=0x00|",
        "0201, CHAP_N=bob|CHAP_R=RIGHT|",
        "0201, CHAP_N=nobody|CHAP_R=RIGHT|",
        "0201, CHAP_N=|CHAP_R=RIGHT|",
        "0201, CHAP_N=alice|CHAP_R=RIGHT|CHAP_I=9|CHAP_C=MINE|",
        "0207, CHAP_N=alice|",
        "0207, CHAP_R=RIGHT|",
        "0207, CHAP_N=alice|CHAP_R=RIGHT|CHAP_I=9|",
        "0207, CHAP_N=alice|CHAP_R=RIGHT|CHAP_C=0x0102|",
        "0200, CHAP_N=alice|CHAP_R=|",
        "0200, CHAP_N=alice|CHAP_R=12|",
        "0200, CHAP_N=alice|CHAP_R=0xnothex|",
        "0200, CHAP_N=alice|CHAP_R=RIGHT|CHAP_I=256|CHAP_C=0x0102|",
        "0200, CHAP_N=alice|CHAP_R=RIGHT|CHAP_I=-1|CHAP_C=0x0102|",
        "0200, CHAP_N=alice|CHAP_R=RIGHT|CHAP_I=1|CHAP_C=0x|",
        "0200, CHAP_N=alice|CHAP_R=RIGHT|CHAP_I=1|CHAP_C=LONG|",
        "0200, CHAP_N=alice|CHAP_R=RIGHT|CHAP_A=5|",
        "0200, CHAP_I=1|CHAP_C=0x0102|",
        "0200, CHAP_X=1|",
    })
    void refusedAnswers(String expected, String text) throws Exception {
        try (RawInitiator initiator = fixture.connect()) {
            Pdu challenge = challenged(initiator, NAMES, "5");
            Pdu answer = initiator.login(0x81, 0, text.replace("RIGHT", response(challenge, "MD5", SECRET))
                .replace("MINE", challenge.text().get("CHAP_C")).replace("LONG", "0x" + "01".repeat(1025)).replace('|', '\0'));
            assertEquals(Integer.parseInt(expected, 16), status(answer));
            assertEquals(0, answer.data().length);
            assertTrue(initiator.isClosed());
        }
        assertEquals(0, fixture.server.sessions().size());
    }

    @ParameterizedTest
    @CsvSource({
        "0201, 0x81, AuthMethod=None|",
        "0201, 0x81, AuthMethod=KRB5,SRP|",
        "0201, 0x81, AuthMethod=chap|",
        "0201, 0x81, ''",
        "0201, 0x83, ''",
        "0201, 0x87, HeaderDigest=None|",
        "0201, 0x87, AuthMethod=CHAP|",
        "0201, 0x04, ''",
        "0201, 0x00, AuthMethod=CHAP|CHAP_A=9|",
        "0200, 0x00, AuthMethod=CHAP|CHAP_N=alice|CHAP_R=0x00|",
    })
    void noWayAroundIt(String expected, String flags, String text) throws Exception {
        try (RawInitiator initiator = fixture.connect()) {
            Pdu answer = initiator.login(Integer.decode(flags), 0, NAMES + text.replace('|', '\0'));
            assertEquals(Integer.parseInt(expected, 16), status(answer));
            assertTrue(initiator.isClosed());
        }
    }

    @Test
    void requestsWithoutProofStayInTheStage() throws Exception {
        try (RawInitiator initiator = fixture.connect()) {
            assertEquals(0, initiator.login(0, 0, NAMES).flags());
            assertEquals(0, initiator.login(0x81, 0, "AuthMethod=CHAP\0").flags());
            assertEquals(0, initiator.login(0x81, 0, "").flags());
            Pdu challenge = initiator.login(0x81, 0, "CHAP_A=5\0");
            assertEquals(0, challenge.flags());
            assertEquals(0, initiator.login(0x83, 0, "").flags());
            assertEquals(0x0200, status(initiator.login(0x87, 0, RawInitiator.OPERATIONAL)));
        }
    }

    @Test
    void anAlgorithmThatIsNotTaken() throws Exception {
        ChapSettings strict = ChapSettings.of(List.of(new ChapAccount("alice", SECRET)), null, Set.of(ChapAlgorithm.SHA3_256, ChapAlgorithm.SHA_256));
        try (ServerFixture other = new ServerFixture(new TargetAccess(AccessList.OPEN, strict), TargetAccess.OPEN)) {
            try (RawInitiator initiator = other.connect()) {
                assertEquals(0x0201, status(challenged(initiator, NAMES, "5,6")));
            }
            try (RawInitiator initiator = other.connect()) {
                Pdu challenge = challenged(initiator, NAMES, "5,8,7");
                assertEquals("8", challenge.text().get("CHAP_A"));
                Pdu asked = initiator.login(0x81, 0, "CHAP_N=alice\0CHAP_R=" + response(challenge, "SHA3-256", SECRET) + "\0CHAP_I=1\0CHAP_C=0x0102\0");
                assertEquals(0x0201, status(asked), "the target has no secret to prove itself with");
            }
        }
    }

    @Test
    void discoveryHasUsersOfItsOwn() throws Exception {
        try (RawInitiator initiator = fixture.connect()) {
            assertEquals(0x0201, status(initiator.login(0x87, 0, DISCOVERY)));
        }
        try (RawInitiator initiator = fixture.connect()) {
            Pdu challenge = challenged(initiator, DISCOVERY, "6");
            assertEquals(0x0201, status(initiator.login(0x83, 0, "CHAP_N=alice\0CHAP_R=" + response(challenge, "SHA-1", SECRET) + "\0")));
        }
        try (RawInitiator initiator = fixture.connect()) {
            Pdu challenge = challenged(initiator, DISCOVERY, "6");
            assertEquals(0x83, initiator.login(0x83, 0, "CHAP_N=finder\0CHAP_R=" + response(challenge, "SHA-1", "finder's secret") + "\0").flags());
        }
    }

    @Test
    void accessLists() throws Exception {
        AccessList byName = new AccessList(List.of(new NamePattern("iqn.2026-11.io.spindrift:t*")), List.of(AddressRange.parse("127.0.0.0/8")));
        try (ServerFixture other = new ServerFixture(new TargetAccess(byName, null), TargetAccess.OPEN)) {
            other.server.addTarget(new IscsiTarget("iqn.2026-11.io.spindrift:far", "", other.disk, other.home,
                new TargetAccess(new AccessList(List.of(), List.of(AddressRange.parse("10.0.0.0/8"))), null)));
            try (RawInitiator initiator = other.session()) {
                initiator.send(initiator.read(1, 0, 1), new byte[0]);
                assertEquals(0x25, initiator.receive().opcode());
            }
            try (RawInitiator initiator = other.connect()) {
                assertEquals(0x0202, status(initiator.login(0x87, 0, "InitiatorName=iqn.2026-11.x:other\0TargetName=" + ServerFixture.TARGET + "\0")));
                assertTrue(initiator.isClosed());
            }
            try (RawInitiator initiator = other.connect()) {
                assertEquals(0x0202, status(initiator.loginTo("iqn.2026-11.io.spindrift:far", "")));
            }
            assertEquals(Set.of(ServerFixture.TARGET), found(other, RawInitiator.NAME, "All"));
            assertEquals(Set.of(), found(other, "iqn.2026-11.x:other", "All"));
            assertEquals(Set.of(), found(other, RawInitiator.NAME, "iqn.2026-11.io.spindrift:far"));
        }
    }

    private static Set<String> found(ServerFixture server, String initiatorName, String which) throws Exception {
        try (RawInitiator initiator = server.connect()) {
            assertEquals(0, status(initiator.login(0x87, 0, "InitiatorName=" + initiatorName + "\0SessionType=Discovery\0")));
            initiator.send(RawInitiator.header(0x44, 0x80, 3).putInt(20, -1).putInt(24, initiator.cmdSn), ("SendTargets=" + which + "\0").getBytes());
            String name = initiator.receive().text().get("TargetName");
            return name == null ? Set.of() : Set.of(name);
        }
    }

    @Test
    void discoveryHasAListOfItsOwn() throws Exception {
        TargetAccess nobody = new TargetAccess(new AccessList(List.of(new NamePattern("iqn.2026-11.x:operator")), List.of()), null);
        try (ServerFixture other = new ServerFixture(TargetAccess.OPEN, nobody); RawInitiator initiator = other.connect(); RawInitiator session = other.session()) {
            assertEquals(0x0202, status(initiator.login(0x87, 0, DISCOVERY)));
            assertFalse(other.server.sessions().isEmpty());
            assertTrue(initiator.isClosed());
            session.send(session.read(1, 0, 1), new byte[0]);
            assertEquals(0x25, session.receive().opcode());
        }
    }
}

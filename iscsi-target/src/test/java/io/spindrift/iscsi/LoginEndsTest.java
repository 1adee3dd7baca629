package io.spindrift.iscsi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.iscsi.RawInitiator.Pdu;
import io.spindrift.iscsi.auth.AccessList;
import io.spindrift.iscsi.auth.ChapAccount;
import io.spindrift.iscsi.auth.ChapSettings;
import io.spindrift.iscsi.auth.TargetAccess;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way through a login ends, and with what the rules say. */
class LoginEndsTest {
    private static final int MOST_REQUESTS = 12;
    private static final int SECURITY = 0;
    private static final int OPERATIONAL = 1;
    private static final int FULL_FEATURE = 3;
    private static final String SECRET = "alice's secret";
    /** What the initiator offers; SKIP begins behind the security stage, and an empty one says nothing of methods. */
    private static final List<String> OFFERS = List.of("SKIP", "", "None", "CHAP", "CHAP,None", "None,CHAP", "KRB5,None", "KRB5");

    /** One initiator's manners. */
    private record Way(String offer, boolean direct, boolean leavesLate, boolean inParts, boolean discovery, boolean asksBack) {
        /** Whether the target lets it in. */
        boolean good(boolean chap) {
            boolean none = offer.equals("SKIP") || offer.isEmpty() || List.of(offer.split(",")).contains("None");
            return chap ? List.of(offer.split(",")).contains("CHAP") : none;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyCombination(boolean chap) throws Exception {
        ChapSettings settings = ChapSettings.of(List.of(new ChapAccount("alice", SECRET)), new ChapAccount("us", "the target's secret"), Set.of());
        TargetAccess access = chap ? new TargetAccess(AccessList.OPEN, settings) : TargetAccess.OPEN;
        try (ServerFixture fixture = new ServerFixture(access, access)) {
            for (String offer : OFFERS) {
                for (int bits = 0; bits < 32; bits++) {
                    Way way = new Way(offer, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, (bits & 16) != 0);
                    try (RawInitiator initiator = fixture.connect()) {
                        assertEquals(way.good(chap) ? 0 : 0x0201, run(initiator, way), way.toString());
                    }
                }
            }
        }
    }

    /** @return the status that it ended with: 0 in the full feature phase */
    private static int run(RawInitiator initiator, Way way) throws Exception {
        int stage = way.offer.equals("SKIP") ? OPERATIONAL : SECURITY;
        String text = "InitiatorName=" + RawInitiator.NAME + "\0"
            + (way.discovery ? "SessionType=Discovery\0" : "TargetName=" + ServerFixture.TARGET + "\0")
            + (stage == SECURITY && !way.offer.isEmpty() ? "AuthMethod=" + way.offer + "\0" : "");
        if (stage == OPERATIONAL) {
            text += RawInitiator.OPERATIONAL;
        }
        boolean proving = false;
        for (int request = 0; request < MOST_REQUESTS; request++) {
            int next = stage == SECURITY && !way.direct ? OPERATIONAL : FULL_FEATURE;
            boolean leave = !way.leavesLate || text.isEmpty();
            Pdu answer = send(initiator, stage << 2 | (leave ? 0x80 | next : 0), text, way.inParts);
            int status = answer.header().getShort(36) & 0xffff;
            if (status != 0) {
                assertTrue(initiator.isClosed());
                return status;
            }
            boolean left = (answer.flags() & 0x80) != 0;
            if (left && (answer.flags() & 3) == FULL_FEATURE) {
                return 0;
            }
            text = left ? RawInitiator.OPERATIONAL : prove(answer.text(), proving, way.asksBack);
            proving = text.startsWith("CHAP_N");
            stage = left ? OPERATIONAL : stage;
        }
        throw new AssertionError("no end after " + MOST_REQUESTS + " requests");
    }

    private static Pdu send(RawInitiator initiator, int flags, String text, boolean inParts) throws Exception {
        if (!inParts || text.length() < 2) {
            return initiator.login(flags, 0, text);
        }
        Pdu empty = initiator.login(flags & 0x0c | 0x40, 0, text.substring(0, text.length() / 2));
        assertEquals(0, empty.data().length);
        return empty.header().getShort(36) != 0 ? empty : initiator.login(flags, 0, text.substring(text.length() / 2));
    }

    private static String prove(Map<String, String> said, boolean proved, boolean asksBack) throws Exception {
        if ("CHAP".equals(said.get("AuthMethod"))) {
            return "CHAP_A=7\0";
        }
        if (!said.containsKey("CHAP_C")) {
            assertEquals(proved && asksBack, said.containsKey("CHAP_R"));
            return "";
        }
        MessageDigest hash = MessageDigest.getInstance("SHA-256");
        hash.update((byte) Integer.parseInt(said.get("CHAP_I")));
        hash.update(SECRET.getBytes(StandardCharsets.UTF_8));
        byte[] response = hash.digest(HexFormat.of().parseHex(said.get("CHAP_C").substring(2)));
        return "CHAP_N=alice\0CHAP_R=0x" + HexFormat.of().formatHex(response) + "\0" + (asksBack ? "CHAP_I=7\0CHAP_C=0x0102030405060708\0" : "");
    }
}

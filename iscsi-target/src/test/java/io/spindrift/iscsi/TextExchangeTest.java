package io.spindrift.iscsi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.iscsi.RawInitiator.Pdu;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Text requests in the full feature phase, PDU by PDU. */
class TextExchangeTest {
    private static final int FINAL = 0x80;
    private static final int CONTINUE = 0x40;
    private ServerFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new ServerFixture();
        fixture.server.addTarget(new IscsiTarget("iqn.2026-11.io.spindrift:second", "", fixture.disk, fixture.home));
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    private RawInitiator discovery() throws Exception {
        RawInitiator initiator = fixture.connect();
        initiator.login(0x87, 0, "InitiatorName=" + RawInitiator.NAME + "\0SessionType=Discovery\0");
        return initiator;
    }

    private static Pdu ask(RawInitiator initiator, int flags, int tag, int transferTag, String text) throws Exception {
        initiator.send(RawInitiator.header(0x44, flags, tag).putInt(20, transferTag).putInt(24, initiator.cmdSn), text.getBytes(StandardCharsets.UTF_8));
        return initiator.receive();
    }

    private static void assertAnswer(Pdu answer, int flags, boolean more, String text) {
        assertEquals(0x24, answer.opcode());
        assertEquals(flags, answer.flags());
        assertEquals(more, answer.at(20) != -1);
        assertEquals(text, new String(answer.data(), StandardCharsets.UTF_8).replace('\0', '|'));
    }

    private static void assertRejected(Pdu answer) {
        assertEquals(0x3f, answer.opcode());
        assertEquals(4, answer.header().get(2));
    }

    @ParameterizedTest
    @CsvSource({
        "false, All, memory second",
        "false, iqn.2026-11.io.spindrift:second, second",
        "false, iqn.2026-11.io.spindrift:none, ''",
        "false, '', Reject",
        "true, '', memory",
        "true, iqn.2026-11.io.spindrift:memory, memory",
        "true, iqn.2026-11.io.spindrift:second, ''",
        "true, All, Reject",
    })
    void sendTargets(boolean normal, String which, String found) throws Exception {
        try (RawInitiator initiator = normal ? fixture.session() : discovery()) {
            String text = new String(ask(initiator, FINAL, 3, -1, "SendTargets=" + which + "\0").data(), StandardCharsets.UTF_8);
            StringBuilder names = new StringBuilder();
            for (String pair : text.split("\0")) {
                if (pair.startsWith("TargetName=")) {
                    names.append(names.length() == 0 ? "" : " ").append(pair.substring(pair.lastIndexOf(':') + 1));
                } else if (pair.startsWith("SendTargets=")) {
                    names.append(pair.substring(12));
                }
            }
            assertEquals(found, names.toString());
        }
    }

    @Test
    void aQuestionInParts() throws Exception {
        try (RawInitiator initiator = discovery()) {
            Pdu first = ask(initiator, CONTINUE, 3, -1, "X-what=1\0SendTargets=iqn.2026-11.io.");
            assertAnswer(first, 0, true, "");
            Pdu whole = ask(initiator, FINAL, 3, first.at(20), "spindrift:none\0X-else=2\0");
            assertAnswer(whole, FINAL, false, "X-what=NotUnderstood|X-else=NotUnderstood|");
        }
    }

    @Test
    void whoHasMoreToAskGetsNoFinalAnswer() throws Exception {
        try (RawInitiator initiator = discovery()) {
            Pdu first = ask(initiator, 0, 3, -1, "X-one=1\0");
            assertAnswer(first, 0, true, "X-one=NotUnderstood|");
            assertAnswer(ask(initiator, 0, 3, first.at(20), ""), 0, true, "");
            assertAnswer(ask(initiator, FINAL, 3, first.at(20), "X-two=1\0"), FINAL, false, "X-two=NotUnderstood|");
            assertRejected(ask(initiator, FINAL, 3, first.at(20), "X-three=1\0"));
        }
    }

    @Test
    void whatBreaksTheRulesIsRejectedAndTheSessionGoesOn() throws Exception {
        try (RawInitiator initiator = discovery()) {
            assertRejected(ask(initiator, FINAL, 3, 1, "X-one=1\0"));
            assertRejected(ask(initiator, FINAL, 3, -1, "X-one=1\0X-one=1\0"));
            assertRejected(ask(initiator, FINAL, 3, -1, "nonsense\0"));
            assertRejected(ask(initiator, FINAL, 3, -1, "X\1=1\0"));
            Pdu first = ask(initiator, 0, 3, -1, "X-one=1\0");
            assertRejected(ask(initiator, FINAL, 3, first.at(20), "X-one=1\0"));
            first = ask(initiator, 0, 3, -1, "X-one=1\0");
            assertRejected(ask(initiator, FINAL, 4, first.at(20), "X-two=1\0"));
            first = ask(initiator, 0, 3, -1, "X-one=1\0");
            assertAnswer(ask(initiator, FINAL, 9, -1, "X-one=1\0"), FINAL, false, "X-one=NotUnderstood|");
        }
    }

    @Test
    void keysOfTheLoginAreRejected() throws Exception {
        try (RawInitiator initiator = fixture.session()) {
            Pdu answer = ask(initiator, FINAL, 3, -1, "MaxBurstLength=512\0HeaderDigest=CRC32C\0AuthMethod=None\0InitiatorName=x\0InitiatorAlias=y\0CHAP_A=5\0");
            assertAnswer(answer, FINAL, false, "MaxBurstLength=Reject|HeaderDigest=Reject|AuthMethod=Reject|InitiatorName=Reject|CHAP_A=Reject|");
            assertEquals(16384, fixture.server.sessions().get(0).parameters().maxBurst());
            assertEquals(RawInitiator.NAME, fixture.server.sessions().get(0).initiatorName());
        }
    }

    @Test
    void aSegmentLengthDeclaredAnewHoldsFromThenOn() throws Exception {
        try (RawInitiator initiator = fixture.session()) {
            initiator.send(initiator.read(1, 0, 16), new byte[0]);
            assertEquals(4096, initiator.receive().data().length);
            assertEquals(4096, initiator.receive().data().length);
            assertAnswer(ask(initiator, FINAL, 3, -1, "MaxRecvDataSegmentLength=1024\0"), FINAL, false, "");
            assertEquals(1024, fixture.server.sessions().get(0).parameters().initiatorReceives());
            initiator.send(initiator.read(1, 0, 16), new byte[0]);
            for (int part = 0; part < 8; part++) {
                assertEquals(1024, initiator.receive().data().length);
            }
            assertAnswer(ask(initiator, FINAL, 3, -1, "MaxRecvDataSegmentLength=511\0"), FINAL, false, "MaxRecvDataSegmentLength=Reject|");
            assertEquals(1024, fixture.server.sessions().get(0).parameters().initiatorReceives());
        }
    }

    @Test
    void aQuestionHasALimit() throws Exception {
        try (RawInitiator initiator = discovery()) {
            String part = "k".repeat(60_000);
            Pdu answer = ask(initiator, CONTINUE, 3, -1, part);
            assertAnswer(answer, 0, true, "");
            assertNotEquals(-1, answer.at(20));
            assertRejected(ask(initiator, CONTINUE, 3, answer.at(20), part));
            assertTrue(fixture.server.sessions().size() == 1);
        }
    }
}

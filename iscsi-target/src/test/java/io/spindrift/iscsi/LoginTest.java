package io.spindrift.iscsi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.iscsi.RawInitiator.Pdu;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoginTest {
    private static final String NAMES = "InitiatorName=" + RawInitiator.NAME + "\0TargetName=" + ServerFixture.TARGET + "\0";
    private ServerFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new ServerFixture();
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    private static int status(Pdu answer) {
        assertEquals(0x23, answer.opcode());
        return answer.header().getShort(36) & 0xffff;
    }

    @Test
    void bothStages() throws Exception {
        try (RawInitiator initiator = fixture.connect()) {
            Pdu first = initiator.login(0x81, 0, NAMES + "SessionType=Normal\0AuthMethod=CHAP,None\0");
            assertEquals(0, status(first));
            assertEquals(0x81, first.flags());
            assertEquals(0, first.header().getShort(14));
            assertEquals(Map.of("AuthMethod", "None", "TargetPortalGroupTag", "1", "TargetAlias", "memory"), first.text());
            Pdu second = initiator.login(0x87, 0, RawInitiator.OPERATIONAL + "X-unheard-of=1\0IFMarker=Yes\0MaxOutstandingR2T2=\0");
            assertEquals(0, status(second));
            assertEquals(0x87, second.flags());
            assertFalse(second.header().getShort(14) == 0);
            assertEquals("NotUnderstood", second.text().get("X-unheard-of"));
            assertEquals("Reject", second.text().get("IFMarker"));
            assertEquals("262144", second.text().get("MaxRecvDataSegmentLength"));
            assertEquals("16384", second.text().get("MaxBurstLength"));
            assertEquals("No", second.text().get("InitialR2T"));
        }
    }

    @Test
    void textInPartsIsOneText() throws Exception {
        try (RawInitiator initiator = fixture.connect()) {
            Pdu part = initiator.login(0x44, 0, NAMES + "MaxBurst");
            assertEquals(0, status(part));
            assertEquals(0x04, part.flags());
            assertEquals(0, part.data().length);
            Pdu whole = initiator.login(0x87, 0, "Length=1024\0");
            assertEquals(0x87, whole.flags());
            assertEquals("1024", whole.text().get("MaxBurstLength"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0203, 0x87, 0, InitiatorName=iqn.2026-11.x:a|TargetName=iqn.2026-11.x:none|",
        "0207, 0x87, 0, InitiatorName=iqn.2026-11.x:a|",
        "0207, 0x87, 0, TargetName=iqn.2026-11.io.spindrift:memory|",
        "0209, 0x87, 0, InitiatorName=iqn.2026-11.x:a|SessionType=Odd|",
        "0201, 0x81, 0, InitiatorName=iqn.2026-11.x:a|TargetName=iqn.2026-11.io.spindrift:memory|AuthMethod=CHAP|",
        "020a, 0x87, 77, InitiatorName=iqn.2026-11.x:a|TargetName=iqn.2026-11.io.spindrift:memory|",
        "0200, 0xc7, 0, InitiatorName=iqn.2026-11.x:a|",
        "0200, 0x84, 0, InitiatorName=iqn.2026-11.x:a|",
        "0200, 0x87, 0, nonsense|",
        "0200, 0x87, 0, InitiatorName=a|InitiatorName=b|",
        "0200, 0x87, 0, InitiatorName=a b|TargetName=iqn.2026-11.io.spindrift:memory|",
        "0200, 0x87, 0, InitiatorName=a\u0007|TargetName=iqn.2026-11.io.spindrift:memory|",
        "0200, 0x87, 0, InitiatorName=a\u202eb|TargetName=iqn.2026-11.io.spindrift:memory|",
        "0200, 0x87, 0, InitiatorName=a|TargetName=iqn.2026-11.io.spindrift:memory|bad key=1|",
        "0207, 0x87, 0, InitiatorName=|TargetName=iqn.2026-11.io.spindrift:memory|",
        "0207, 0x87, 0, InitiatorName=a|SessionType=Normal|",
    })
    void refused(String expected, String flags, int tsih, String text) throws Exception {
        try (RawInitiator initiator = fixture.connect()) {
            Pdu answer = initiator.login(Integer.decode(flags), tsih, text.replace('|', '\0'));
            assertEquals(Integer.parseInt(expected, 16), status(answer));
            assertTrue(initiator.isClosed());
        }
    }

    @Test
    void anotherPduDuringLoginIsRefused() throws Exception {
        try (RawInitiator initiator = fixture.connect()) {
            initiator.login(0x04, 0, NAMES);
            initiator.send(RawInitiator.header(0x40, 0x80, 9), new byte[0]);
            assertEquals(0x020b, status(initiator.receive()));
            assertTrue(initiator.isClosed());
        }
    }

    @Test
    void aLongAnswerComesInParts() throws Exception {
        try (RawInitiator initiator = fixture.connect()) {
            Pdu answer = initiator.login(0x87, 0, NAMES + manyKeys());
            StringBuilder all = new StringBuilder();
            int parts = 1;
            while (answer.flags() == 0x44) {
                assertEquals(0, status(answer));
                assertEquals(8192, answer.data().length);
                all.append(new String(answer.data()));
                answer = initiator.login(0x87, 0, "");
                parts++;
            }
            assertEquals(0x87, answer.flags());
            all.append(new String(answer.data()));
            assertEquals(2, parts);
            assertEquals(700, all.toString().split("=NotUnderstood\0").length - 1);
            initiator.send(initiator.read(1, 0, 1), new byte[0]);
            assertEquals(0x25, initiator.receive().opcode());
        }
        try (RawInitiator initiator = fixture.connect()) {
            assertEquals(0x44, initiator.login(0x87, 0, NAMES + manyKeys()).flags());
            assertEquals(0x0200, status(initiator.login(0x87, 0, "X-more=1\0")));
        }
    }

    private static String manyKeys() {
        StringBuilder keys = new StringBuilder();
        for (int i = 0; i < 700; i++) {
            keys.append("Y-").append(i).append("=1\0");
        }
        return keys.toString();
    }

    @Test
    void moreThanTheLimitIsRefused() throws Exception {
        try (RawInitiator initiator = fixture.connect()) {
            String part = "k".repeat(8000);
            Pdu answer = initiator.login(0x44, 0, part);
            int parts = 1;
            while (status(answer) == 0) {
                answer = initiator.login(0x44, 0, part);
                parts++;
            }
            assertEquals(0x0200, status(answer));
            assertEquals(9, parts);
        }
    }

    @Test
    void aTimeLimit() throws Exception {
        IscsiSettings hasty = IscsiSettings.defaults().withTimes(50, 1000, 1000, 0).withConnections(10, 10);
        try (ServerFixture other = new ServerFixture(hasty); RawInitiator initiator = other.connect()) {
            assertTrue(initiator.isClosed());
        }
    }

    @Test
    void discovery() throws Exception {
        fixture.server.addTarget(new IscsiTarget("iqn.2026-11.io.spindrift:second", "", fixture.disk, fixture.home));
        try (RawInitiator initiator = fixture.connect()) {
            assertEquals(0, status(initiator.login(0x87, 0, "InitiatorName=" + RawInitiator.NAME + "\0SessionType=Discovery\0")));
            initiator.send(RawInitiator.header(0x44, 0x80, 3).putInt(20, -1).putInt(24, initiator.cmdSn), "SendTargets=All\0".getBytes());
            Pdu answer = initiator.receive();
            assertEquals(0x24, answer.opcode());
            assertEquals(0x80, answer.flags());
            String portal = "TargetAddress=" + fixture.address.toString().substring(1) + ",1\0";
            assertEquals("TargetName=iqn.2026-11.io.spindrift:memory\0" + portal + "TargetName=iqn.2026-11.io.spindrift:second\0" + portal,
                new String(answer.data()));
            initiator.send(initiator.read(4, 0, 1), new byte[0]);
            assertEquals(0x3f, initiator.receive().opcode());
        }
    }

    @Test
    void aLongTextAnswerComesInParts() throws Exception {
        for (int i = 0; i < 40; i++) {
            fixture.server.addTarget(new IscsiTarget("iqn.2026-11.io.spindrift:number" + i, "", fixture.disk, fixture.home));
        }
        try (RawInitiator initiator = fixture.connect()) {
            initiator.login(0x87, 0, "InitiatorName=" + RawInitiator.NAME + "\0SessionType=Discovery\0MaxRecvDataSegmentLength=512\0");
            StringBuilder all = new StringBuilder();
            int transferTag = -1;
            String question = "SendTargets=All\0";
            Pdu answer;
            do {
                initiator.send(RawInitiator.header(0x44, 0x80, 3).putInt(20, transferTag).putInt(24, initiator.cmdSn), question.getBytes());
                answer = initiator.receive();
                assertTrue(answer.data().length <= 512);
                all.append(new String(answer.data()));
                transferTag = answer.at(20);
                question = "";
            } while (answer.flags() != 0x80);
            assertEquals(41, all.toString().split("TargetName=").length - 1);
        }
    }

    @Test
    void reinstatementEndsTheOldSessionFirst() throws Exception {
        fixture.atHome(() -> fixture.disk.holding = true);
        try (RawInitiator old = fixture.session()) {
            old.send(old.read(1, 0, 1), new byte[0]);
            while (fixture.atHome(() -> fixture.disk.held.size()) == 0) {
                Thread.onSpinWait();
            }
            try (RawInitiator again = fixture.session()) {
                assertTrue(old.isClosed());
                List<String> events = fixture.atHome(() -> List.copyOf(fixture.disk.events));
                String nexus = RawInitiator.NAME + ",i,0x400001370001";
                assertEquals(List.of("established " + nexus, "abort true", "lost " + nexus, "established " + nexus), events);
                assertEquals(1, fixture.server.sessions().size());
            }
        }
    }

    @Test
    void stopAsksForLogoutAndEnds() throws Exception {
        IscsiSettings brief = IscsiSettings.defaults().withTimes(10_000, 10_000, 10_000, 100).withConnections(10, 10);
        ServerFixture other = new ServerFixture(brief);
        try (RawInitiator initiator = other.session()) {
            other.close();
            Pdu message = initiator.receive();
            assertEquals(0x32, message.opcode());
            assertEquals(1, message.header().get(36));
            assertEquals(1, message.header().getShort(42));
            assertEquals(3, initiator.receive().header().get(36));
            assertTrue(initiator.isClosed());
        }
    }

    @Test
    void connectionsOfOneAddressAreLimited() throws Exception {
        IscsiSettings few = IscsiSettings.defaults().withTimes(10_000, 10_000, 10_000, 0).withConnections(10, 1);
        try (ServerFixture other = new ServerFixture(few); RawInitiator first = other.session(); RawInitiator second = other.connect()) {
            assertTrue(second.isClosed());
            first.send(first.read(1, 0, 1), new byte[0]);
            assertEquals(0x25, first.receive().opcode());
        }
    }
}

package io.spindrift.iscsi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.iscsi.RawInitiator.Pdu;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of malformed PDUs in README-iscsi.md, row by row. */
class HostilePeerTest {
    private static final byte[] NONE = {};
    private static final int NO_TAG = -1;
    private ServerFixture fixture;
    private RawInitiator initiator;

    /** One PDU, or several, of a peer in its full feature phase. */
    private interface Attack {
        void send(RawInitiator peer) throws IOException;
    }

    @BeforeEach
    void start() throws Exception {
        fixture = new ServerFixture();
        initiator = fixture.session();
    }

    @AfterEach
    void stop() throws Exception {
        initiator.close();
        fixture.close();
    }

    private static Arguments row(String what, int reason, Attack attack) {
        return Arguments.of(what, reason, attack);
    }

    private static Attack pdu(int opcode, int flags, int tag) {
        return peer -> peer.send(RawInitiator.header(opcode, flags, tag).putInt(20, NO_TAG).putInt(24, peer.cmdSn), NONE);
    }

    private static Attack withData(int opcode, int flags, int tag, String text) {
        return peer -> peer.send(RawInitiator.header(opcode, flags, tag).putInt(20, NO_TAG).putInt(24, peer.cmdSn), text.getBytes());
    }

    /** A command with additional header segments of these bytes. */
    private static Attack segments(int... bytes) {
        return peer -> {
            ByteBuffer whole = ByteBuffer.allocate(48 + bytes.length);
            whole.put(peer.read(1, 0, 1).array()).put(4, (byte) (bytes.length / 4));
            for (int each : bytes) {
                whole.put((byte) each);
            }
            peer.raw(whole.array());
        };
    }

    static Stream<Arguments> formatErrors() {
        return Stream.of(
            row("NOP-Out without F", 9, pdu(0x40, 0, 5)),
            row("NOP-Out that asks for nothing, not immediate", 9, pdu(0x00, 0x80, NO_TAG)),
            row("task management without F", 9, pdu(0x42, 2, 5)),
            row("task management without a tag", 9, pdu(0x42, 0x82, NO_TAG)),
            row("task management with data", 9, withData(0x42, 0x82, 5, "data")),
            row("text without a tag", 9, withData(0x44, 0x80, NO_TAG, "SendTargets=\0")),
            row("text with F and C", 9, withData(0x44, 0xc0, 5, "SendTargets=\0")),
            row("logout without F", 9, pdu(0x46, 0, 5)),
            row("logout with data", 9, withData(0x46, 0x80, 5, "data")),
            row("Data-Out without a tag", 9, pdu(0x05, 0x80, NO_TAG)),
            row("command without a tag", 9, peer -> peer.send(peer.read(NO_TAG, 0, 1), NONE)),
            row("command with attribute 5", 9, peer -> peer.send(peer.command(0xc5, 1, 512, RawInitiator.cdb(0x28, 0, 1)), NONE)),
            row("segment of an unknown type", 9, segments(0, 1, 3, 0)),
            row("segment of length 0", 9, segments(0, 0, 1, 0)),
            row("segment that ends past its whole", 9, segments(0, 6, 1, 0, 0, 0, 0, 0)),
            row("read length segment of another length", 9, segments(0, 6, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
            row("segments where none belong", 9, peer -> {
                ByteBuffer whole = ByteBuffer.allocate(52);
                whole.put(RawInitiator.header(0x40, 0x80, 5).putInt(20, NO_TAG).putInt(24, peer.cmdSn).array()).put(4, (byte) 1);
                peer.raw(whole.array());
            }),
            row("data segment longer than agreed", 4, peer -> peer.raw(peer.write(0x80, 1, 0, 8).putInt(4, 262145).array())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("formatErrors")
    void endTheConnection(String what, int reason, Attack attack) throws Exception {
        attack.send(initiator);
        Pdu reject = initiator.receive();
        assertEquals(0x3f, reject.opcode());
        assertEquals(reason, reject.header().get(2));
        assertEquals(48, reject.data().length);
        assertTrue(initiator.isClosed());
        while (!fixture.server.sessions().isEmpty()) {
            Thread.onSpinWait();
        }
    }

    static Stream<Arguments> rejected() {
        return Stream.of(
            row("unknown opcode", 5, pdu(0x4a, 0x80, 5)),
            row("opcode of a target", 4, pdu(0x60, 0x80, 5)),
            row("login request", 4, withData(0x43, 0x87, 5, "InitiatorName=a\0")),
            row("SNACK", 3, pdu(0x50, 0x80, 5)),
            row("text that is not key=value", 4, withData(0x44, 0x80, 5, "nonsense\0")),
            row("text with a key twice", 4, withData(0x44, 0x80, 5, "SendTargets=\0SendTargets=\0")),
            row("text that goes on with nothing", 4, peer -> peer.send(
                RawInitiator.header(0x44, 0x80, 5).putInt(20, 77).putInt(24, peer.cmdSn), NONE)),
            row("logout for an unknown reason", 9, pdu(0x46, 0x87, 5)),
            row("33 immediate commands", 6, peer -> {
                for (int i = 0; i < 33; i++) {
                    ByteBuffer command = peer.read(200 + i, 0, 1);
                    peer.cmdSn--;
                    peer.send(command.put(0, (byte) 0x41), NONE);
                }
            }),
            row("task tag in use", 7, peer -> {
                peer.send(peer.read(1, 0, 1), NONE);
                peer.send(peer.read(1, 0, 1), NONE);
                peer.cmdSn--;
            }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rejected")
    void areRejectedAndTheSessionGoesOn(String what, int reason, Attack attack) throws Exception {
        fixture.atHome(() -> fixture.disk.holding = true);
        attack.send(initiator);
        Pdu reject = initiator.receive();
        assertEquals(0x3f, reject.opcode());
        assertEquals(reason, reject.header().get(2));
        assertGoesOn();
    }

    private void assertGoesOn() throws Exception {
        initiator.send(RawInitiator.header(0x40, 0x80, 99).putInt(20, NO_TAG).putInt(24, initiator.cmdSn), NONE);
        Pdu pong = initiator.receive();
        assertEquals(0x20, pong.opcode());
        assertEquals(99, pong.tag());
        assertEquals(initiator.cmdSn, pong.at(28));
    }

    static Stream<Arguments> ignored() {
        return Stream.of(
            row("reserved bits of a NOP-Out", 0, peer -> peer.send(RawInitiator.header(0xc0, 0xff, NO_TAG).putInt(20, NO_TAG)
                .putInt(24, peer.cmdSn).putLong(32, -1).putLong(40, -1).putShort(2, (short) -1), NONE)),
            row("CmdSN below the window", 0, peer -> peer.send(peer.read(1, 0, 1).putInt(24, 99), NONE)),
            row("CmdSN above the window", 0, peer -> peer.send(peer.read(1, 0, 1).putInt(24, 100 + 128), NONE)),
            row("Data-Out of no task", 0, peer -> peer.send(RawInitiator.dataOut(0x80, 77, 5, 0, 0), new byte[512])),
            row("answer to a ping that was not sent", 0, peer -> peer.send(
                RawInitiator.header(0x40, 0x80, NO_TAG).putInt(20, 4711).putInt(24, peer.cmdSn), NONE)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ignored")
    void areIgnored(String what, int reason, Attack attack) throws Exception {
        int before = initiator.cmdSn;
        attack.send(initiator);
        initiator.cmdSn = before;
        assertGoesOn();
    }

    static Stream<Arguments> wrongData() {
        return Stream.of(
            row("DataSN gap", 0x0c0d, peer -> peer.send(RawInitiator.dataOut(0x80, 1, 1, 1, 0), new byte[4096])),
            row("offset gap", 0x0c0d, peer -> peer.send(RawInitiator.dataOut(0x80, 1, 1, 0, 512), new byte[3584])),
            row("more than was asked for", 0x0c0d, peer -> peer.send(RawInitiator.dataOut(0x80, 1, 1, 0, 0), new byte[4608])),
            row("F before the end", 0x0c0d, peer -> peer.send(RawInitiator.dataOut(0x80, 1, 1, 0, 0), new byte[512])),
            row("no F at the end", 0x0c0d, peer -> peer.send(RawInitiator.dataOut(0, 1, 1, 0, 0), new byte[4096])),
            row("wrong transfer tag", 0x0c0d, peer -> peer.send(RawInitiator.dataOut(0x80, 1, 2, 0, 0), new byte[4096])),
            row("unsolicited", 0x0c0c, peer -> peer.send(RawInitiator.dataOut(0x80, 1, NO_TAG, 0, 0), new byte[4096])));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongData")
    void endsItsCommand(String what, int sense, Attack attack) throws Exception {
        initiator.send(initiator.write(0x80, 1, 0, 8), NONE);
        Pdu r2t = initiator.receive();
        assertEquals(1, r2t.at(20));
        attack.send(initiator);
        assertEndedWith(sense);
    }

    static Stream<Arguments> wrongCommands() {
        return Stream.of(
            row("immediate data past the expected length", 0x0c0d, peer -> peer.send(peer.write(0x80, 1, 0, 1), new byte[1024])),
            row("immediate data past the first burst", 0x0c0d, peer -> peer.send(peer.write(0x80, 1, 0, 64), new byte[8704])),
            row("immediate data of a read", 0x0c0c, peer -> peer.send(peer.read(1, 0, 1), new byte[512])),
            row("unsolicited data announced by a read", 0x0c0c, peer -> peer.send(
                peer.command(0x41, 1, 512, RawInitiator.cdb(0x28, 0, 1)), NONE)),
            row("both directions", 0x2400, peer -> peer.send(peer.command(0xe1, 1, 512, RawInitiator.cdb(0x28, 0, 1)), NONE)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongCommands")
    void aCommandThatIsWrong(String what, int sense, Attack attack) throws Exception {
        attack.send(initiator);
        assertEndedWith(sense);
    }

    private void assertEndedWith(int sense) throws Exception {
        Pdu response = initiator.receive();
        assertEquals(0x21, response.opcode());
        assertEquals(2, response.status());
        assertEquals(sense, ByteBuffer.wrap(response.data()).getShort(14));
        assertGoesOn();
    }

    @Test
    void aRejectedRequestWasNotReceived() throws Exception {
        int cmdSn = initiator.cmdSn;
        initiator.send(RawInitiator.header(0x04, 0x80, 5).putInt(20, NO_TAG).putInt(24, cmdSn), "nonsense\0".getBytes());
        Pdu reject = initiator.receive();
        assertEquals(0x3f, reject.opcode());
        assertEquals(cmdSn, reject.at(28));
        initiator.send(initiator.read(1, 0, 1), NONE);
        assertEquals(1, initiator.receive().tag());
    }

    @Test
    void textGoesOnUntilTheInitiatorIsDone() throws Exception {
        ByteBuffer first = RawInitiator.header(0x44, 0, 5).putInt(20, NO_TAG).putInt(24, initiator.cmdSn);
        initiator.send(first, "X-one=1\0".getBytes());
        Pdu answer = initiator.receive();
        assertEquals(0, answer.flags());
        assertEquals("NotUnderstood", answer.text().get("X-one"));
        initiator.send(RawInitiator.header(0x44, 0x80, 5).putInt(20, answer.at(20)).putInt(24, initiator.cmdSn), "X-two=2\0".getBytes());
        answer = initiator.receive();
        assertEquals(0x80, answer.flags());
        assertEquals(NO_TAG, answer.at(20));
        assertEquals("NotUnderstood", answer.text().get("X-two"));
    }

    @Test
    void unsolicitedDataOfAllSessionsIsBounded() throws Exception {
        try (ServerFixture other = new ServerFixture(IscsiSettings.defaults().withBuffers(1 << 20, 1 << 20).withTimes(9000, 9000, 9000, 0))) {
            other.atHome(() -> other.disk.holding = true);
            try (RawInitiator one = other.session()) {
                int writes = (1 << 20) / 8192;
                for (int tag = 0; tag < writes - 1; tag++) {
                    one.send(one.write(0x80, tag, 0, 16), new byte[8192]);
                }
                while (other.atHome(() -> other.disk.held.size()) < writes - 1) {
                    Thread.onSpinWait();
                }
                try (RawInitiator two = other.connect()) {
                    two.login(0x87, 0, "InitiatorName=iqn.2026-11.x:two\0TargetName=" + ServerFixture.TARGET + "\0" + RawInitiator.OPERATIONAL);
                    two.send(two.write(0x80, 1, 0, 1), new byte[512]);
                    two.send(two.write(0x80, 2, 0, 16), new byte[8192]);
                    Pdu full = two.receive();
                    assertEquals(2, full.tag());
                    assertEquals(0x28, full.status());
                    other.atHome(() -> {
                        other.disk.release(0);
                        return null;
                    });
                    assertEquals(0, one.receive().status());
                    two.send(two.write(0x80, 3, 0, 16), new byte[8192]);
                    while (other.atHome(() -> other.disk.held.size()) < writes) {
                        Thread.onSpinWait();
                    }
                }
            }
        }
    }

    @Test
    void requestsAheadOfTheirTurnAreBounded() throws Exception {
        try (ServerFixture other = new ServerFixture(IscsiSettings.defaults().withBuffers(1 << 20, 1 << 20).withTimes(9000, 9000, 9000, 0));
                RawInitiator peer = other.session()) {
            byte[] most = new byte[262144];
            for (int i = 1; i <= 5; i++) {
                peer.send(RawInitiator.header(0x00, 0x80, i).putInt(20, NO_TAG).putInt(24, peer.cmdSn + i), most);
            }
            Pdu reject = peer.receive();
            assertEquals(0x3f, reject.opcode());
            assertEquals(0x0a, reject.header().get(2));
            assertEquals(5, ByteBuffer.wrap(reject.data()).getInt(16));
        }
    }

    @Test
    void digestsThatAreWrong() throws Exception {
        for (String digest : new String[] {"HeaderDigest", "DataDigest"}) {
            try (RawInitiator peer = fixture.connect()) {
                peer.login(0x87, 0, "InitiatorName=iqn.2026-11.x:d\0TargetName=" + ServerFixture.TARGET + "\0" + digest + "=CRC32C\0");
                ByteBuffer ping = RawInitiator.header(0x40, 0x80, 5).putInt(20, NO_TAG).putInt(24, peer.cmdSn);
                boolean data = digest.equals("DataDigest");
                peer.raw(data ? Arrays.copyOf(ping.putInt(4, 4).array(), 56) : Arrays.copyOf(ping.array(), 52));
                if (data) {
                    Pdu reject = peer.receive();
                    assertEquals(0x3f, reject.opcode());
                    assertEquals(2, reject.header().get(2));
                    peer.skip(4);
                }
                assertTrue(peer.isClosed());
            }
        }
    }

    @Test
    void aDiscoverySessionHasNoTasks() throws Exception {
        try (RawInitiator peer = fixture.connect()) {
            peer.login(0x87, 0, "InitiatorName=" + RawInitiator.NAME + "\0SessionType=Discovery\0");
            peer.send(peer.read(1, 0, 1), NONE);
            assertEquals(4, peer.receive().header().get(2));
            peer.send(peer.taskManagement(2, 50, -1, 0), NONE);
            assertEquals(4, peer.receive().header().get(2));
        }
    }

    @Test
    void nobodyElseIsHarmed() throws Exception {
        try (RawInitiator victim = fixture.connect()) {
            victim.login(0x87, 0, "InitiatorName=iqn.2026-11.x:v\0TargetName=" + ServerFixture.TARGET + "\0" + RawInitiator.OPERATIONAL);
            pdu(0x40, 0, 5).send(initiator);
            assertEquals(0x3f, initiator.receive().opcode());
            assertTrue(initiator.isClosed());
            victim.send(victim.read(1, 0, 1), NONE);
            assertArrayEquals(new byte[512], victim.receive().data());
        }
    }
}

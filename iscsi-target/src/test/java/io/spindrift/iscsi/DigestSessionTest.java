package io.spindrift.iscsi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.iscsi.RawInitiator.Pdu;
import io.spindrift.iscsi.negotiation.SessionParameters;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions with header and data digests, and what becomes of those that are wrong (RFC 7143 7.7). */
class DigestSessionTest {
    private static final byte[] NONE = {};
    private ServerFixture fixture;
    private final byte[] pattern = new byte[64 * 512];

    @BeforeEach
    void start() throws Exception {
        fixture = new ServerFixture();
        new SplittableRandom(5).nextBytes(pattern);
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    private RawInitiator session(String header, String data) throws Exception {
        RawInitiator initiator = fixture.connect();
        String names = "InitiatorName=" + RawInitiator.NAME + "\0TargetName=" + ServerFixture.TARGET + "\0";
        Pdu answer = initiator.login(0x87, 0, names + "HeaderDigest=" + header + "\0DataDigest=" + data
            + "\0InitialR2T=No\0MaxBurstLength=16384\0FirstBurstLength=8192\0MaxRecvDataSegmentLength=4096\0");
        initiator.headerDigest = "CRC32C".equals(answer.text().get("HeaderDigest"));
        initiator.dataDigest = "CRC32C".equals(answer.text().get("DataDigest"));
        return initiator;
    }

    private byte[] bytes(int from, int to) {
        return Arrays.copyOfRange(pattern, from, to);
    }

    @ParameterizedTest
    @CsvSource({
        "'CRC32C,None', 'CRC32C,None', true, true",
        "CRC32C, None, true, false",
        "None, CRC32C, false, true",
        "'None,CRC32C', 'None,CRC32C', false, false",
        "'X-other,CRC32C', 'SHA1,CRC32C,None', true, true",
    })
    void dataGoesBothWays(String header, String data, boolean headerDigest, boolean dataDigest) throws Exception {
        try (RawInitiator initiator = session(header, data)) {
            SessionParameters parameters = fixture.server.sessions().get(0).parameters();
            assertEquals(headerDigest, parameters.headerDigest());
            assertEquals(dataDigest, parameters.dataDigest());
            assertEquals(headerDigest, initiator.headerDigest);
            assertEquals(dataDigest, initiator.dataDigest);
            initiator.send(initiator.write(0, 1, 0, 64), bytes(0, 1001));
            initiator.send(RawInitiator.dataOut(0x80, 1, -1, 0, 1001), bytes(1001, 8192));
            for (int from = 8192; from < 32768; from += 16384) {
                Pdu r2t = initiator.receive();
                assertEquals(0x31, r2t.opcode());
                int to = from + r2t.at(44);
                initiator.send(RawInitiator.dataOut(0x80, 1, r2t.at(20), 0, from), bytes(from, to));
            }
            assertEquals(0x21, initiator.receive().opcode());
            initiator.send(initiator.read(2, 0, 64), NONE);
            ByteBuffer all = ByteBuffer.allocate(32768);
            while (all.hasRemaining()) {
                all.put(initiator.receive().data());
            }
            assertArrayEquals(pattern, all.array());
            initiator.send(RawInitiator.header(0x40, 0x80, 55).putInt(20, -1).putInt(24, initiator.cmdSn), bytes(0, 3));
            assertArrayEquals(bytes(0, 3), initiator.receive().data());
        }
    }

    @Test
    void aWrongHeaderDigestClosesTheConnectionWithoutAWord() throws Exception {
        try (RawInitiator initiator = session("CRC32C", "None")) {
            ByteBuffer header = initiator.write(0x80, 1, 0, 2);
            header.putInt(4, 1024);
            byte[] pdu = initiator.pdu(header, bytes(0, 1024));
            pdu[30] ^= 4;
            initiator.raw(pdu);
            assertTrue(initiator.isClosed());
        }
        assertNothingWritten();
    }

    @ParameterizedTest
    @ValueSource(ints = {48, 600, 1071, 1075})
    void aWrongDataDigestIsRejectedAndClosesTheConnection(int where) throws Exception {
        try (RawInitiator initiator = session("None", "CRC32C")) {
            ByteBuffer header = initiator.write(0x80, 1, 0, 2);
            header.putInt(4, 1024);
            byte[] pdu = initiator.pdu(header, bytes(0, 1024));
            assertEquals(1076, pdu.length);
            pdu[where] ^= 0x40;
            initiator.raw(pdu);
            Pdu reject = initiator.receive();
            assertEquals(0x3f, reject.opcode());
            assertEquals(2, reject.header().get(2), "data digest error");
            assertArrayEquals(header.array(), reject.data());
            assertTrue(initiator.isClosed());
        }
        assertNothingWritten();
    }

    @Test
    void aWrongDataDigestInSolicitedDataEndsItsCommandUnwritten() throws Exception {
        try (RawInitiator initiator = session("CRC32C", "CRC32C")) {
            initiator.send(initiator.write(0x80, 1, 0, 32), bytes(0, 8192));
            Pdu r2t = initiator.receive();
            assertEquals(0x31, r2t.opcode());
            ByteBuffer header = RawInitiator.dataOut(0x80, 1, r2t.at(20), 0, 8192);
            header.putInt(4, 8192);
            byte[] pdu = initiator.pdu(header, bytes(8192, 16384));
            pdu[5000] ^= 1;
            initiator.raw(pdu);
            assertEquals(2, initiator.receive().header().get(2));
            assertTrue(initiator.isClosed());
        }
        assertNothingWritten();
    }

    @Test
    void aWrongDataDigestInAPing() throws Exception {
        try (RawInitiator initiator = session("None", "CRC32C")) {
            ByteBuffer header = RawInitiator.header(0x40, 0x80, 55).putInt(20, -1).putInt(24, initiator.cmdSn);
            header.putInt(4, 3);
            byte[] pdu = initiator.pdu(header, bytes(0, 3));
            pdu[51] ^= 1;
            initiator.raw(pdu);
            assertEquals(2, initiator.receive().header().get(2), "padding counts too");
            assertTrue(initiator.isClosed());
        }
    }

    private void assertNothingWritten() throws Exception {
        try (RawInitiator initiator = fixture.session()) {
            initiator.send(initiator.read(1, 0, 2), NONE);
            assertArrayEquals(new byte[1024], initiator.receive().data());
        }
    }
}

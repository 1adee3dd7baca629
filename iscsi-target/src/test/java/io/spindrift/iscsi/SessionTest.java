package io.spindrift.iscsi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.iscsi.RawInitiator.Pdu;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SessionTest {
    private static final byte[] NONE = {};
    private ServerFixture fixture;
    private RawInitiator initiator;
    private final byte[] pattern = new byte[64 * 512];

    @BeforeEach
    void start() throws Exception {
        fixture = new ServerFixture();
        initiator = fixture.session();
        new SplittableRandom(5).nextBytes(pattern);
    }

    @AfterEach
    void stop() throws Exception {
        initiator.close();
        fixture.close();
    }

    private byte[] bytes(int from, int to) {
        return Arrays.copyOfRange(pattern, from, to);
    }

    private void awaitHeld(int count) throws Exception {
        while (fixture.atHome(() -> fixture.disk.held.size()) < count) {
            Thread.onSpinWait();
        }
    }

    private byte[] readBack(int blocks) throws Exception {
        initiator.send(initiator.read(900, 0, blocks), NONE);
        ByteBuffer all = ByteBuffer.allocate(blocks * 512);
        Pdu pdu;
        int sn = 0;
        do {
            pdu = initiator.receive();
            assertEquals(0x25, pdu.opcode());
            assertEquals(sn++, pdu.at(36));
            assertEquals(all.position(), pdu.at(40));
            assertTrue(pdu.data().length <= 4096);
            all.put(pdu.data());
            // F ends each burst of 16384 bytes, and the whole.
            assertEquals(all.position() % 16384 == 0 || !all.hasRemaining(), (pdu.flags() & 0x80) != 0);
        } while ((pdu.flags() & 1) == 0);
        assertEquals(0, pdu.status());
        return all.array();
    }

    @Test
    void immediateData() throws Exception {
        initiator.send(initiator.write(0x80, 1, 0, 4), bytes(0, 2048));
        Pdu response = initiator.receive();
        assertEquals(0x21, response.opcode());
        assertEquals(0, response.status());
        assertArrayEquals(bytes(0, 2048), readBack(4));
    }

    @Test
    void immediateUnsolicitedAndSolicitedInOneCommand() throws Exception {
        initiator.send(initiator.write(0, 1, 0, 64), bytes(0, 1000));
        initiator.send(RawInitiator.dataOut(0, 1, -1, 0, 1000), bytes(1000, 5000));
        initiator.send(RawInitiator.dataOut(0x80, 1, -1, 1, 5000), bytes(5000, 8192));
        Pdu first = initiator.receive();
        Pdu second = initiator.receive();
        assertEquals(0x31, first.opcode());
        assertEquals(8192, first.at(40));
        assertEquals(16384, first.at(44));
        assertEquals(24576, second.at(40));
        assertEquals(8192, second.at(44));
        initiator.send(RawInitiator.dataOut(0, 1, first.at(20), 0, 8192), bytes(8192, 16384));
        initiator.send(RawInitiator.dataOut(0x80, 1, first.at(20), 1, 16384), bytes(16384, 24576));
        initiator.send(RawInitiator.dataOut(0x80, 1, second.at(20), 0, 24576), bytes(24576, 32768));
        Pdu response = initiator.receive();
        assertEquals(0x21, response.opcode());
        assertEquals(0, response.status());
        assertEquals(2, response.at(36));
        assertArrayEquals(pattern, readBack(64));
    }

    @Test
    void onlyAsManyR2tsAsAgreed() throws Exception {
        initiator.send(initiator.command(0xa1, 1, 200 * 512, RawInitiator.cdb(0x2a, 0, 200)), NONE);
        Pdu first = initiator.receive();
        Pdu second = initiator.receive();
        initiator.send(RawInitiator.header(0x40, 0x80, 55).putInt(20, -1).putInt(24, initiator.cmdSn), NONE);
        assertEquals(0x20, initiator.receive().opcode());
        initiator.send(RawInitiator.dataOut(0x80, 1, first.at(20), 0, 0), bytes(0, 16384));
        Pdu third = initiator.receive();
        assertEquals(0x31, third.opcode());
        assertEquals(2, third.at(36));
        assertEquals(second.at(40) + second.at(44), third.at(40));
    }

    @Test
    void wrongDataSnAndUnexpectedDataEndTheCommand() throws Exception {
        initiator.send(initiator.write(0, 1, 0, 8), NONE);
        initiator.send(RawInitiator.dataOut(0x80, 1, -1, 3, 0), bytes(0, 4096));
        Pdu response = initiator.receive();
        assertEquals(2, response.status());
        assertArrayEquals(new byte[] {0x0c, 0x0d}, Arrays.copyOfRange(response.data(), 14, 16));
        initiator.send(initiator.write(0x80, 2, 0, 8), NONE);
        assertEquals(0x31, initiator.receive().opcode());
        initiator.send(RawInitiator.dataOut(0x80, 2, -1, 0, 0), bytes(0, 4096));
        response = initiator.receive();
        assertArrayEquals(new byte[] {0x0c, 0x0c}, Arrays.copyOfRange(response.data(), 14, 16));
        assertArrayEquals(new byte[4096], readBack(8));
    }

    @Test
    void aRefusedWriteSwallowsItsData() throws Exception {
        initiator.send(initiator.write(0, 1, 1 << 20, 8), bytes(0, 1024));
        initiator.send(RawInitiator.dataOut(0x80, 1, -1, 0, 1024), bytes(1024, 4096));
        Pdu response = initiator.receive();
        assertEquals(2, response.status());
        assertArrayEquals(new byte[512], readBack(1));
    }

    @Test
    void residuals() throws Exception {
        initiator.send(initiator.command(0xc1, 1, 1024, RawInitiator.cdb(0x28, 0, 1)), NONE);
        Pdu under = initiator.receive();
        assertEquals(0x83, under.flags());
        assertEquals(512, under.at(44));
        initiator.send(initiator.command(0xc1, 2, 512, RawInitiator.cdb(0x28, 0, 2)), NONE);
        Pdu over = initiator.receive();
        assertEquals(0x85, over.flags());
        assertEquals(512, over.at(44));
        assertEquals(512, over.data().length);
    }

    @Test
    void theWindowClosesAndPingsAreAnswered() throws Exception {
        fixture.atHome(() -> fixture.disk.holding = true);
        for (int i = 0; i < 128; i++) {
            initiator.send(initiator.read(i, 0, 1), NONE);
        }
        awaitHeld(128);
        initiator.send(initiator.read(128, 0, 1), NONE);
        initiator.cmdSn--;
        initiator.send(RawInitiator.header(0x40, 0x80, 55).putInt(20, -1).putInt(24, initiator.cmdSn), bytes(0, 10));
        Pdu pong = initiator.receive();
        assertEquals(0x20, pong.opcode());
        assertArrayEquals(bytes(0, 10), pong.data());
        assertEquals(initiator.cmdSn, pong.at(28));
        assertEquals(initiator.cmdSn - 1, pong.at(32));
        fixture.atHome(() -> {
            fixture.disk.release(0);
            return null;
        });
        Pdu answer = initiator.receive();
        assertEquals(0, answer.tag());
        assertEquals(initiator.cmdSn, answer.at(32));
        assertEquals(127, (int) fixture.atHome(() -> fixture.disk.held.size()));
    }

    @Test
    void commandsOutOfOrderAreTakenInOrder() throws Exception {
        ByteBuffer first = initiator.write(0x80, 1, 0, 1);
        ByteBuffer second = initiator.write(0x80, 2, 0, 1);
        ByteBuffer third = initiator.read(3, 0, 1);
        initiator.send(third, NONE);
        initiator.send(second, bytes(512, 1024));
        initiator.send(first, bytes(0, 512));
        assertEquals(1, initiator.receive().tag());
        assertEquals(2, initiator.receive().tag());
        Pdu data = initiator.receive();
        assertEquals(3, data.tag());
        assertArrayEquals(bytes(512, 1024), data.data());
    }

    @Test
    void abortTask() throws Exception {
        fixture.atHome(() -> fixture.disk.holding = true);
        initiator.send(initiator.read(1, 0, 1), NONE);
        awaitHeld(1);
        initiator.send(initiator.taskManagement(1, 50, 1, 100), NONE);
        Pdu answer = initiator.receive();
        assertEquals(0x22, answer.opcode());
        assertEquals(0, answer.header().get(2));
        initiator.send(initiator.taskManagement(1, 51, 1, 90), NONE);
        assertEquals(1, initiator.receive().header().get(2));
        initiator.send(initiator.taskManagement(8, 52, 1, 90), NONE);
        assertEquals(4, initiator.receive().header().get(2));
    }

    @Test
    void abortWaitsForWhatCannotBeTakenBack() throws Exception {
        fixture.atHome(() -> {
            fixture.disk.holding = true;
            return fixture.disk.abortable = false;
        });
        initiator.send(initiator.read(1, 0, 1), NONE);
        awaitHeld(1);
        initiator.send(initiator.taskManagement(5, 50, -1, 0), NONE);
        initiator.send(RawInitiator.header(0x40, 0x80, 55).putInt(20, -1).putInt(24, initiator.cmdSn), NONE);
        assertEquals(0x20, initiator.receive().opcode());
        fixture.atHome(() -> {
            fixture.disk.release(0);
            return null;
        });
        Pdu answer = initiator.receive();
        assertEquals(0x22, answer.opcode());
        assertEquals(0, answer.header().get(2));
        assertTrue(fixture.atHome(() -> fixture.disk.events.contains("reset 0")));
    }

    @Test
    void aWriteThatWaitsForDataIsDropped() throws Exception {
        initiator.send(initiator.write(0x80, 1, 0, 8), NONE);
        Pdu r2t = initiator.receive();
        initiator.send(initiator.taskManagement(2, 50, -1, 0), NONE);
        assertEquals(0x22, initiator.receive().opcode());
        initiator.send(RawInitiator.dataOut(0x80, 1, r2t.at(20), 0, 0), bytes(0, 4096));
        assertArrayEquals(new byte[512], readBack(1));
    }

    @Test
    void clearTaskSetReachesOtherSessions() throws Exception {
        fixture.atHome(() -> fixture.disk.holding = true);
        try (RawInitiator other = fixture.connect()) {
            other.login(0x87, 0, "InitiatorName=iqn.2026-11.io.spindrift:other\0TargetName=" + ServerFixture.TARGET + "\0");
            other.send(other.read(1, 0, 1), NONE);
            awaitHeld(1);
            initiator.send(initiator.taskManagement(4, 50, -1, 0), NONE);
            assertEquals(0, initiator.receive().header().get(2));
            assertEquals(0, (int) fixture.atHome(() -> fixture.disk.held.size()));
            assertTrue(fixture.atHome(() -> fixture.disk.events.stream().anyMatch(event -> event.startsWith("cleared 0 of iqn.2026-11.io.spindrift:other"))));
            initiator.send(initiator.taskManagement(4, 51, -1, 0), NONE);
            assertEquals(0, initiator.receive().header().get(2));
            assertEquals(1, fixture.atHome(() -> fixture.disk.events.stream().filter(event -> event.startsWith("cleared")).count()), "nothing was left to clear");
        }
    }

    @Test
    void aUnitEndsTheCommandsOfOthersAndWaitsForThoseThatRun() throws Exception {
        fixture.atHome(() -> fixture.disk.holding = true);
        try (RawInitiator other = fixture.connect()) {
            other.login(0x87, 0, "InitiatorName=iqn.2026-11.io.spindrift:other\0TargetName=" + ServerFixture.TARGET + "\0");
            other.send(other.read(1, 0, 1), NONE);
            other.send(other.read(2, 0, 1), NONE);
            awaitHeld(2);
            initiator.send(initiator.read(3, 0, 1), NONE);
            awaitHeld(3);
            fixture.atHome(() -> {
                fixture.disk.holding = false;
                return fixture.disk.abortable = false;
            });
            initiator.send(initiator.command(0x80, 4, 0, new byte[] {0x5f, 0x05}), NONE);
            while (!fixture.atHome(() -> fixture.disk.events.contains("abort false"))) {
                Thread.onSpinWait();
            }
            assertEquals(2, fixture.atHome(() -> fixture.disk.events.stream().filter("abort false"::equals).count()), "not one's own");
            fixture.atHome(() -> {
                fixture.disk.release(0);
                fixture.disk.release(1);
                return null;
            });
            assertEquals(3, initiator.receive().tag(), "one's own read goes on");
            fixture.atHome(() -> {
                fixture.disk.release(0);
                return null;
            });
            Pdu preempted = initiator.receive();
            assertEquals(4, preempted.tag());
            assertEquals(0, preempted.status());
            other.send(other.read(5, 0, 1), NONE);
            assertEquals(5, other.receive().tag(), "what was ended is not answered");
        }
    }

    @Test
    void rejects() throws Exception {
        initiator.send(RawInitiator.header(0x50, 0x80, 9), NONE);
        Pdu reject = initiator.receive();
        assertEquals(0x3f, reject.opcode());
        assertEquals(3, reject.header().get(2));
        assertEquals(48, reject.data().length);
        initiator.send(RawInitiator.header(0x1c, 0x80, 9), bytes(0, 7));
        assertEquals(5, initiator.receive().header().get(2));
        initiator.send(initiator.command(0xe1, 1, 512, RawInitiator.cdb(0x28, 0, 1)), NONE);
        assertEquals(2, initiator.receive().status());
        assertArrayEquals(new byte[512], readBack(1));
    }

    @Test
    void aSegmentThatIsTooLongClosesTheConnection() throws Exception {
        ByteBuffer header = initiator.write(0x80, 1, 0, 8);
        header.putInt(4, 0xffffff);
        initiator.raw(header.array());
        assertEquals(0x3f, initiator.receive().opcode());
        assertTrue(initiator.isClosed());
        try (RawInitiator next = fixture.session()) {
            next.send(next.read(1, 0, 1), NONE);
            assertEquals(0x25, next.receive().opcode());
            SessionInfo info = fixture.server.sessions().get(0);
            assertEquals(RawInitiator.NAME, info.initiatorName());
            assertEquals(ServerFixture.TARGET, info.target());
            assertEquals(4096, info.parameters().initiatorReceives());
        }
    }

    @Test
    void logout() throws Exception {
        initiator.send(initiator.command(0x81, 1, 0, new byte[6]), NONE);
        assertEquals(0x21, initiator.receive().opcode());
        initiator.send(RawInitiator.header(0x46, 0x80, 2).putInt(24, initiator.cmdSn), NONE);
        Pdu answer = initiator.receive();
        assertEquals(0x26, answer.opcode());
        assertEquals(0, answer.header().get(2));
        assertTrue(initiator.isClosed());
    }

    @Test
    void whoReadsSlowlyHearsOfItsLogout() throws Exception {
        int reads = 24;
        for (int tag = 1; tag <= reads; tag++) {
            initiator.send(initiator.read(tag, 0, 2048), NONE);
        }
        initiator.send(RawInitiator.header(0x46, 0x80, 99).putInt(24, initiator.cmdSn), NONE);
        while (!fixture.server.sessions().isEmpty()) {
            Thread.onSpinWait();
        }
        long bytes = 0;
        Pdu pdu = initiator.receive();
        for (; pdu.opcode() == 0x25; pdu = initiator.receive()) {
            bytes += pdu.data().length;
        }
        assertEquals(reads * 2048L * 512, bytes);
        assertEquals(0x26, pdu.opcode());
        assertTrue(initiator.isClosed());
    }

    @Test
    void aSilentInitiatorIsPingedAndThenDropped() throws Exception {
        IscsiSettings impatient = IscsiSettings.defaults().withTimes(10_000, 20, 20, 0).withConnections(10, 10);
        try (ServerFixture other = new ServerFixture(impatient); RawInitiator silent = other.session()) {
            Pdu ping = silent.receive();
            assertEquals(0x20, ping.opcode());
            assertEquals(-1, ping.tag());
            Pdu dropped = silent.receive();
            assertEquals(0x32, dropped.opcode());
            assertEquals(2, dropped.header().get(36));
            assertTrue(silent.isClosed());
            while (!other.server.sessions().isEmpty()) {
                Thread.onSpinWait();
            }
            assertEquals(2, other.atHome(() -> other.disk.events.size()));
        }
    }

    @Test
    void writeBuffersAreLimitedAndEveryCommandGetsItsTurn() throws Exception {
        IscsiSettings tight = IscsiSettings.defaults().withBuffers(1 << 20, 128 << 20).withTimes(10_000, 10_000, 10_000, 0).withConnections(10, 10);
        try (ServerFixture other = new ServerFixture(tight); RawInitiator writer = other.session()) {
            int blocks = 1500;
            writer.send(writer.write(0x80, 1, 0, blocks), NONE);
            writer.send(writer.write(0x80, 2, 0, blocks), bytes(0, 1000));
            int finished = 0;
            while (finished < 2) {
                Pdu pdu = writer.receive();
                if (pdu.opcode() == 0x31) {
                    assertEquals(finished + 1, pdu.tag());
                    for (int offset = 0; offset < pdu.at(44); offset += 4096) {
                        int end = Math.min(offset + 4096, pdu.at(44));
                        writer.send(RawInitiator.dataOut(end == pdu.at(44) ? 0x80 : 0, pdu.tag(), pdu.at(20), offset / 4096,
                            pdu.at(40) + offset), bytes(0, end - offset));
                    }
                } else {
                    assertEquals(0x21, pdu.opcode());
                    assertEquals(0, pdu.status());
                    finished++;
                }
            }
            writer.send(writer.read(3, 0, 1), NONE);
            assertArrayEquals(bytes(0, 512), writer.receive().data());
        }
    }

    @Test
    void garbageHarmsNobodyElse() throws Exception {
        SplittableRandom random = new SplittableRandom(11);
        for (int round = 0; round < 100; round++) {
            try (RawInitiator stranger = fixture.connect()) {
                byte[] garbage = new byte[random.nextInt(1, 400)];
                random.nextBytes(garbage);
                stranger.raw(garbage);
            }
            try (RawInitiator cut = fixture.connect()) {
                cut.raw(Arrays.copyOf(RawInitiator.header(0x43, 0x87, 1).array(), random.nextInt(48)));
            }
        }
        assertArrayEquals(new byte[512], readBack(1));
    }
}

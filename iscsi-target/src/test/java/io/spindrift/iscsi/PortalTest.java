package io.spindrift.iscsi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.spindrift.iscsi.RawInitiator.Pdu;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Portal groups, targets that are elsewhere, targets that go. */
class PortalTest {
    private static final byte[] NONE = {};
    private ServerFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new ServerFixture(IscsiSettings.defaults().withTimes(10_000, 10_000, 10_000, 2_500));
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    private static int status(Pdu answer) {
        return answer.header().getShort(36) & 0xffff;
    }

    private static void logout(RawInitiator initiator) throws Exception {
        initiator.send(RawInitiator.header(0x46, 0x80, 51).putInt(24, initiator.cmdSn), NONE);
        assertEquals(0x26, initiator.receive().opcode());
    }

    private static void assertAskedForLogout(RawInitiator initiator) throws Exception {
        Pdu message = initiator.receive();
        assertEquals(0x32, message.opcode());
        assertEquals(1, message.header().get(36));
        assertEquals(3, message.header().getShort(42));
    }

    @Test
    void oneInitiatorPortHasASessionThroughEachGroup() throws Exception {
        SocketAddress second = fixture.server.startPortals(List.of(new IscsiPortal(new InetSocketAddress("127.0.0.1", 0), 2)))
            .get(20, TimeUnit.SECONDS).get(0);
        try (RawInitiator one = fixture.connect(); RawInitiator two = RawInitiator.connect(second)) {
            assertEquals("1", one.loginTo(ServerFixture.TARGET, "").text().get("TargetPortalGroupTag"));
            assertEquals("2", two.loginTo(ServerFixture.TARGET, "").text().get("TargetPortalGroupTag"));
            for (RawInitiator each : List.of(one, two)) {
                each.send(each.read(1, 0, 1), NONE);
                assertEquals(0x25, each.receive().opcode());
            }
            assertEquals(2, fixture.server.sessions().size());
        }
    }

    @Test
    void whoComesBeforeTheServerIsReadyWaitsAndIsThenServed() throws Exception {
        IscsiServer late = new IscsiServer(IscsiSettings.defaults(), fixture.login, NioServerSocketChannel::new, new SplittableRandom(2));
        late.holdBack();
        SocketAddress address = late.start(List.of(new InetSocketAddress("127.0.0.1", 0))).get(20, TimeUnit.SECONDS).get(0);
        try (RawInitiator early = RawInitiator.connect(address)) {
            CompletableFuture<Pdu> login = CompletableFuture.supplyAsync(() -> {
                try {
                    return early.loginTo(ServerFixture.TARGET, "");
                } catch (Exception failed) {
                    throw new IllegalStateException(failed);
                }
            });
            // The server knows no target yet: let in, the initiator would be told so.
            late.addTarget(new IscsiTarget(ServerFixture.TARGET, "memory", fixture.disk, fixture.home));
            late.admit();
            assertEquals(0, status(login.get(20, TimeUnit.SECONDS)));
        } finally {
            late.stop().get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void aTargetThatIsElsewhereIsShownAndSentOn() throws Exception {
        String name = "iqn.2026-11.io.spindrift:away";
        fixture.server.redirect(name, new IscsiRedirect("[2001:db8::1]:3260", false));
        try (RawInitiator initiator = fixture.connect()) {
            Pdu answer = initiator.loginTo(name, "");
            assertEquals(0x0101, status(answer));
            assertEquals("[2001:db8::1]:3260", answer.text().get("TargetAddress"));
            assertTrue(initiator.isClosed());
        }
        try (RawInitiator initiator = fixture.connect()) {
            initiator.login(0x87, 0, "InitiatorName=" + RawInitiator.NAME + "\0SessionType=Discovery\0");
            initiator.send(RawInitiator.header(0x44, 0x80, 3).putInt(20, -1).putInt(24, initiator.cmdSn), "SendTargets=All\0".getBytes());
            assertTrue(new String(initiator.receive().data()).contains("TargetName=" + name + "\0"));
        }
        fixture.server.redirect(name, null);
        try (RawInitiator initiator = fixture.connect()) {
            assertEquals(0x0203, status(initiator.loginTo(name, "")));
        }
    }

    @Test
    void whoIsLoggedInIsAskedToGoWhereTheTargetIs() throws Exception {
        try (RawInitiator initiator = fixture.session()) {
            CompletableFuture<Void> gone = fixture.server.redirect(ServerFixture.TARGET, new IscsiRedirect("other:3260", true));
            assertAskedForLogout(initiator);
            assertFalse(gone.isDone());
            logout(initiator);
            gone.get(20, TimeUnit.SECONDS);
            try (RawInitiator again = fixture.connect()) {
                assertEquals(0x0102, status(again.loginTo(ServerFixture.TARGET, "")));
            }
        }
    }

    @Test
    void aTargetThatGoesAsksFirst() throws Exception {
        try (RawInitiator polite = fixture.session()) {
            CompletableFuture<Void> gone = fixture.server.removeTarget(ServerFixture.TARGET);
            assertAskedForLogout(polite);
            polite.send(polite.read(1, 0, 1), NONE);
            assertEquals(0x25, polite.receive().opcode());
            try (RawInitiator late = fixture.connect()) {
                assertEquals(0x0203, status(late.loginTo(ServerFixture.TARGET, "")));
            }
            logout(polite);
            gone.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void aPeerThatAnswersPingsIsKeptThoughItsCommandsHang() throws Exception {
        try (ServerFixture other = new ServerFixture(IscsiSettings.defaults().withTimes(10_000, 20, 3_000, 0));
                RawInitiator initiator = other.session()) {
            other.atHome(() -> other.disk.holding = true);
            initiator.send(initiator.read(1, 0, 1), NONE);
            for (int round = 0; round < 2; round++) {
                Pdu ping = initiator.receive();
                assertEquals(0x20, ping.opcode());
                initiator.send(RawInitiator.header(0x40, 0x80, -1).putInt(20, ping.at(20)).putInt(24, initiator.cmdSn), NONE);
            }
            other.atHome(() -> {
                other.disk.release(0);
                return null;
            });
            assertEquals(0x25, initiator.receive().opcode());
        }
    }
}

package io.spindrift.iscsi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.spindrift.iscsi.RawInitiator.Pdu;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The move from the login loop to the target's home loop, on each transport. */
class TransportTest {
    private static final int CONNECTIONS = 30;
    private static final SocketAddress ANY_PORT = new InetSocketAddress("127.0.0.1", 0);

    private interface Connector {
        RawInitiator connect(SocketAddress address) throws Exception;
    }

    @Test
    void nio() throws Exception {
        moves(NioIoHandler.newFactory(), NioServerSocketChannel::new, ANY_PORT, RawInitiator::connect);
    }

    @Test
    void epoll() throws Exception {
        assumeTrue(Epoll.isAvailable());
        moves(EpollIoHandler.newFactory(), EpollServerSocketChannel::new, ANY_PORT, RawInitiator::connect);
    }

    @Test
    void ioUring() throws Exception {
        assumeTrue(IoUring.isAvailable());
        moves(IoUringIoHandler.newFactory(), IoUringServerSocketChannel::new, ANY_PORT, RawInitiator::connect);
    }

    @Test
    void local() throws Exception {
        MultiThreadIoEventLoopGroup clients = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
        try {
            moves(LocalIoHandler.newFactory(), LocalServerChannel::new, new LocalAddress("transport-test"),
                address -> LocalStreams.connect(clients, address));
        } finally {
            clients.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    private void moves(IoHandlerFactory io, ChannelFactory<? extends ServerChannel> transport, SocketAddress portal,
            Connector connector) throws Exception {
        try (ServerFixture fixture = new ServerFixture(IscsiSettings.defaults(), io, transport, portal)) {
            for (int i = 0; i < CONNECTIONS; i++) {
                try (RawInitiator initiator = connector.connect(fixture.address)) {
                    converse(initiator, i);
                }
            }
            assertEquals(CONNECTIONS, fixture.atHome(() -> fixture.disk.events.stream().filter(e -> e.startsWith("established")).count()));
        }
    }

    /** Every other initiator does not wait for the login response before it sends its first command. */
    private void converse(RawInitiator initiator, int round) throws Exception {
        byte[] data = new byte[8 * 512];
        new SplittableRandom(round).nextBytes(data);
        if (round % 2 == 0) {
            assertEquals(0, initiator.loginTo(ServerFixture.TARGET, "").header().getShort(36));
            initiator.send(initiator.write(0x80, 1, 0, 8), data);
        } else {
            initiator.raw(loginAndWrite(initiator, data));
            assertEquals(0, initiator.receive().header().getShort(36));
        }
        Pdu written = initiator.receive();
        assertEquals(0x21, written.opcode());
        assertEquals(0, written.status());
        initiator.send(initiator.read(2, 0, 8), new byte[0]);
        Pdu read = initiator.receive();
        assertTrue((read.flags() & 1) != 0);
        assertArrayEquals(data, read.data());
    }

    private byte[] loginAndWrite(RawInitiator initiator, byte[] data) {
        byte[] text = ("InitiatorName=" + RawInitiator.NAME + "\0TargetName=" + ServerFixture.TARGET + "\0" + RawInitiator.OPERATIONAL)
            .getBytes(StandardCharsets.UTF_8);
        ByteBuffer login = RawInitiator.header(0x43, 0x87, 7).putInt(4, text.length).putLong(8, 0x4000_0137_0001_0000L)
            .putInt(24, initiator.cmdSn).putInt(28, 1);
        ByteBuffer write = initiator.write(0x80, 1, 0, 8).putInt(4, data.length);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(login.array());
        all.writeBytes(text);
        all.writeBytes(new byte[-text.length & 3]);
        all.writeBytes(write.array());
        all.writeBytes(data);
        return all.toByteArray();
    }
}

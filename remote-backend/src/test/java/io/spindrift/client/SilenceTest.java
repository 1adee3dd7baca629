package io.spindrift.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.spindrift.image.AttachRequest;
import io.spindrift.image.DiskType;
import io.spindrift.image.HostIdentity;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageInfo;
import io.spindrift.image.LeaseListener;
import io.spindrift.image.LeasedImage;
import io.spindrift.server.ServerLimits;
import io.spindrift.server.ServerSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A line that is cut and not closed, servers that are not there, and how many may come. */
class SilenceTest {
    private static final ImageAddress DISK = new ImageAddress("alice", DiskType.DATA, "disk0");
    private static final AttachRequest HOST = new AttachRequest(new HostIdentity(new UUID(1, 1), "host"), new UUID(10, 1), null);
    private static final Duration PATIENCE = WireWorld.KEEP_ALIVE.multipliedBy(3);

    private WireWorld world;
    private final List<String> told = new ArrayList<>();

    @AfterEach
    void stop() throws ImageException {
        world.close();
    }

    private LeasedImage attached() throws ImageException {
        RemoteCatalog catalog = world.client();
        world.await(catalog.create(DISK, 64 << 20));
        LeasedImage image = world.await(catalog.attach(DISK, HOST, world.loop()));
        image.listen(new LeaseListener() {
            @Override
            public void fenced(String reason) {
                told.add("fenced");
            }

            @Override
            public void linkChanged(boolean up, String reason) {
                told.add(up ? "up" : "down");
            }

            @Override
            public void resized(long newSizeBytes) {}
        });
        return image;
    }

    private static ServerSettings connections(int most, int mostOfAddress) {
        ServerLimits plain = ServerLimits.defaults();
        ServerLimits limits = new ServerLimits(
                most, mostOfAddress, plain.maxRequests(), plain.readBytes(), plain.batchBytes(), plain.batchBytesTotal());
        return new ServerSettings(RemoteSetup.USERS, Duration.ofSeconds(15), WireWorld.KEEP_ALIVE, limits);
    }

    @Test
    void anIdleConnectionThatIsAnsweredStays() throws ImageException {
        world = new WireWorld();
        attached();
        world.pass(Duration.ofMinutes(5));
        assertEquals(List.of(), told);
    }

    @Test
    void theClientNoticesALineThatIsCutAndTakesUpItsLeaseAfterwards() throws ImageException {
        world = new WireWorld();
        LeasedImage image = attached();
        world.link.hold();
        world.pass(PATIENCE.minus(Duration.ofSeconds(1)));
        assertEquals(List.of(), told, "not before its time");
        world.pass(WireWorld.KEEP_ALIVE.plusSeconds(1));
        assertEquals(List.of("down"), told);
        CompletableFuture<ImageInfo> asked = image.info();
        world.pass(Duration.ofMinutes(2));
        assertFalse(asked.isDone(), "a verb of an image waits for as long as it takes");
        world.link.carryOn();
        assertEquals(1, world.await(asked).lease().epoch());
        assertEquals(List.of("down", "up"), told);
    }

    @Test
    void theClientNoticesASilentServerWhileItsOwnBytesArrive() throws ImageException {
        world = new WireWorld();
        attached();
        world.link.toClient.hold();
        world.pass(PATIENCE.plus(WireWorld.KEEP_ALIVE));
        assertEquals(List.of("down"), told);
    }

    @Test
    void theServerNoticesALineThatIsCut() throws ImageException {
        world = new WireWorld(connections(1, 1));
        attached();
        world.link.hold();
        long began = world.ticker.nanoTime();
        // Past the link, and turned away for as long as the server believes in the first connection.
        world.await(world.client(List.of(world.serverAddress)).list(null, 1));
        Duration waited = Duration.ofNanos(world.ticker.nanoTime() - began);
        assertTrue(waited.compareTo(PATIENCE.minus(Duration.ofSeconds(1))) >= 0, "not before its time: " + waited);
        assertTrue(waited.compareTo(PATIENCE.multipliedBy(2)) < 0, waited.toString());
    }

    @Test
    void aLineThatIsCutDuringTheHandshakeIsTriedAgain() throws ImageException {
        world = new WireWorld();
        world.link.toClient.hold();
        CompletableFuture<List<ImageInfo>> asked = world.client().list(null, 1);
        world.pass(WireWorld.TIMING.connectTimeout().plusSeconds(1));
        assertFalse(asked.isDone());
        world.link.reset();
        world.link.carryOn();
        assertEquals(List.of(), world.await(asked));
    }

    @Test
    void serversAreTriedInTurn() throws ImageException {
        world = new WireWorld();
        LocalAddress absent = new LocalAddress("absent-" + System.identityHashCode(this));
        LocalAddress other = new LocalAddress("other-" + System.identityHashCode(this));
        RemoteCatalog catalog = world.client(List.of(absent, other, world.link.address()));
        long began = world.ticker.nanoTime();
        world.await(catalog.list(null, 1));
        assertEquals(0, world.ticker.nanoTime() - began, "the next one at once");
        world.stopServer();
        CompletableFuture<List<ImageInfo>> asked = catalog.list(null, 1);
        world.pass(Duration.ofSeconds(5));
        assertFalse(asked.isDone());
        world.startServer(ServerSettings.of(RemoteSetup.USERS));
        world.await(asked);
    }

    @Test
    void aConnectionTooManyIsTurnedAwayUntilAnotherHasGone() throws ImageException {
        world = new WireWorld(connections(2, 2));
        RemoteCatalog first = world.client();
        world.await(first.list(null, 1));
        world.await(world.client().list(null, 1));
        CompletableFuture<List<ImageInfo>> third = world.client().list(null, 1);
        world.pass(Duration.ofSeconds(10));
        assertFalse(third.isDone());
        world.await(first.close());
        assertEquals(List.of(), world.await(third));
    }

    @Test
    void whoSaysNothingIsClosedInTime() throws ImageException {
        world = new WireWorld();
        for (int said : new int[] {0, 3, 16, 40}) {
            Channel silent = connect();
            byte[] bytes = new byte[said];
            System.arraycopy("SPINDRFT\0\2\0\2\0\0\0\0".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1), 0, bytes, 0, Math.min(16, said));
            silent.writeAndFlush(Unpooled.wrappedBuffer(bytes));
            world.settle();
            // 24 zeros behind the preamble are the beginning of a header: it is waited for.
            assertTrue(silent.isOpen(), said + " bytes");
            world.pass(Duration.ofSeconds(14));
            assertTrue(silent.isOpen(), said + " bytes");
            world.pass(Duration.ofSeconds(2));
            assertFalse(silent.isOpen(), said + " bytes");
        }
    }

    private Channel connect() {
        Channel channel = new Bootstrap().group(world.loop()).channel(LocalChannel.class).handler(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(io.netty.channel.ChannelHandlerContext context, Object message) {
                io.netty.util.ReferenceCountUtil.release(message);
            }
        }).connect(world.serverAddress).channel();
        world.settle();
        return channel;
    }

    @Test
    void aKeyIsDerivedOnceForASaltAndForgottenWithTheOldest() {
        world = newWorld();
        DerivedKeys keys = new DerivedKeys("open sesame");
        byte[] salt = new byte[16];
        byte[] first = keys.key(salt, 10);
        assertArrayEquals(first, keys.key(salt.clone(), 10));
        assertEquals(1, keys.derivations());
        assertFalse(java.util.Arrays.equals(first, keys.key(salt, 11)), "other rounds are another key");
        for (int server = 1; server <= 8; server++) {
            salt[0] = (byte) server;
            keys.key(salt, 10);
        }
        assertEquals(10, keys.derivations());
        salt[0] = 0;
        assertArrayEquals(first, keys.key(salt, 10));
        assertEquals(11, keys.derivations());
    }

    private static WireWorld newWorld() {
        try {
            return new WireWorld();
        } catch (ImageException impossible) {
            throw new AssertionError(impossible);
        }
    }
}

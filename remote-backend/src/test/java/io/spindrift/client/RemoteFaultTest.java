package io.spindrift.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.PooledByteBufAllocator;
import io.spindrift.image.AttachRequest;
import io.spindrift.image.Batch;
import io.spindrift.image.DiskType;
import io.spindrift.image.HostIdentity;
import io.spindrift.image.Image;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.LeaseListener;
import io.spindrift.image.LeasedImage;
import io.spindrift.image.ReadPriority;
import io.spindrift.image.ReadResult;
import io.spindrift.server.ServerSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The server goes away, comes back, or is spoken to by somebody else. */
class RemoteFaultTest {
    private static final ImageAddress DISK = new ImageAddress("alice", DiskType.DATA, "disk0");
    private static final AttachRequest HOST = new AttachRequest(new HostIdentity(new UUID(1, 1), "host"), new UUID(10, 1), null);

    private RemoteSetup setup;
    private LeasedImage image;
    private final CompletableFuture<String> down = new CompletableFuture<>();
    private final CompletableFuture<String> up = new CompletableFuture<>();
    private final CompletableFuture<String> fenced = new CompletableFuture<>();

    @BeforeEach
    void start() throws Exception {
        setup = new RemoteSetup(RemoteSetup.Transport.NIO);
        setup.await(setup.catalog("alice").create(DISK, 64 << 20));
        image = setup.await(setup.catalog("alice").attach(DISK, HOST, setup.home()));
        setup.call(() -> {
            image.listen(new LeaseListener() {
                @Override
                public void fenced(String reason) {
                    fenced.complete(reason);
                }

                @Override
                public void linkChanged(boolean isUp, String reason) {
                    (isUp ? up : down).complete(reason);
                }

                @Override
                public void resized(long newSizeBytes) {}
            });
            return CompletableFuture.completedFuture(null);
        });
    }

    @AfterEach
    void stop() throws Exception {
        setup.close();
    }

    private void restart() throws Exception {
        setup.stopServer();
        setup.await(down);
    }

    private <T> CompletableFuture<T> onHome(java.util.function.Supplier<CompletableFuture<T>> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        setup.home().execute(() -> call.get().whenComplete((value, failure) -> {
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(failure);
            }
        }));
        return result;
    }

    private Batch batch(long from) {
        byte[] bytes = new byte[200 * Image.BLOCK_BYTES];
        new Random(from).nextBytes(bytes);
        return new Batch(1, from, from + 1, List.of(new Batch.BatchExtent(
                from, 200, PooledByteBufAllocator.DEFAULT.directBuffer(bytes.length).writeBytes(bytes))));
    }

    @Test
    void whatIsAskedWhileTheServerIsAwayIsAnsweredWhenItIsBack() throws Exception {
        restart();
        CompletableFuture<Long> first = onHome(() -> image.apply(batch(0)));
        CompletableFuture<Long> second = onHome(() -> image.apply(batch(1)));
        CompletableFuture<ReadResult> read = onHome(() -> image.read(0, 1, ReadPriority.DEMAND));
        assertFalse(first.isDone());
        setup.startServer(ServerSettings.of(RemoteSetup.USERS));
        assertTrue(setup.await(first) >= 1);
        assertEquals(2, setup.await(second));
        setup.await(read).data().release();
        setup.await(up);
        assertEquals(2, setup.memory.catalog("alice").batchesApplied(DISK));
    }

    @Test
    void batchesInFlightWhenTheServerStopsAreAppliedOnce() throws Exception {
        List<CompletableFuture<Long>> applied = new java.util.ArrayList<>();
        for (int i = 0; i < 30; i++) {
            int from = i;
            applied.add(onHome(() -> image.apply(batch(from))));
        }
        restart();
        setup.startServer(ServerSettings.of(RemoteSetup.USERS));
        for (int i = 0; i < 30; i++) {
            assertTrue(setup.await(applied.get(i)) >= i + 1);
        }
        assertEquals(30, setup.memory.catalog("alice").batchesApplied(DISK));
        assertEquals(1, setup.call(image::info).lease().epoch(), "resumed, not attached anew");
    }

    @Test
    void aLeaseThatMovedMeanwhileIsFenced() throws Exception {
        restart();
        setup.await(setup.memory.catalog("alice").attach(DISK, HOST, setup.memory.home()));
        CompletableFuture<ReadResult> read = onHome(() -> image.read(0, 1, ReadPriority.DEMAND));
        setup.startServer(ServerSettings.of(RemoteSetup.USERS));
        assertEquals(ImageFailure.FENCED, assertThrows(ImageException.class, () -> setup.await(read)).failure());
        setup.await(fenced);
    }

    @Test
    void aWrongSecretAndAnUnknownUserGetTheSameAnswer() {
        String wrong = refusal("alice", "wrong");
        String unknown = refusal("mallory", "wrong");
        assertEquals(wrong.replace("alice", "?"), unknown.replace("mallory", "?"));
        assertTrue(wrong.contains("not accepted"), wrong);
    }

    private String refusal(String user, String secret) {
        RemoteCatalog catalog = setup.client(setup.address, user, secret, RemoteSetup.TIMING);
        ImageException refused = assertThrows(ImageException.class, () -> setup.await(catalog.list(null, 1)));
        assertEquals(ImageFailure.INVALID, refused.failure());
        return refused.getMessage();
    }

    @Test
    void aForeignProtocolAtTheServersAddressIsToldAtOnce() throws Exception {
        try (ServerSocket stranger = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            CompletableFuture.runAsync(() -> {
                try (Socket peer = stranger.accept()) {
                    peer.getOutputStream().write("SSH-2.0-somebody else\r\n".getBytes(StandardCharsets.US_ASCII));
                    peer.getInputStream().readAllBytes();
                } catch (IOException gone) {
                    throw new UncheckedIOException(gone);
                }
            });
            RemoteCatalog catalog = setup.client(stranger.getLocalSocketAddress(), "alice", "wonderland", RemoteSetup.TIMING);
            ImageException refused = assertThrows(ImageException.class, () -> setup.await(catalog.list(null, 1)));
            assertEquals(ImageFailure.INVALID, refused.failure());
            assertTrue(refused.getMessage().contains("not the storage protocol"), refused.getMessage());
        }
    }

    @Test
    void garbageAndAnotherVersionAreTurnedAwayAndTheServerGoesOn() throws Exception {
        byte[] garbage = new byte[5000];
        new Random(7).nextBytes(garbage);
        assertEquals(0, say(garbage).length);
        byte[] future = {'S', 'P', 'I', 'N', 'D', 'R', 'F', 'T', 0, 7, 0, 9, 0, 0, 0, 0};
        byte[] past = {'S', 'P', 'I', 'N', 'D', 'R', 'F', 'T', 0, 1, 0, 1, 0, 0, 0, 0};
        for (byte[] other : List.of(future, past)) {
            byte[] answer = say(other);
            assertEquals(16, answer.length);
            assertEquals(2, answer[11], "names its highest version");
            assertEquals(0, answer[13], "chooses none");
        }
        assertEquals(0, setup.call(image::info).appliedSequence());
    }

    private byte[] say(byte[] bytes) throws Exception {
        try (Socket socket = new Socket()) {
            socket.connect((InetSocketAddress) setup.address, 5000);
            socket.setSoTimeout(5000);
            socket.getOutputStream().write(bytes);
            InputStream in = socket.getInputStream();
            return in.readAllBytes();
        } catch (java.net.SocketException reset) {
            return new byte[0];
        }
    }
}

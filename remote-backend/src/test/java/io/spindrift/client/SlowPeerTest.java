package io.spindrift.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.epoll.Epoll;
import io.spindrift.image.AttachRequest;
import io.spindrift.image.Batch;
import io.spindrift.image.DiskType;
import io.spindrift.image.HostIdentity;
import io.spindrift.image.Image;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageCatalog;
import io.spindrift.image.LeasedImage;
import io.spindrift.image.ReadPriority;
import io.spindrift.image.ReadResult;
import io.spindrift.server.ServerSettings;
import io.spindrift.server.StorageServer;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client behind a link that takes little: what a server holds for it, and who goes first. Over epoll, which leaves little to the kernel. */
class SlowPeerTest {
    private static final ImageAddress DISK = new ImageAddress("alice", DiskType.DATA, "disk0");
    private static final AttachRequest HOST = new AttachRequest(new HostIdentity(new UUID(1, 1), "host"), new UUID(10, 1), null);
    private static final int READ_BLOCKS = 256;
    private static final int READ_BYTES = READ_BLOCKS * Image.BLOCK_BYTES;
    private static final int READS = 32;

    private RemoteSetup setup;
    private StorageServer server;
    private MeteredRelay relay;
    private RemoteCatalog catalog;
    private LeasedImage image;
    private final AtomicLong begunBytes = new AtomicLong();
    private final AtomicInteger oneBlockReads = new AtomicInteger();

    @BeforeEach
    void start() throws Exception {
        Assumptions.assumeTrue(Epoll.isAvailable(), "needs epoll");
        setup = new RemoteSetup(RemoteSetup.Transport.EPOLL);
        server = new StorageServer(ServerSettings.of(RemoteSetup.USERS), user -> watched(ImageCatalog.class, setup.memory.catalog(user)),
                setup.serverLoops, setup.serverChannels, new Random(3));
        var address = server.start(new InetSocketAddress("127.0.0.1", 0)).get(10, TimeUnit.SECONDS);
        relay = new MeteredRelay(setup.serverLoops.next(), setup.serverChannels, setup.clientChannels, address);
        catalog = setup.client(relay.address(), "alice", RemoteSetup.USERS.get(0).secret(), RemoteSetup.TIMING);
        setup.await(catalog.create(DISK, 64 << 20));
        image = setup.await(catalog.attach(DISK, HOST, setup.home()));
        for (int at = 0; at < READS; at++) {
            int from = at;
            setup.call(() -> image.apply(batch(from)));
        }
    }

    @AfterEach
    void stop() throws Exception {
        if (setup != null) {
            relay.close();
            server.stop().get(10, TimeUnit.SECONDS);
            setup.close();
        }
    }

    private static Batch batch(int from) {
        var data = PooledByteBufAllocator.DEFAULT.directBuffer(READ_BYTES).writeZero(READ_BYTES);
        return new Batch(1, from, from + 1, List.of(new Batch.BatchExtent((long) from * READ_BLOCKS, READ_BLOCKS, data)));
    }

    /** The same, with a look at the reads that begin. */
    private <T> T watched(Class<T> type, Object real) {
        InvocationHandler look = (proxy, method, arguments) -> {
            if (method.getName().equals("read")) {
                begunBytes.addAndGet((int) arguments[1] * (long) Image.BLOCK_BYTES);
                oneBlockReads.addAndGet((int) arguments[1] == 1 ? 1 : 0);
            }
            try {
                Object result = method.invoke(real, arguments);
                boolean leases = method.getName().equals("attach") || method.getName().equals("resume");
                return leases ? ((CompletableFuture<?>) result).thenApply(lease -> watched(LeasedImage.class, lease)) : result;
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
            }
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, look));
    }

    private CompletableFuture<ReadResult> read(long first, int count, ReadPriority priority) {
        CompletableFuture<ReadResult> result = new CompletableFuture<>();
        setup.home().execute(() -> image.read(first, count, priority).whenComplete((read, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
            } else {
                read.data().release();
                result.complete(read);
            }
        }));
        return result;
    }

    private List<CompletableFuture<ReadResult>> bulk() {
        List<CompletableFuture<ReadResult>> reads = new ArrayList<>();
        for (int at = 0; at < READS; at++) {
            reads.add(read((long) at * READ_BLOCKS, READ_BLOCKS, ReadPriority.BULK));
        }
        return reads;
    }

    /** An answer that is small overtakes everything and yet can't arrive: that it was asked shows in the image. */
    private void untilAllWasAsked() throws Exception {
        CompletableFuture<Long> marker = new CompletableFuture<>();
        setup.home().execute(() -> image.apply(new Batch(1, READS, READS + 1, List.of(new Batch.BatchExtent(0, 1, null))))
                .whenComplete((applied, failure) -> marker.complete(applied)));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (setup.memory.catalog("alice").batchesApplied(DISK) < READS + 1) {
            assertTrue(System.nanoTime() < end, "the server reads on while its answers are not taken");
            Thread.onSpinWait();
        }
    }

    @Test
    void aClientThatTakesNothingCostsTheServerWhatItsLimitSays() throws Exception {
        setup.await(relay.take(false));
        List<CompletableFuture<ReadResult>> reads = bulk();
        untilAllWasAsked();
        long limit = io.spindrift.server.ServerLimits.defaults().readBytes() / 2;
        // What the writer has handed to the channel, and the kernel has taken, is no longer counted.
        long ahead = 2 << 20;
        assertTrue(begunBytes.get() <= limit + ahead, begunBytes.get() + " bytes were read for a peer that takes none");
        setup.await(relay.take(true));
        for (CompletableFuture<ReadResult> read : reads) {
            setup.await(read);
        }
        assertEquals((long) READS * READ_BYTES, begunBytes.get());
    }

    /** @return how many of the server's bytes went before the answer */
    private long bytesBefore(ReadPriority priority) throws Exception {
        setup.await(relay.take(false));
        List<CompletableFuture<ReadResult>> reads = bulk();
        untilAllWasAsked();
        long before = relay.taken();
        CompletableFuture<Long> bytes = read(5, 1, priority).thenApply(done -> relay.taken() - before);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (priority == ReadPriority.DEMAND && oneBlockReads.get() == 0) {
            assertTrue(System.nanoTime() < end, "a demand read begins though bulk has its share");
            Thread.onSpinWait();
        }
        setup.await(relay.take(true));
        for (CompletableFuture<ReadResult> read : reads) {
            setup.await(read);
        }
        return setup.await(bytes);
    }

    @Test
    void aDemandReadOvertakesBulkThatIsUnderWay() throws Exception {
        long before = bytesBefore(ReadPriority.DEMAND);
        assertTrue(before < 2 << 20, before + " bytes of bulk went before a demand read");
    }

    @Test
    void theControlWithoutPriorityWaitsForAllOfIt() throws Exception {
        long before = bytesBefore(ReadPriority.BULK);
        assertTrue(before >= (long) READS * READ_BYTES, before + " bytes of bulk went before another bulk read");
    }
}

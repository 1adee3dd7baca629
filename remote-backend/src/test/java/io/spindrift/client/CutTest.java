package io.spindrift.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.spindrift.image.AttachRequest;
import io.spindrift.image.Batch;
import io.spindrift.image.DiskType;
import io.spindrift.image.HostIdentity;
import io.spindrift.image.Image;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageInfo;
import io.spindrift.image.LeaseInfo;
import io.spindrift.image.LeasedImage;
import io.spindrift.image.ReadPriority;
import io.spindrift.image.ReadResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The connection breaks at every place where it may, and answers are lost: nothing is done twice, nothing is forgotten. */
class CutTest {
    private static final ImageAddress DISK = new ImageAddress("alice", DiskType.DATA, "disk0");
    private static final AttachRequest HOST = new AttachRequest(new HostIdentity(new UUID(1, 1), "host"), new UUID(10, 1), null);
    /** Several frames of an APPLY: 128 KiB, 128 KiB, and what is left. */
    private static final int BLOCKS = 90;
    private static final int PIECE = 128 << 10;
    private static final int HEADER = 36;

    private WireWorld world;
    private RemoteCatalog catalog;

    @BeforeEach
    void start() throws ImageException {
        world = new WireWorld();
        catalog = world.client();
    }

    @AfterEach
    void stop() throws ImageException {
        world.close();
    }

    private static ByteBuf bytes(long seed) {
        byte[] bytes = new byte[BLOCKS * Image.BLOCK_BYTES];
        new Random(seed).nextBytes(bytes);
        return PooledByteBufAllocator.DEFAULT.directBuffer(bytes.length).writeBytes(bytes);
    }

    private static Batch batch(long epoch, long from) {
        return new Batch(epoch, from, from + 1, List.of(new Batch.BatchExtent(from * 3, BLOCKS, bytes(from))));
    }

    private LeasedImage attached() throws ImageException {
        world.await(catalog.create(DISK, 64 << 20));
        return world.await(catalog.attach(DISK, HOST, world.loop()));
    }

    /** Two batches and a read of what the first of them wrote, from an idle connection on. */
    private long exchange(LeasedImage image, long from) throws ImageException {
        long before = world.link.toServer.passed();
        CompletableFuture<Long> first = image.apply(batch(image.lease().epoch(), from));
        CompletableFuture<Long> second = image.apply(batch(image.lease().epoch(), from + 1));
        assertTrue(world.await(first) >= from + 1);
        assertEquals(from + 2, world.await(second));
        ReadResult read = world.await(image.read(from * 3, 3, ReadPriority.DEMAND));
        ByteBuf expected = bytes(from);
        assertEquals(expected.slice(0, 3 * Image.BLOCK_BYTES), read.data());
        expected.release();
        read.data().release();
        return world.link.toServer.passed() - before;
    }

    /** Around every edge of every frame of the first batch, and here and there inside. */
    private static List<Long> places(long whole) {
        List<Long> places = new ArrayList<>();
        long[] edges = {0, HEADER + PIECE, 2L * (HEADER + PIECE), whole / 2, whole - 50};
        for (long edge : edges) {
            for (long off : new long[] {-1, 0, 1, 4, HEADER - 1, HEADER, HEADER + 1, HEADER + 40}) {
                if (edge + off > 0 && edge + off < whole) {
                    places.add(edge + off);
                }
            }
        }
        Random random = new Random(9);
        for (int i = 0; i < 40; i++) {
            places.add(1 + random.nextLong(whole - 1));
        }
        return places;
    }

    @Test
    void aConnectionThatBreaksAtAnyByteOfARequestLosesAndRepeatsNothing() throws ImageException {
        LeasedImage image = attached();
        long whole = exchange(image, 0);
        long sequence = 2;
        List<Long> places = places(whole);
        for (long place : places) {
            world.link.toServer.breakAfter(place);
            exchange(image, sequence);
            sequence += 2;
        }
        assertEquals(places.size(), world.link.breaks());
        assertEquals(sequence, world.images.batchesApplied(DISK), "each batch once");
        assertEquals(1, world.await(image.info()).lease().epoch(), "taken up again, never taken anew");
    }

    @Test
    void aConnectionThatBreaksAtAnyByteOfAnAnswerLosesAndRepeatsNothing() throws ImageException {
        LeasedImage image = attached();
        long before = world.link.toClient.passed();
        exchange(image, 0);
        long whole = world.link.toClient.passed() - before;
        long sequence = 2;
        for (long place = 1; place < whole; place += place < 150 ? 1 : 397) {
            world.link.toClient.breakAfter(place);
            exchange(image, sequence);
            sequence += 2;
        }
        assertEquals(sequence, world.images.batchesApplied(DISK), "each batch once");
    }

    @Test
    void aHandshakeMayBreakAnywhere() throws ImageException {
        LeasedImage image = attached();
        world.link.reset();
        long before = world.link.toServer.passed();
        world.await(image.info());
        long whole = world.link.toServer.passed() - before;
        for (long place = 1; place < whole; place++) {
            world.link.toServer.breakAfter(place);
            world.link.reset();
            assertEquals(1, world.await(image.info()).lease().epoch());
        }
        assertEquals(whole - 1, world.link.breaks());
    }

    @Test
    void readsThatArePendingWhenTheConnectionIsResetAreAskedAgain() throws ImageException {
        LeasedImage image = attached();
        world.await(image.apply(batch(1, 0)));
        world.link.toClient.hold();
        List<CompletableFuture<ReadResult>> reads = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            reads.add(image.read(i % BLOCKS, 1, i % 2 == 0 ? ReadPriority.DEMAND : ReadPriority.BULK));
        }
        world.settle();
        world.link.reset();
        world.link.carryOn();
        for (CompletableFuture<ReadResult> read : reads) {
            world.await(read).data().release();
        }
    }

    /** Has the server do something whose answer never arrives. */
    private <T> CompletableFuture<T> withLostAnswer(java.util.function.Supplier<CompletableFuture<T>> call) {
        world.link.toClient.hold();
        CompletableFuture<T> future = call.get();
        world.settle();
        assertFalse(future.isDone());
        world.link.reset();
        world.link.carryOn();
        return future;
    }

    @Test
    void aCreateWhoseAnswerWasLostIsDone() throws ImageException {
        world.await(catalog.list(null, 1));
        ImageInfo made = world.await(withLostAnswer(() -> catalog.create(DISK, 64 << 20)));
        assertEquals(64 << 20, made.sizeBytes());
        assertEquals(made.imageId(), world.await(catalog.show(DISK)).imageId());
    }

    @Test
    void anAttachWhoseAnswerWasLostGivesALeaseThatHolds() throws ImageException {
        world.await(catalog.create(DISK, 64 << 20));
        LeasedImage image = world.await(withLostAnswer(() -> catalog.attach(DISK, HOST, world.loop())));
        assertEquals(image.lease().epoch(), world.await(catalog.show(DISK)).lease().epoch());
        assertEquals(1, world.await(image.apply(batch(image.lease().epoch(), 0))));
    }

    @Test
    void aDeleteWhoseAnswerWasLostIsDone() throws ImageException {
        world.await(catalog.create(DISK, 64 << 20));
        world.await(withLostAnswer(() -> catalog.delete(DISK, false)));
        assertEquals(List.of(), world.await(catalog.list(null, 10)));
    }

    @Test
    void aReleaseWhoseAnswerWasLostIsDone() throws ImageException {
        LeasedImage image = attached();
        world.await(image.apply(batch(1, 0)));
        world.await(withLostAnswer(image::release));
        assertEquals(LeaseInfo.State.FREE, world.await(catalog.show(DISK)).lease().state());
    }
}

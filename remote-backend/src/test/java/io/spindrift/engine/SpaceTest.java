package io.spindrift.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.image.AttachRequest;
import io.spindrift.image.Batch;
import io.spindrift.image.Batch.BatchExtent;
import io.spindrift.image.BlockPlace;
import io.spindrift.image.DiskType;
import io.spindrift.image.HostIdentity;
import io.spindrift.image.Image;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.LeasedImage;
import io.spindrift.image.ReadPriority;
import io.spindrift.image.ReadResult;
import io.spindrift.store.MemoryStore;
import io.spindrift.store.StoredObject;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an image leaves in the store: little more than what it holds. */
@Timeout(60)
class SpaceTest {
    private static final ImageAddress DISK = new ImageAddress("alice", DiskType.DATA, "disk0");
    private static final int BLOCKS = 4096;

    private final MemoryStore truth = new MemoryStore();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T08:00:00Z"));
    private final long[] stamps = new long[BLOCKS];
    private final Random random = new Random(5);
    private EngineSetup setup;
    private LeasedImage image;
    private UUID imageId;
    private long sequence;

    private void start(double compactBelow, boolean create) throws Exception {
        EngineSettings settings =
                new EngineSettings(Duration.ofSeconds(30), 4, 4, 1 << 20, 8, compactBelow, Duration.ofMillis(100), Duration.ofDays(1));
        setup = new EngineSetup(truth, settings, 1, now);
        if (create) {
            imageId = setup.await(setup.catalog("alice").create(DISK, BLOCKS * (long) Image.BLOCK_BYTES)).imageId();
        }
        AttachRequest request = new AttachRequest(new HostIdentity(new UUID(1, 1), "host"), new UUID(1, 2), null);
        image = setup.await(setup.catalog("alice").attach(DISK, request, setup.home()));
    }

    @AfterEach
    void stop() throws Exception {
        setup.close();
    }

    private long storedBytes() throws Exception {
        long bytes = 0;
        for (StoredObject object : truth.list("images/" + imageId + "/", "", 10_000)) {
            bytes += object.length();
        }
        return bytes;
    }

    private void apply(List<BatchExtent> extents) throws ImageException {
        Batch batch = new Batch(image.lease().epoch(), sequence, ++sequence, extents);
        setup.call(() -> image.apply(batch));
    }

    private void overwrite(int batches) throws ImageException {
        for (int i = 0; i < batches; i++) {
            List<BatchExtent> extents = new ArrayList<>();
            for (int block = random.nextInt(40); block < BLOCKS; block += 1 + random.nextInt(40)) {
                stamps[block] = sequence + 1;
                extents.add(new BatchExtent(block, 1, stamped(block)));
            }
            apply(extents);
        }
    }

    private ByteBuf stamped(int block) {
        return Unpooled.directBuffer(Image.BLOCK_BYTES).writeLong(stamps[block]).writeLong(block).writeZero(Image.BLOCK_BYTES - 16);
    }

    private void check() throws ImageException {
        for (int first = 0; first < BLOCKS; first += 1024) {
            int from = first;
            ReadResult read = setup.call(() -> image.read(from, 1024, ReadPriority.DEMAND));
            for (int i = 0; i < 1024; i++) {
                assertEquals(stamps[from + i], read.data().getLong(i * Image.BLOCK_BYTES), "block " + (from + i));
            }
            read.data().release();
        }
    }

    /** Flips a bit of an object. */
    private void damage(String name, long at) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate((int) truth.length(name));
        truth.read(name, 0, bytes);
        bytes.put((int) at, (byte) (bytes.get((int) at) ^ 1));
        truth.put(name, bytes.flip());
    }

    private ImageFailure readFailure(int block) {
        return assertThrows(ImageException.class, () -> setup.call(() -> image.read(block, 1, ReadPriority.DEMAND)).data().release()).failure();
    }

    /** A block that only the first segment holds, which is otherwise overwritten. @return where it lies */
    private BlockPlace lonely(int block) throws Exception {
        start(0.5, true);
        for (int each = 0; each < 64; each++) {
            stamps[each] = 1;
        }
        apply(List.of(new BatchExtent(0, 64, Unpooled.wrappedBuffer(
                java.util.stream.IntStream.range(0, 64).mapToObj(this::stamped).toArray(ByteBuf[]::new)))));
        return setup.await(setup.catalog("alice").locate(DISK, block));
    }

    /** Everything of the first segment but the lonely block and its neighbours is written anew, and other blocks again and again. */
    private void wearOut() throws Exception {
        for (int i = 0; i < 60; i++) {
            List<BatchExtent> extents = new ArrayList<>();
            for (int block = 8; block < 1024; block += 1 + random.nextInt(8)) {
                stamps[block] = sequence + 1;
                extents.add(new BatchExtent(block, 1, stamped(block)));
            }
            apply(extents);
        }
    }

    @Test
    void aSegmentWithADamagedBlockStaysAndTheOthersAreCompacted() throws Exception {
        BlockPlace place = lonely(5);
        damage(place.object(), place.offsetBytes() + 100);
        wearOut();
        awaitStored(setup.call(image::info).allocatedBytes() * 5 / 2 + (1 << 20));
        assertTrue(truth.length(place.object()) > 0, "the damaged segment stays");
        assertEquals(place, setup.await(setup.catalog("alice").locate(DISK, 5)));
        assertEquals(ImageFailure.CORRUPT, readFailure(5));
        checkBut(5);
        setup.close();
        start(0.5, false);
        assertEquals(ImageFailure.CORRUPT, readFailure(5), "damage stays damage");
        checkBut(5);
    }

    @Test
    void aSegmentWithADamagedHeaderStaysAndTheOthersAreCompacted() throws Exception {
        BlockPlace place = lonely(5);
        damage(place.object(), 20);
        wearOut();
        awaitStored(setup.call(image::info).allocatedBytes() * 5 / 2 + (1 << 20));
        assertTrue(truth.length(place.object()) > 0, "the damaged segment stays");
    }

    @Test
    void theControlWithoutDamageMovesTheLonelyBlock() throws Exception {
        BlockPlace place = lonely(5);
        wearOut();
        while (truth.length(place.object()) >= 0) {
            setup.await(setup.catalog("alice").show(DISK));
        }
        checkBut(-1);
    }

    /** Every block but one. */
    private void checkBut(int damagedBlock) throws ImageException {
        for (int block = 0; block < 1024; block++) {
            if (block != damagedBlock) {
                int each = block;
                ReadResult read = setup.call(() -> image.read(each, 1, ReadPriority.DEMAND));
                assertEquals(stamps[block], read.data().getLong(0), "block " + block);
                read.data().release();
            }
        }
    }

    private void awaitStored(long most) throws Exception {
        while (storedBytes() > most) {
            CompletableFuture<Void> later = new CompletableFuture<>();
            setup.home().schedule(() -> later.complete(null), 20, java.util.concurrent.TimeUnit.MILLISECONDS);
            later.join();
        }
    }

    @Test
    void randomOverwritesLeaveAStoreOfBoundedSize() throws Exception {
        start(0.5, true);
        overwrite(120);
        long live = setup.call(image::info).allocatedBytes();
        awaitStored(live * 5 / 2);
        check();
        setup.close();
        start(0.5, false);
        check();
    }

    @Test
    void theControlWithoutCompactionKeepsNearlyEverything() throws Exception {
        start(0, true);
        overwrite(120);
        setup.call(image::release);
        long live = 0;
        for (long stamp : stamps) {
            live += stamp > 0 ? Image.BLOCK_BYTES : 0;
        }
        assertTrue(storedBytes() > live * 5, "the control must need more: " + storedBytes() + " for " + live);
    }

    @Test
    void unmapGivesTheBytesBackThoughNobodyWritesAnyMore() throws Exception {
        start(0.5, true);
        overwrite(20);
        assertTrue(storedBytes() > 4 << 20);
        apply(List.of(new BatchExtent(0, BLOCKS, null)));
        java.util.Arrays.fill(stamps, 0);
        awaitStored(256 << 10);
        check();
    }

    @Test
    void releaseGivesTheBytesBack() throws Exception {
        start(0.5, true);
        overwrite(20);
        apply(List.of(new BatchExtent(0, BLOCKS, null)));
        java.util.Arrays.fill(stamps, 0);
        setup.call(image::release);
        awaitStored(256 << 10);
        setup.close();
        start(0.5, false);
        check();
    }
}

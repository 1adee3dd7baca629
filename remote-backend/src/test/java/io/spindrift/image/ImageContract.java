package io.spindrift.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link LeasedImage} keeps of its content and order (laws 2 and 5). Extended over each implementation. */
public abstract class ImageContract {
    protected static final ImageAddress DISK = new ImageAddress("alice", DiskType.DATA, "disk0");
    protected static final long BLOCKS = 1 << 18;
    protected static final HostIdentity HOST = new HostIdentity(new UUID(1, 1), "host");
    protected static final UUID JOURNAL = new UUID(10, 1);

    protected CatalogUnderTest setup;
    protected ImageCatalog catalog;
    protected LeasedImage image;
    private long sequence;

    protected abstract CatalogUnderTest setUp() throws Exception;

    @BeforeEach
    void start() throws Exception {
        setup = setUp();
        catalog = setup.catalog("alice");
        setup.await(catalog.create(DISK, BLOCKS * Image.BLOCK_BYTES));
        image = attach();
    }

    @AfterEach
    void stop() throws Exception {
        setup.call(image::close);
        setup.close();
    }

    private LeasedImage attach() throws ImageException {
        return setup.await(catalog.attach(DISK, new AttachRequest(HOST, JOURNAL, null), setup.home()));
    }

    private static void assertFails(ImageFailure failure, org.junit.jupiter.api.function.Executable call) {
        ImageCatalogContract.assertFails(failure, call);
    }

    /** {@code blockCount} blocks of data that no other seed has. */
    protected static byte[] pattern(long seed, int blockCount) {
        byte[] bytes = new byte[blockCount * Image.BLOCK_BYTES];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    protected static Batch.BatchExtent data(long firstBlock, byte[] bytes) {
        ByteBuf data = PooledByteBufAllocator.DEFAULT.directBuffer(bytes.length).writeBytes(bytes);
        return new Batch.BatchExtent(firstBlock, bytes.length / Image.BLOCK_BYTES, data);
    }

    protected static Batch.BatchExtent unmap(long firstBlock, long blockCount) {
        return new Batch.BatchExtent(firstBlock, blockCount, null);
    }

    protected Batch next(Batch.BatchExtent... extents) {
        return new Batch(image.lease().epoch(), sequence, ++sequence, List.of(extents));
    }

    protected void apply(Batch.BatchExtent... extents) throws ImageException {
        Batch batch = next(extents);
        assertEquals(batch.toSequence(), setup.call(() -> image.apply(batch)));
    }

    protected byte[] read(long firstBlock, int blockCount) throws ImageException {
        ReadResult result = setup.call(() -> image.read(firstBlock, blockCount, ReadPriority.DEMAND));
        try {
            assertEquals(blockCount * Image.BLOCK_BYTES, result.data().readableBytes());
            long at = firstBlock;
            for (ReadResult.OwnedRun run : result.runs()) {
                assertEquals(at, run.firstBlock());
                at += run.blockCount();
            }
            assertEquals(firstBlock + blockCount, at);
            byte[] bytes = new byte[result.data().readableBytes()];
            result.data().readBytes(bytes);
            return bytes;
        } finally {
            result.data().release();
        }
    }

    @Test
    void aBatchWhoseBytesAreNotWhatTheirChecksumsWereTakenOfIsNotApplied() throws Exception {
        apply(data(0, pattern(1, 4)));
        for (int block = 0; block < 3; block++) {
            Batch.BatchExtent good = data(2, pattern(2, 3));
            int[] wrong = good.checksums().clone();
            wrong[block] ^= 1 << 7 * block;
            Batch rotten = new Batch(image.lease().epoch(), sequence, sequence + 1,
                    List.of(data(0, pattern(3, 1)), new Batch.BatchExtent(2, 3, good.data(), wrong)));
            assertFails(ImageFailure.CORRUPT, () -> setup.call(() -> image.apply(rotten)));
        }
        assertArrayEquals(pattern(1, 4), read(0, 4));
        apply(data(2, pattern(2, 3)));
        assertArrayEquals(pattern(2, 3), read(2, 3));
    }

    @Test
    void aReadBringsTheChecksumsThatTheBatchHad() throws Exception {
        Batch.BatchExtent extent = data(4, pattern(9, 5));
        int[] checksums = extent.checksums();
        apply(extent);
        ReadResult result = setup.call(() -> image.read(2, 8, ReadPriority.DEMAND));
        result.data().release();
        assertArrayEquals(checksums, java.util.Arrays.copyOfRange(result.checksums(), 2, 7));
    }

    @Test
    void whatWasNeverWrittenReadsAsZerosThatNobodyOwns() throws Exception {
        ReadResult result = setup.call(() -> image.read(BLOCKS - 3, 3, ReadPriority.BULK));
        assertEquals(List.of(new ReadResult.OwnedRun(BLOCKS - 3, 3, null)), result.runs());
        assertTrue(result.runs().get(0).zeros());
        result.data().release();
        assertArrayEquals(new byte[5 * Image.BLOCK_BYTES], read(0, 5));
    }

    @Test
    void aBatchIsReadBack() throws Exception {
        byte[] one = pattern(1, 3);
        byte[] two = pattern(2, 1);
        apply(data(5, one), data(100, two));
        assertArrayEquals(one, read(5, 3));
        assertArrayEquals(two, read(100, 1));
        assertArrayEquals(new byte[Image.BLOCK_BYTES], read(8, 1));
        ImageInfo info = setup.call(image::info);
        assertEquals(1, info.appliedSequence());
        assertEquals(4 * Image.BLOCK_BYTES, info.allocatedBytes());
    }

    @Test
    void readNamesTheOwnerOfEachRun() throws Exception {
        apply(data(5, pattern(1, 3)));
        ReadResult result = setup.call(() -> image.read(4, 5, ReadPriority.PREFETCH));
        UUID owner = image.lease().applied().imageId();
        assertEquals(
                List.of(new ReadResult.OwnedRun(4, 1, null), new ReadResult.OwnedRun(5, 3, owner), new ReadResult.OwnedRun(8, 1, null)),
                result.runs());
        result.data().release();
    }

    @Test
    void unmapAndOverwrite() throws Exception {
        apply(data(10, pattern(1, 10)));
        byte[] over = pattern(2, 2);
        apply(unmap(0, 12), data(13, over), unmap(18, BLOCKS - 18));
        assertArrayEquals(new byte[2 * Image.BLOCK_BYTES], read(10, 2));
        assertArrayEquals(over, read(13, 2));
        RunPage page = setup.call(() -> image.extents(0, BLOCKS));
        assertEquals(List.of(new BlockRun(12, 6)), page.runs());
        assertEquals(BLOCKS, page.nextBlock());
        assertEquals(6 * Image.BLOCK_BYTES, setup.call(image::info).allocatedBytes());
    }

    @Test
    void theLargestReadAndALargeBatch() throws Exception {
        byte[] whole = pattern(3, 2 * Image.MAX_READ_BLOCKS);
        apply(data(777, whole));
        byte[] first = read(777, Image.MAX_READ_BLOCKS);
        assertArrayEquals(java.util.Arrays.copyOf(whole, first.length), first);
        byte[] second = read(777 + Image.MAX_READ_BLOCKS, Image.MAX_READ_BLOCKS);
        assertArrayEquals(java.util.Arrays.copyOfRange(whole, first.length, whole.length), second);
    }

    @Test
    void theLargestBatch() throws Exception {
        byte[] whole = pattern(4, Batch.MAX_DATA_BYTES / Image.BLOCK_BYTES);
        apply(data(1, whole));
        assertArrayEquals(java.util.Arrays.copyOf(whole, Image.BLOCK_BYTES), read(1, 1));
        int last = whole.length - Image.BLOCK_BYTES;
        assertArrayEquals(java.util.Arrays.copyOfRange(whole, last, whole.length), read(whole.length / Image.BLOCK_BYTES, 1));
    }

    @Test
    void readsOutOfRangeAreInvalid() {
        assertFails(ImageFailure.INVALID, () -> read(BLOCKS, 1));
        assertFails(ImageFailure.INVALID, () -> read(-1, 1));
        assertFails(ImageFailure.INVALID, () -> read(0, 0));
        assertFails(ImageFailure.INVALID, () -> read(BLOCKS - 1, 2));
        assertFails(ImageFailure.INVALID, () -> read(0, Image.MAX_READ_BLOCKS + 1));
        assertFails(ImageFailure.INVALID, () -> setup.call(() -> image.extents(BLOCKS, 1)));
        assertFails(ImageFailure.INVALID, () -> setup.call(() -> image.extents(0, BLOCKS + 1)));
    }

    @Test
    void aBatchThatWasAppliedIsAnsweredDone() throws Exception {
        byte[] bytes = pattern(1, 1);
        apply(data(1, bytes));
        apply(data(2, bytes));
        long done = setup.call(() -> image.apply(new Batch(1, 0, 1, List.of(data(1, pattern(9, 1))))));
        assertTrue(done >= 1);
        assertArrayEquals(bytes, read(1, 1));
        assertEquals(2, setup.call(image::info).appliedSequence());
    }

    @Test
    void aBatchThatDoesNotFollowIsInvalidAndChangesNothing() throws Exception {
        apply(data(1, pattern(1, 1)));
        assertFails(ImageFailure.INVALID, () -> setup.call(() -> image.apply(new Batch(1, 2, 3, List.of(data(1, pattern(2, 1)))))));
        assertFails(ImageFailure.INVALID, () -> setup.call(() -> image.apply(new Batch(1, 0, 3, List.of(data(1, pattern(2, 1)))))));
        assertArrayEquals(pattern(1, 1), read(1, 1));
        assertEquals(1, setup.call(image::info).appliedSequence());
    }

    @Test
    void aMalformedBatchIsInvalidAndChangesNothing() throws Exception {
        List<List<Batch.BatchExtent>> wrong = List.of(
                List.of(data(5, pattern(1, 1)), data(4, pattern(1, 1))),
                List.of(data(5, pattern(1, 2)), data(6, pattern(1, 1))),
                List.of(data(BLOCKS, pattern(1, 1))),
                List.of(unmap(BLOCKS - 1, 2)),
                List.of(unmap(3, 0)),
                List.of(new Batch.BatchExtent(1, 1, Unpooled.wrappedBuffer(new byte[100]))));
        for (List<Batch.BatchExtent> extents : wrong) {
            assertFails(ImageFailure.INVALID, () -> setup.call(() -> image.apply(new Batch(1, 0, 1, extents))));
        }
        assertEquals(0, setup.call(image::info).allocatedBytes());
        apply(data(5, pattern(1, 1)));
    }

    @Test
    void batchesArePipelinedInTheOrderOfTheirCalls() throws Exception {
        List<Supplier<CompletableFuture<Long>>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Batch batch = next(data(7, pattern(i, 1)), data(100 + i, pattern(i, 1)));
            calls.add(() -> image.apply(batch));
        }
        List<Long> done = setup.callAll(calls);
        for (int i = 0; i < 20; i++) {
            assertTrue(done.get(i) >= i + 1, "answered with the applied sequence: " + done);
        }
        assertArrayEquals(pattern(19, 1), read(7, 1));
        assertArrayEquals(pattern(4, 1), read(104, 1));
    }

    @Test
    void extentsArePaged() throws Exception {
        TreeSet<Long> expected = new TreeSet<>();
        for (int part = 0; part < 3; part++) {
            List<Batch.BatchExtent> extents = new ArrayList<>();
            for (int i = 0; i < 6000; i++) {
                long block = 2L * (part * 6000 + i) + 1;
                extents.add(data(block, pattern(block, 1)));
                expected.add(block);
            }
            apply(extents.toArray(Batch.BatchExtent[]::new));
        }
        TreeSet<Long> seen = new TreeSet<>();
        long at = 0;
        int pages = 0;
        while (at < BLOCKS) {
            long from = at;
            RunPage page = setup.call(() -> image.extents(from, BLOCKS - from));
            assertTrue(page.runs().size() <= RunPage.MAX_RUNS);
            page.runs().forEach(run -> addAll(seen, run));
            assertTrue(page.nextBlock() > at);
            at = page.nextBlock();
            pages++;
        }
        assertEquals(expected, seen);
        assertTrue(pages >= 2);
    }

    private static void addAll(TreeSet<Long> blocks, BlockRun run) {
        for (long block = run.firstBlock(); block < run.endBlock(); block++) {
            assertTrue(blocks.add(block), "listed twice: " + block);
        }
    }

    private TreeSet<Long> changed(HistoryPoint point) throws ImageException {
        TreeSet<Long> blocks = new TreeSet<>();
        long at = 0;
        while (at < BLOCKS) {
            long from = at;
            RunPage page = setup.call(() -> image.changedSince(point, from));
            if (page == null) {
                return null;
            }
            page.runs().forEach(run -> addAll(blocks, run));
            assertTrue(page.nextBlock() > at);
            at = page.nextBlock();
        }
        return blocks;
    }

    private HistoryPoint point(long at) {
        return new HistoryPoint(image.lease().applied().imageId(), image.lease().epoch(), image.lease().leaseId(), at);
    }

    @Test
    void changedSinceNamesAtLeastWhatChanged() throws Exception {
        apply(data(1, pattern(1, 2)));
        apply(data(10, pattern(2, 1)), unmap(20, 2));
        apply(data(1, pattern(3, 1)));
        assertTrue(changed(point(1)).containsAll(List.of(1L, 10L, 20L, 21L)));
        assertTrue(changed(point(2)).contains(1L));
        assertFalse(changed(point(2)).contains(10L));
        assertEquals(new TreeSet<>(), changed(point(3)));
    }

    @Test
    void changedSinceSpansLeases() throws Exception {
        apply(data(1, pattern(1, 1)));
        HistoryPoint then = point(1);
        apply(data(2, pattern(2, 1)));
        image = attach();
        apply(data(3, pattern(3, 1)));
        assertTrue(changed(then).containsAll(List.of(2L, 3L)));
        assertFalse(changed(then).contains(1L));
    }

    @Test
    void changedSinceOfAnotherHistoryIsNull() throws Exception {
        apply(data(1, pattern(1, 1)));
        HistoryPoint here = point(1);
        assertNull(changed(point(2)), "not reached yet");
        assertNull(changed(new HistoryPoint(new UUID(5, 5), here.epoch(), here.leaseId(), 1)), "another image");
        assertNull(changed(new HistoryPoint(here.imageId(), here.epoch(), new UUID(5, 5), 1)), "another lease of the same epoch");
        assertNull(changed(new HistoryPoint(here.imageId(), here.epoch() + 1, here.leaseId(), 1)), "a later epoch");
    }

    @Test
    void whatALostLeaseDidNotBringIsNotHistory() throws Exception {
        apply(data(1, pattern(1, 1)));
        HistoryPoint beyond = point(2);
        image = attach();
        apply(data(2, pattern(2, 1)));
        assertNull(changed(beyond));
    }

    @Test
    void sidecars() throws Exception {
        assertNull(setup.call(() -> image.readSidecar("boot-profile")));
        byte[] large = new byte[Image.MAX_SIDECAR_BYTES];
        new Random(5).nextBytes(large);
        setup.call(() -> image.writeSidecar("boot-profile", large));
        assertArrayEquals(large, setup.call(() -> image.readSidecar("boot-profile")));
        setup.call(() -> image.writeSidecar("boot-profile", new byte[0]));
        assertArrayEquals(new byte[0], setup.call(() -> image.readSidecar("boot-profile")));
        assertFails(ImageFailure.INVALID, () -> setup.call(() -> image.writeSidecar("Upper", new byte[1])));
        assertFails(ImageFailure.INVALID, () -> setup.call(() -> image.writeSidecar("x", new byte[Image.MAX_SIDECAR_BYTES + 1])));
        assertFails(ImageFailure.INVALID, () -> setup.call(() -> image.readSidecar("")));
    }

    @Test
    void contentSurvivesTheLease() throws Exception {
        byte[] bytes = pattern(1, 4);
        apply(data(1, bytes));
        setup.call(() -> image.writeSidecar("x", bytes));
        setup.call(image::release);
        image = attach();
        assertArrayEquals(bytes, read(1, 4));
        assertArrayEquals(bytes, setup.call(() -> image.readSidecar("x")));
        assertEquals(1, image.lease().applied().sequence());
        apply(data(2, pattern(2, 1)));
    }

    @Test
    void afterGrowthTheNewBlocksAreZeros() throws Exception {
        setup.await(catalog.resize(DISK, 2 * BLOCKS * Image.BLOCK_BYTES));
        assertArrayEquals(new byte[Image.BLOCK_BYTES], read(2 * BLOCKS - 1, 1));
        apply(data(2 * BLOCKS - 1, pattern(1, 1)));
        assertArrayEquals(pattern(1, 1), read(2 * BLOCKS - 1, 1));
    }

    @Test
    void aClosedImageSaysSo() throws Exception {
        setup.call(image::close);
        assertFails(ImageFailure.CLOSED, () -> read(0, 1));
        assertFails(ImageFailure.CLOSED, () -> setup.call(() -> image.apply(next(data(0, pattern(1, 1))))));
        setup.call(image::close);
    }

    @Test
    void randomHistoryAgainstAModel() throws Exception {
        Random random = new Random(42);
        byte[][] model = new byte[300][];
        for (int round = 0; round < 60; round++) {
            List<Batch.BatchExtent> extents = new ArrayList<>();
            int block = random.nextInt(20);
            while (block < 280) {
                int count = 1 + random.nextInt(15);
                boolean unmapped = random.nextInt(4) == 0;
                byte[] bytes = pattern(random.nextLong(), count);
                extents.add(unmapped ? unmap(block, count) : data(block, bytes));
                for (int i = 0; i < count; i++) {
                    model[block + i] =
                            unmapped ? null : java.util.Arrays.copyOfRange(bytes, i * Image.BLOCK_BYTES, (i + 1) * Image.BLOCK_BYTES);
                }
                block += count + random.nextInt(60);
            }
            apply(extents.toArray(Batch.BatchExtent[]::new));
            int from = random.nextInt(250);
            byte[] seen = read(from, 50);
            for (int i = 0; i < 50; i++) {
                byte[] expected = model[from + i] == null ? new byte[Image.BLOCK_BYTES] : model[from + i];
                assertArrayEquals(expected, java.util.Arrays.copyOfRange(seen, i * Image.BLOCK_BYTES, (i + 1) * Image.BLOCK_BYTES));
            }
        }
    }
}

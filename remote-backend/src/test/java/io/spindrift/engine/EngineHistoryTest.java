package io.spindrift.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.image.AttachRequest;
import io.spindrift.image.Batch;
import io.spindrift.image.Batch.BatchExtent;
import io.spindrift.image.DiskType;
import io.spindrift.image.HostIdentity;
import io.spindrift.image.Image;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.ImageInfo;
import io.spindrift.image.LeasedImage;
import io.spindrift.image.ReadPriority;
import io.spindrift.image.ReadResult;
import io.spindrift.store.FaultyStore;
import io.spindrift.store.MemoryStore;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Seeded histories of writes, unmaps, growth, releases, crashes and every fault of the store, against a plain array for each sequence: what
 * an engine shows is always the history cut at one point, at or after what was acknowledged.
 */
class EngineHistoryTest {
    private static final ImageAddress DISK = new ImageAddress("alice", DiskType.DATA, "disk0");
    private static final HostIdentity HOST = new HostIdentity(new UUID(1, 1), "host");
    private static final UUID JOURNAL = new UUID(10, 1);
    private static final int BLOCKS = 200;
    private static final int STEPS = 60;

    private final MemoryStore truth = new MemoryStore();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T08:00:00Z"));
    /** What each sequence left: the stamp of each block, 0 for zeros. Sequence 0 is the empty image. */
    private final List<long[]> states = new ArrayList<>(java.util.Collections.singletonList(new long[BLOCKS]));
    /** Each sequence's changes: {first, count, stamp or 0}. */
    private final List<long[][]> changes = new ArrayList<>(java.util.Collections.singletonList(new long[0][]));
    private Random random;
    private FaultyStore store;
    private EngineSetup setup;
    private LeasedImage image;
    private long acknowledged;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyHistoryIsKept(long seed) throws Exception {
        random = new Random(seed);
        start(seed);
        setup.await(setup.catalog("alice").create(DISK, BLOCKS * (long) Image.BLOCK_BYTES));
        attach();
        for (int step = 0; step < STEPS; step++) {
            boolean faulty = random.nextInt(3) == 0;
            store.faults(faulty ? 0.1 : 0, faulty ? 0.2 : 0, faulty ? 0.05 : 0);
            write(1 + random.nextInt(6));
            store.faults(0, 0, 0);
            check();
            if (random.nextInt(8) == 0) {
                end(random.nextBoolean());
                start(seed * 1000 + step);
                attach();
                check();
            }
        }
        end(true);
    }

    private void start(long seed) throws Exception {
        store = new FaultyStore(truth, seed);
        setup = new EngineSetup(store, EngineSetup.eager(), seed, now);
    }

    private void attach() throws ImageException {
        image = setup.await(setup.catalog("alice").attach(DISK, new AttachRequest(HOST, JOURNAL, null), setup.home()));
        long applied = image.lease().applied().sequence();
        assertTrue(applied >= acknowledged && applied < states.size(), applied + " applied, " + acknowledged + " acknowledged");
        // What was told as failed may have been stored; from here on it is known to be.
        acknowledged = applied;
    }

    private void end(boolean release) throws Exception {
        LeasedImage last = image;
        if (release) {
            // What was told as failed may turn out to be there while it is sent again in other cuts, which then no longer follow.
            for (int attempt = 0; attempt < 10 && acknowledged < states.size() - 1; attempt++) {
                acknowledged = setup.call(last::info).appliedSequence();
                resend(acknowledged);
            }
            setup.call(last::release);
            assertEquals(states.size() - 1, acknowledged);
        }
        setup.close();
    }

    /** New writes, in batches cut at random that go out without waiting for each other. */
    private void write(int count) throws ImageException {
        long from = setup.call(image::info).appliedSequence();
        for (int i = 0; i < count; i++) {
            invent();
        }
        send(cut(from));
    }

    private void resend(long from) throws ImageException {
        send(cut(from));
    }

    private void invent() {
        long sequence = states.size();
        long[] state = states.get(states.size() - 1).clone();
        long[][] change = new long[1 + random.nextInt(4)][];
        for (int i = 0; i < change.length; i++) {
            int first = random.nextInt(BLOCKS);
            int blocks = 1 + random.nextInt(Math.min(20, BLOCKS - first));
            long stamp = random.nextInt(4) == 0 ? 0 : sequence;
            change[i] = new long[] {first, blocks, stamp};
            java.util.Arrays.fill(state, first, first + blocks, stamp);
        }
        states.add(state);
        changes.add(change);
    }

    private List<Batch> cut(long from) {
        List<Batch> batches = new ArrayList<>();
        long at = from;
        while (at < states.size() - 1) {
            long to = Math.min(states.size() - 1, at + 1 + random.nextInt(3));
            batches.add(batch(at, to));
            at = to;
        }
        return batches;
    }

    private Batch batch(long from, long to) {
        boolean[] touched = new boolean[BLOCKS];
        for (long sequence = from + 1; sequence <= to; sequence++) {
            for (long[] change : changes.get((int) sequence)) {
                java.util.Arrays.fill(touched, (int) change[0], (int) (change[0] + change[1]), true);
            }
        }
        long[] state = states.get((int) to);
        List<BatchExtent> extents = new ArrayList<>();
        for (int block = 0; block < BLOCKS; block++) {
            if (touched[block]) {
                extents.add(new BatchExtent(block, 1, state[block] == 0 ? null : stamped(state[block])));
            }
        }
        return new Batch(image.lease().epoch(), from, to, extents);
    }

    private static ByteBuf stamped(long stamp) {
        ByteBuffer block = ByteBuffer.allocate(Image.BLOCK_BYTES);
        while (block.hasRemaining()) {
            block.putLong(stamp);
        }
        return Unpooled.directBuffer(Image.BLOCK_BYTES).writeBytes(block.flip());
    }

    private void send(List<Batch> batches) throws ImageException {
        List<Supplier<CompletableFuture<Object>>> calls = new ArrayList<>();
        for (Batch batch : batches) {
            calls.add(() -> image.apply(batch).handle((done, failure) -> failure == null ? done : failure));
        }
        boolean failed = false;
        for (Object answer : setup.callAll(calls)) {
            if (answer instanceof Long applied) {
                assertTrue(!failed, "acknowledged behind one that failed");
                acknowledged = Math.max(acknowledged, applied);
            } else {
                failed = true;
                ImageFailure kind = ((ImageException) answer).failure();
                assertTrue(kind == ImageFailure.UNAVAILABLE || kind == ImageFailure.FULL || kind == ImageFailure.INVALID, answer.toString());
            }
        }
    }

    /**
     * What was told as failed may be found in the log later, by whatever reads it on next (a compaction, say). So the image may move on while it is looked at;
     * then it is looked at again.
     */
    private void check() throws ImageException {
        ImageInfo before;
        ImageInfo after = setup.call(image::info);
        ByteBuffer content = ByteBuffer.allocate(BLOCKS * Image.BLOCK_BYTES);
        do {
            before = after;
            ReadResult result = setup.call(() -> image.read(0, BLOCKS, ReadPriority.DEMAND));
            result.data().readBytes(content.clear()).release();
            after = setup.call(image::info);
            assertTrue(after.appliedSequence() >= before.appliedSequence(), "the image went back");
        } while (after.appliedSequence() != before.appliedSequence());
        long applied = after.appliedSequence();
        assertTrue(applied >= acknowledged, applied + " applied, " + acknowledged + " acknowledged");
        long[] expected = states.get((int) applied);
        long allocated = 0;
        for (int block = 0; block < BLOCKS; block++) {
            assertEquals(expected[block], content.getLong(block * Image.BLOCK_BYTES), "block " + block + " at " + applied);
            assertEquals(expected[block], content.getLong((block + 1) * Image.BLOCK_BYTES - 8));
            allocated += expected[block] == 0 ? 0 : 1;
        }
        assertEquals(allocated * Image.BLOCK_BYTES, after.allocatedBytes());
    }
}

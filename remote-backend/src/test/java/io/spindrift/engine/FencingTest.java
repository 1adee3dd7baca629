package io.spindrift.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.spindrift.engine.format.LogEntry;
import io.spindrift.engine.format.ObjectNames;
import io.spindrift.engine.log.ImageChain;
import io.spindrift.engine.log.ImageHistory;
import io.spindrift.engine.log.ImageLoader;
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
import io.spindrift.image.LeaseListener;
import io.spindrift.image.LeasedImage;
import io.spindrift.image.ReadPriority;
import io.spindrift.image.ReadResult;
import io.spindrift.store.FaultyStore;
import io.spindrift.store.MemoryStore;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two servers over one store fight for an image (law 3). */
class FencingTest {
    private static final ImageAddress DISK = new ImageAddress("alice", DiskType.DATA, "disk0");
    private static final UUID FIRST_JOURNAL = new UUID(10, 1);
    private static final UUID SECOND_JOURNAL = new UUID(20, 1);

    private final MemoryStore truth = new MemoryStore();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T08:00:00Z"));
    private FaultyStore firstStore;
    private EngineSetup first;
    private EngineSetup second;
    private UUID imageId;

    @BeforeEach
    void start() throws Exception {
        firstStore = new FaultyStore(truth, 1);
        first = new EngineSetup(firstStore, EngineSetup.eager(), 1, now);
        second = new EngineSetup(truth, EngineSetup.eager(), 2, now);
        imageId = first.await(first.catalog("alice").create(DISK, 1 << 20)).imageId();
    }

    @AfterEach
    void stop() throws Exception {
        first.close();
        second.close();
    }

    private static LeasedImage attach(EngineSetup setup, UUID journal, Instant acceptOlder) throws ImageException {
        HostIdentity host = new HostIdentity(journal, "host-" + journal.getMostSignificantBits());
        return setup.await(setup.catalog("alice").attach(DISK, new AttachRequest(host, journal, acceptOlder), setup.home()));
    }

    private LeasedImage takeOver() throws Exception {
        first.passLeaseTime();
        ImageInfo shown = second.await(second.catalog("alice").show(DISK));
        return attach(second, SECOND_JOURNAL, shown.lastApplied());
    }

    private static CompletableFuture<Long> apply(EngineSetup setup, LeasedImage image, long from, long stamp) {
        CompletableFuture<Long> result = new CompletableFuture<>();
        setup.home().execute(() -> {
            BatchExtent extent = new BatchExtent(3, 1, Unpooled.buffer(Image.BLOCK_BYTES).writeLong(stamp).writeZero(Image.BLOCK_BYTES - 8));
            image.apply(new Batch(image.lease().epoch(), from, from + 1, List.of(extent))).whenComplete((done, failure) -> {
                if (failure == null) {
                    result.complete(done);
                } else {
                    result.completeExceptionally(failure);
                }
            });
        });
        return result;
    }

    private static long stamp(EngineSetup setup, LeasedImage image) throws ImageException {
        ReadResult read = setup.call(() -> image.read(3, 1, ReadPriority.DEMAND));
        long stamp = read.data().getLong(0);
        read.data().release();
        return stamp;
    }

    private static ImageFailure failure(CompletableFuture<?> future) {
        ExecutionException thrown = assertThrows(ExecutionException.class, () -> future.get(30, TimeUnit.SECONDS));
        return ((ImageException) thrown.getCause()).failure();
    }

    private long number(LeasedImage image) throws Exception {
        ImageHistory history = new ImageLoader(truth).loadHistory(new ImageHistory(imageId, 256, 0));
        assertEquals(image.lease().epoch(), history.lease().epoch());
        return history.number();
    }

    @Test
    void aWriterThatSleptIsFencedAndWhatItPipelinedIsSkipped() throws Exception {
        LeasedImage old = attach(first, FIRST_JOURNAL, null);
        first.await(apply(first, old, 0, 11));
        long next = number(old) + 1;
        firstStore.hold(name -> name.equals(ObjectNames.logEntry(imageId, next)));
        CompletableFuture<Long> late = apply(first, old, 1, 12);
        firstStore.awaitHeld();
        CompletableFuture<Long> behind = apply(first, old, 2, 13);
        while (truth.length(ObjectNames.logEntry(imageId, next + 1)) < 0) {
            Thread.onSpinWait();
        }
        LeasedImage taken = takeOver();
        assertEquals(11, stamp(second, taken));
        second.await(apply(second, taken, 1, 22));
        firstStore.letGo();
        assertEquals(ImageFailure.FENCED, failure(late));
        assertEquals(ImageFailure.FENCED, failure(behind));
        assertEquals(ImageFailure.FENCED, failure(apply(first, old, 3, 14)));
        assertEquals(22, stamp(second, taken));
        assertEquals(2, second.call(taken::info).appliedSequence());
        assertEquals(22, recoveredStamp(false), "what a third server reads");
        assertNotEquals(22, recoveredStamp(true), "the control that does not look at epochs must be wrong");
    }

    /** Reads the log anew; with {@code ignoringEpochs} as a reader would that takes whatever it finds. */
    private long recoveredStamp(boolean ignoringEpochs) throws Exception {
        ImageLoader loader = new ImageLoader(truth);
        ImageChain chain = new ImageChain(new ImageHistory(imageId, 256, 0));
        long lastOfBlock = 0;
        for (long number = 1; ; number++) {
            LogEntry entry = loader.entry(imageId, number, -1);
            if (entry == null) {
                break;
            }
            chain.apply(entry);
            boolean blind = ignoringEpochs && entry.content() != null && entry.epoch() == 1;
            lastOfBlock = blind ? number : lastOfBlock;
        }
        long from = ignoringEpochs ? lastOfBlock : io.spindrift.engine.map.Place.number(chain.map().get(3));
        java.nio.ByteBuffer stamp = java.nio.ByteBuffer.allocate(8);
        truth.read(ObjectNames.logEntry(imageId, from), 4096, stamp);
        return stamp.getLong(0);
    }

    @Test
    void aPutThatArrivedBeforeTheTakeOverIsHistory() throws Exception {
        LeasedImage old = attach(first, FIRST_JOURNAL, null);
        first.await(apply(first, old, 0, 11));
        firstStore.faults(0, 1, 0);
        assertEquals(1L, second.await(second.catalog("alice").show(DISK)).appliedSequence());
        first.await(apply(first, old, 1, 12));
        firstStore.faults(0, 0, 0);
        LeasedImage taken = takeOver();
        assertEquals(2, taken.lease().applied().sequence());
        assertEquals(12, stamp(second, taken));
    }

    @Test
    void anIdleHolderLearnsOfItWhenItRenews() throws Exception {
        LeasedImage old = attach(first, FIRST_JOURNAL, null);
        CompletableFuture<String> told = new CompletableFuture<>();
        first.call(() -> {
            old.listen(new LeaseListener() {
                @Override
                public void fenced(String reason) {
                    told.complete(reason);
                }

                @Override
                public void linkChanged(boolean up, String reason) {}

                @Override
                public void resized(long newSizeBytes) {}
            });
            return CompletableFuture.completedFuture(null);
        });
        takeOver();
        ImageException fenced = assertThrows(ImageException.class, () -> first.call(() -> old.renew(0)));
        assertEquals(ImageFailure.FENCED, fenced.failure());
        assertTrue(told.get(30, TimeUnit.SECONDS).contains("host-20"));
        assertEquals(ImageFailure.FENCED,
                assertThrows(ImageException.class, () -> first.call(() -> old.read(0, 1, ReadPriority.DEMAND))).failure());
    }

    @Test
    void aServerThatFellBehindACheckpointReadsTheImageAnew() throws Exception {
        LeasedImage old = attach(first, FIRST_JOURNAL, null);
        first.await(apply(first, old, 0, 11));
        LeasedImage taken = takeOver();
        for (int i = 1; i < 40; i++) {
            second.await(apply(second, taken, i, 100 + i));
        }
        second.call(taken::release);
        LeasedImage again = attach(first, FIRST_JOURNAL, null);
        assertEquals(40, again.lease().applied().sequence());
        assertEquals(139, stamp(first, again));
        assertEquals(ImageFailure.FENCED, failure(apply(first, old, 1, 12)));
        first.await(apply(first, again, 40, 200));
        assertEquals(200, stamp(first, again));
    }

    @Test
    void aReaderThatDoesNotKnowThatItIsFencedHearsThatAndNotOfDamage() throws Exception {
        LeasedImage old = attach(first, FIRST_JOURNAL, null);
        first.await(apply(first, old, 0, 11));
        assertEquals(11, stamp(first, old));
        moveOn(number(old));
        assertEquals(ImageFailure.FENCED, assertThrows(ImageException.class, () -> stamp(first, old)).failure());
    }

    @Test
    void soDoesOneWhoseOwnPutsAreUnderWay() throws Exception {
        LeasedImage old = attach(first, FIRST_JOURNAL, null);
        first.await(apply(first, old, 0, 11));
        long own = number(old);
        firstStore.hold(name -> name.equals(ObjectNames.logEntry(imageId, own + 1)));
        CompletableFuture<Long> late = apply(first, old, 1, 12);
        firstStore.awaitHeld();
        moveOn(own);
        CompletableFuture<Long> read = new CompletableFuture<>();
        first.home().execute(() -> old.read(3, 1, ReadPriority.DEMAND).whenComplete((result, failure) -> {
            if (failure == null) {
                result.data().release();
                read.complete(0L);
            } else {
                read.completeExceptionally(failure);
            }
        }));
        firstStore.letGo();
        assertEquals(ImageFailure.FENCED, failure(read));
        assertEquals(ImageFailure.FENCED, failure(late));
    }

    /** The second server takes over and writes until the entry, which it has no use for any more, is gone. */
    private void moveOn(long entry) throws Exception {
        LeasedImage taken = takeOver();
        for (int i = 1; i < 40; i++) {
            second.await(apply(second, taken, i, 100 + i));
        }
        while (truth.length(ObjectNames.logEntry(imageId, entry)) >= 0) {
            second.await(second.catalog("alice").show(DISK));
        }
    }

    @Test
    void aServerThatFellBehindIsNotFooledByWhatIsLeftOfTheLog() throws Exception {
        LeasedImage old = attach(first, FIRST_JOURNAL, null);
        first.await(apply(first, old, 0, 11));
        first.call(old::release);
        LeasedImage taken = attach(second, SECOND_JOURNAL, null);
        for (int i = 1; i < 40; i++) {
            second.await(apply(second, taken, i, 100 + i));
        }
        second.await(second.catalog("alice").show(DISK));
        ImageInfo seen = first.await(first.catalog("alice").show(DISK));
        assertEquals(40, seen.appliedSequence(), "its lease entry is left, the batches behind it are gone");
        assertEquals(2, seen.lease().epoch());
        assertEquals(ImageFailure.INVALID, assertThrows(ImageException.class, () -> attach(first, FIRST_JOURNAL, null)).failure());
        second.await(apply(second, taken, 40, 200));
        assertEquals(200, stamp(second, taken));
    }

    @Test
    void anAttachThatWasOvertakenOnItsWayIsNotALease() throws Exception {
        LeasedImage old = attach(first, FIRST_JOURNAL, null);
        first.await(apply(first, old, 0, 11));
        long next = number(old) + 1;
        firstStore.hold(name -> name.equals(ObjectNames.logEntry(imageId, next)));
        CompletableFuture<LeasedImage> late = first.catalog("alice").attach(DISK,
                new AttachRequest(new HostIdentity(FIRST_JOURNAL, "host-10"), FIRST_JOURNAL, null), first.home());
        firstStore.awaitHeld();
        second.await(second.catalog("alice").resize(DISK, 2 << 20));
        LeasedImage taken = takeOver();
        for (int i = 1; i < 40; i++) {
            second.await(apply(second, taken, i, 100 + i));
        }
        while (truth.length(ObjectNames.logEntry(imageId, next)) >= 0) {
            second.await(second.catalog("alice").show(DISK));
        }
        firstStore.letGo();
        assertEquals(ImageFailure.INVALID, failure(late));
        second.await(apply(second, taken, 40, 200));
        assertEquals(200, stamp(second, taken));
        assertEquals(2, number(taken) > next ? taken.lease().epoch() : 0);
    }
}

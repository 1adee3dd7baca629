package io.spindrift.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link ImageCatalog} keeps: names, users, and the lease (law 3). Extended over each implementation. */
public abstract class ImageCatalogContract {
    protected static final ImageAddress DISK = new ImageAddress("alice", DiskType.DATA, "disk0");
    protected static final long MIB = 1 << 20;
    protected static final HostIdentity FIRST = new HostIdentity(new UUID(1, 1), "first-host");
    protected static final HostIdentity SECOND = new HostIdentity(new UUID(2, 2), "second-host");
    protected static final UUID JOURNAL = new UUID(10, 1);
    protected static final UUID OTHER_JOURNAL = new UUID(20, 2);

    protected CatalogUnderTest setup;
    protected ImageCatalog catalog;

    protected abstract CatalogUnderTest setUp() throws Exception;

    @BeforeEach
    void start() throws Exception {
        setup = setUp();
        catalog = setup.catalog("alice");
    }

    @AfterEach
    void stop() throws Exception {
        setup.close();
    }

    protected static void assertFails(ImageFailure failure, org.junit.jupiter.api.function.Executable call) {
        ImageException thrown = assertThrows(ImageException.class, call);
        assertEquals(failure, thrown.failure(), thrown.getMessage());
        assertFalse(thrown.getMessage().contains("\n"), "one line: " + thrown.getMessage());
    }

    protected LeasedImage attach(HostIdentity host, UUID journal) throws ImageException {
        return setup.await(catalog.attach(DISK, new AttachRequest(host, journal, null), setup.home()));
    }

    @Test
    void aNewImageIsEmptyAndFree() throws Exception {
        ImageInfo made = setup.await(catalog.create(DISK, 64 * MIB));
        assertEquals(DISK, made.address());
        assertEquals(64 * MIB, made.sizeBytes());
        assertEquals(0, made.allocatedBytes());
        assertEquals(0, made.appliedSequence());
        assertEquals(0, made.lastApplied().getNano());
        assertEquals(LeaseInfo.State.FREE, made.lease().state());
        assertEquals(0, made.lease().epoch());
        assertEquals(made, setup.await(catalog.show(DISK)));
        assertEquals("alice", catalog.user());
    }

    @Test
    void createRefusesATakenAddressAndAWrongSize() throws Exception {
        setup.await(catalog.create(DISK, MIB));
        assertFails(ImageFailure.INVALID, () -> setup.await(catalog.create(DISK, MIB)));
        ImageAddress other = new ImageAddress("alice", DiskType.DATA, "other");
        for (long wrong : new long[] {0, -4096, 4095, 4097, ImageCatalog.MAX_SIZE_BYTES + 4096}) {
            assertFails(ImageFailure.INVALID, () -> setup.await(catalog.create(other, wrong)));
        }
        assertFails(ImageFailure.INVALID, () -> setup.await(catalog.show(other)));
    }

    @Test
    void theDiskTypeIsPartOfTheAddress() throws Exception {
        ImageInfo data = setup.await(catalog.create(DISK, MIB));
        ImageInfo system = setup.await(catalog.create(new ImageAddress("alice", DiskType.SYSTEM, "disk0"), MIB));
        assertNotEquals(data.imageId(), system.imageId());
    }

    @Test
    void listIsOrderedAndPaged() throws Exception {
        List<ImageAddress> made = new ArrayList<>();
        for (DiskType type : List.of(DiskType.SCRATCH, DiskType.SYSTEM, DiskType.DATA)) {
            for (String name : List.of("b", "a", "c-1")) {
                made.add(setup.await(catalog.create(new ImageAddress("alice", type, name), MIB)).address());
            }
        }
        made.sort(null);
        List<ImageAddress> seen = new ArrayList<>();
        List<ImageInfo> page = setup.await(catalog.list(null, 4));
        while (!page.isEmpty()) {
            assertTrue(page.size() <= 4);
            page.forEach(row -> seen.add(row.address()));
            page = page.size() < 4 ? List.of() : setup.await(catalog.list(seen.get(seen.size() - 1), 4));
        }
        assertEquals(made, seen);
        assertFails(ImageFailure.INVALID, () -> setup.await(catalog.list(null, 0)));
        assertFails(ImageFailure.INVALID, () -> setup.await(catalog.list(null, 1001)));
    }

    @Test
    void anotherUsersImagesAreRefusedWhetherTheyExistOrNot() throws Exception {
        setup.await(catalog.create(DISK, MIB));
        ImageCatalog bob = setup.catalog("bob");
        assertEquals(List.of(), setup.await(bob.list(null, 10)));
        ImageAddress missing = new ImageAddress("alice", DiskType.DATA, "missing");
        for (ImageAddress foreign : List.of(DISK, missing)) {
            assertFails(ImageFailure.INVALID, () -> setup.await(bob.show(foreign)));
            assertFails(ImageFailure.INVALID, () -> setup.await(bob.create(foreign, MIB)));
            assertFails(ImageFailure.INVALID, () -> setup.await(bob.delete(foreign, true)));
            assertFails(ImageFailure.INVALID, () -> setup.await(bob.attach(foreign, new AttachRequest(SECOND, JOURNAL, null), setup.home())));
        }
        assertEquals(1, setup.await(catalog.list(null, 10)).size());
    }

    @Test
    void deleteFreesTheNameAndALaterImageIsAnother() throws Exception {
        ImageInfo first = setup.await(catalog.create(DISK, MIB));
        setup.await(catalog.delete(DISK, false));
        assertFails(ImageFailure.INVALID, () -> setup.await(catalog.show(DISK)));
        assertFails(ImageFailure.INVALID, () -> setup.await(catalog.delete(DISK, false)));
        assertNotEquals(first.imageId(), setup.await(catalog.create(DISK, MIB)).imageId());
    }

    @Test
    void deleteOfALeasedImageNeedsForce() throws Exception {
        setup.await(catalog.create(DISK, MIB));
        LeasedImage image = attach(FIRST, JOURNAL);
        assertFails(ImageFailure.INVALID, () -> setup.await(catalog.delete(DISK, false)));
        setup.call(image::close);
        assertFails(ImageFailure.INVALID, () -> setup.await(catalog.delete(DISK, false)));
        setup.await(catalog.delete(DISK, true));
        assertFails(ImageFailure.INVALID, () -> setup.await(catalog.show(DISK)));
    }

    @Test
    void resizeGrowsAndTellsTheHolder() throws Exception {
        setup.await(catalog.create(DISK, MIB));
        LeasedImage image = attach(FIRST, JOURNAL);
        CompletableFuture<Long> told = new CompletableFuture<>();
        listen(image, new RecordingListener() {
            @Override
            public void resized(long newSizeBytes) {
                told.complete(newSizeBytes);
            }
        });
        assertEquals(2 * MIB, setup.await(catalog.resize(DISK, 2 * MIB)).sizeBytes());
        assertEquals(2 * MIB, setup.await(told));
        assertEquals(2 * MIB, setup.call(image::info).sizeBytes());
        assertFails(ImageFailure.INVALID, () -> setup.await(catalog.resize(DISK, MIB)));
        assertFails(ImageFailure.INVALID, () -> setup.await(catalog.resize(DISK, 2 * MIB + 1)));
        setup.call(image::close);
    }

    @Test
    void theFirstLease() throws Exception {
        ImageInfo made = setup.await(catalog.create(DISK, MIB));
        LeasedImage image = attach(FIRST, JOURNAL);
        assertEquals(1, image.lease().epoch());
        assertEquals(HistoryPoint.NO_LEASE, image.lease().previousJournalId());
        assertTrue(image.lease().previousClean());
        assertEquals(new HistoryPoint(made.imageId(), 0, HistoryPoint.NO_LEASE, 0), image.lease().applied());
        LeaseInfo shown = setup.await(catalog.show(DISK)).lease();
        assertEquals(LeaseInfo.State.HELD, shown.state());
        assertEquals(image.lease().leaseId(), shown.leaseId());
        assertEquals(FIRST.hostId(), shown.hostId());
        assertEquals("first-host", shown.hostName());
        assertEquals(JOURNAL, shown.journalId());
        setup.call(image::close);
    }

    @Test
    void aHeldLeaseIsNeverMoved() throws Exception {
        ImageInfo made = setup.await(catalog.create(DISK, MIB));
        LeasedImage image = attach(FIRST, JOURNAL);
        assertFails(ImageFailure.INVALID, () -> attach(SECOND, OTHER_JOURNAL));
        AttachRequest pressing = new AttachRequest(SECOND, OTHER_JOURNAL, made.lastApplied());
        assertFails(ImageFailure.INVALID, () -> setup.await(catalog.attach(DISK, pressing, setup.home())));
        setup.call(() -> image.renew(0));
        setup.call(image::close);
    }

    @Test
    void aRefusalShowsTheImage() throws Exception {
        setup.await(catalog.create(DISK, MIB));
        LeasedImage image = attach(FIRST, JOURNAL);
        setup.call(() -> image.renew(12_345));
        ImageException refused = assertThrows(ImageException.class, () -> attach(SECOND, OTHER_JOURNAL));
        AttachRefusedException why = assertInstanceOf(AttachRefusedException.class, refused.getCause());
        assertEquals(DISK, why.image().address());
        assertEquals("first-host", why.image().lease().hostName());
        assertEquals(12_345, why.image().lease().dirtyBytes());
        assertEquals(LeaseInfo.State.HELD, why.image().lease().state());
        setup.call(image::close);
    }

    @Test
    void aReleasedLeaseIsFreeForAnyHost() throws Exception {
        setup.await(catalog.create(DISK, MIB));
        LeasedImage image = attach(FIRST, JOURNAL);
        setup.call(() -> image.apply(new Batch(1, 0, 7, List.of())));
        setup.call(image::release);
        assertEquals(LeaseInfo.State.FREE, setup.await(catalog.show(DISK)).lease().state());
        assertFails(ImageFailure.CLOSED, () -> setup.call(image::info));
        LeasedImage second = attach(SECOND, OTHER_JOURNAL);
        assertEquals(2, second.lease().epoch());
        assertEquals(JOURNAL, second.lease().previousJournalId());
        assertTrue(second.lease().previousClean());
        assertEquals(7, second.lease().applied().sequence());
        assertEquals(1, second.lease().applied().epoch());
        assertEquals(image.lease().leaseId(), second.lease().applied().leaseId());
        setup.call(second::close);
    }

    @Test
    void anAttachThatSawAnOlderLeaseIsToLookAgain() throws Exception {
        setup.await(catalog.create(DISK, 1 << 20));
        setup.call(attach(FIRST, JOURNAL)::close);
        assertFails(ImageFailure.UNAVAILABLE,
                () -> setup.await(catalog.attach(DISK, new AttachRequest(FIRST, JOURNAL, null, 0), setup.home())));
        assertEquals(1, setup.await(catalog.show(DISK)).lease().epoch());
        LeasedImage again = setup.await(catalog.attach(DISK, new AttachRequest(FIRST, JOURNAL, null, 1), setup.home()));
        assertEquals(2, again.lease().epoch());
    }

    @Test
    void theSameJournalTakesItsLeaseAgainAtOnceAndFencesItsFormerSelf() throws Exception {
        setup.await(catalog.create(DISK, MIB));
        LeasedImage before = attach(FIRST, JOURNAL);
        RecordingListener listener = new RecordingListener();
        listen(before, listener);
        LeasedImage again = attach(FIRST, JOURNAL);
        assertEquals(2, again.lease().epoch());
        assertFalse(again.lease().previousClean());
        assertEquals(JOURNAL, again.lease().previousJournalId());
        assertNotEquals(before.lease().leaseId(), again.lease().leaseId());
        setup.await(listener.fenced);
        assertFails(ImageFailure.FENCED, () -> setup.call(() -> before.apply(new Batch(1, 0, 1, List.of()))));
        assertFails(ImageFailure.FENCED, () -> setup.call(() -> before.read(0, 1, ReadPriority.DEMAND)).data().release());
        assertFails(ImageFailure.FENCED, () -> setup.call(() -> before.renew(0)));
        setup.call(() -> again.renew(0));
        setup.call(again::close);
    }

    @Test
    void aDirtyLeaseNeedsTheOperatorsWord() throws Exception {
        setup.await(catalog.create(DISK, MIB));
        LeasedImage lost = attach(FIRST, JOURNAL);
        setup.call(() -> lost.apply(new Batch(1, 0, 5, List.of())));
        setup.call(() -> lost.renew(777));
        setup.call(lost::close);
        setup.passLeaseTime();
        ImageInfo shown = setup.await(catalog.show(DISK));
        assertEquals(LeaseInfo.State.DIRTY, shown.lease().state());
        assertEquals(777, shown.lease().dirtyBytes());
        assertFails(ImageFailure.INVALID, () -> attach(SECOND, OTHER_JOURNAL));
        AttachRequest wrongTime = new AttachRequest(SECOND, OTHER_JOURNAL, shown.lastApplied().plusSeconds(1));
        assertFails(ImageFailure.INVALID, () -> setup.await(catalog.attach(DISK, wrongTime, setup.home())));
        AttachRequest accepting = new AttachRequest(SECOND, OTHER_JOURNAL, shown.lastApplied());
        LeasedImage taken = setup.await(catalog.attach(DISK, accepting, setup.home()));
        assertEquals(2, taken.lease().epoch());
        assertFalse(taken.lease().previousClean());
        assertEquals(JOURNAL, taken.lease().previousJournalId());
        assertFails(ImageFailure.INVALID, () -> attach(FIRST, JOURNAL));
        setup.call(taken::close);
    }

    @Test
    void aDirtyLeaseReturnsToItsJournal() throws Exception {
        setup.await(catalog.create(DISK, MIB));
        setup.call(attach(FIRST, JOURNAL)::close);
        setup.passLeaseTime();
        LeasedImage again = attach(FIRST, JOURNAL);
        assertEquals(2, again.lease().epoch());
        assertEquals(LeaseInfo.State.HELD, setup.await(catalog.show(DISK)).lease().state());
        setup.call(again::close);
    }

    @Test
    void resumeKeepsTheEpoch() throws Exception {
        setup.await(catalog.create(DISK, MIB));
        LeasedImage image = attach(FIRST, JOURNAL);
        setup.call(() -> image.apply(new Batch(1, 0, 3, List.of())));
        setup.call(image::close);
        Lease lease = image.lease();
        LeasedImage again = setup.await(catalog.resume(DISK, lease.epoch(), lease.leaseId(), setup.home()));
        assertEquals(lease.epoch(), again.lease().epoch());
        assertEquals(lease.leaseId(), again.lease().leaseId());
        assertEquals(4, setup.call(() -> again.apply(new Batch(1, 3, 4, List.of()))));
        setup.call(again::close);
    }

    @Test
    void resumeOfAnOldOrReturnedLeaseIsFenced() throws Exception {
        setup.await(catalog.create(DISK, MIB));
        LeasedImage first = attach(FIRST, JOURNAL);
        LeasedImage second = attach(FIRST, JOURNAL);
        assertFails(ImageFailure.FENCED, () -> setup.await(catalog.resume(DISK, 1, first.lease().leaseId(), setup.home())));
        assertFails(ImageFailure.FENCED, () -> setup.await(catalog.resume(DISK, 2, new UUID(3, 3), setup.home())));
        setup.call(second::release);
        assertFails(ImageFailure.FENCED, () -> setup.await(catalog.resume(DISK, 2, second.lease().leaseId(), setup.home())));
    }

    @Test
    void locateNamesAnObjectForDataOnly() throws Exception {
        setup.await(catalog.create(DISK, MIB));
        LeasedImage image = attach(FIRST, JOURNAL);
        byte[] block = new byte[Image.BLOCK_BYTES];
        block[17] = 4;
        Batch.BatchExtent extent = new Batch.BatchExtent(9, 1, Unpooled.copiedBuffer(block));
        setup.call(() -> image.apply(new Batch(1, 0, 1, List.of(extent))));
        assertTrue(setup.await(catalog.locate(DISK, 9)).lengthBytes() > 0);
        assertNull(setup.await(catalog.locate(DISK, 8)).object());
        assertFails(ImageFailure.INVALID, () -> setup.await(catalog.locate(DISK, MIB / Image.BLOCK_BYTES)));
        setup.call(image::close);
    }

    @Test
    void aClosedCatalogSaysSo() throws Exception {
        setup.await(catalog.create(DISK, MIB));
        setup.await(catalog.close());
        assertFails(ImageFailure.CLOSED, () -> setup.await(catalog.show(DISK)));
    }

    protected void listen(LeasedImage image, LeaseListener listener) throws ImageException {
        setup.call(() -> {
            image.listen(listener);
            return CompletableFuture.completedFuture(null);
        });
    }

    /** Remembers what it heard. */
    protected static class RecordingListener implements LeaseListener {
        public final CompletableFuture<String> fenced = new CompletableFuture<>();

        @Override
        public void fenced(String reason) {
            assertTrue(fenced.complete(reason), "fenced is told once");
        }

        @Override
        public void linkChanged(boolean up, String reason) {}

        @Override
        public void resized(long newSizeBytes) {}
    }
}

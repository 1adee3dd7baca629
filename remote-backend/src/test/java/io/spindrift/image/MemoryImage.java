package io.spindrift.image;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** What a {@link MemoryCatalog} keeps of one image. Made and guarded (its monitor) by the catalog; lives as long as it does. */
final class MemoryImage {
    /** What one batch changed. */
    private record Change(long toSequence, List<BlockRun> runs) {}

    /** A lease that was, and how far it brought the image. */
    private record Era(long epoch, UUID leaseId, long fromSequence, long toSequence) {}

    private final MemoryCatalog catalog;
    private final ImageAddress address;
    private final UUID imageId;
    private final TreeMap<Long, byte[]> blocks = new TreeMap<>();
    private final Map<String, byte[]> sidecars = new HashMap<>();
    private final List<Change> changes = new ArrayList<>();
    private final List<Era> eras = new ArrayList<>();
    private final List<MemoryLeasedImage> open = new ArrayList<>();
    private long sizeBytes;
    private long applied;
    private Instant lastApplied;
    private boolean givenBack = true;
    private LeaseInfo lease;
    private Lease given;
    private long leaseFrom;
    private long batchesApplied;

    MemoryImage(MemoryCatalog catalog, ImageAddress address, UUID imageId, long sizeBytes) {
        this.catalog = catalog;
        this.address = address;
        this.imageId = imageId;
        this.sizeBytes = sizeBytes;
        this.lastApplied = catalog.now().truncatedTo(ChronoUnit.SECONDS);
        this.lease = new LeaseInfo(
                LeaseInfo.State.FREE, 0, HistoryPoint.NO_LEASE, HistoryPoint.NO_LEASE, "", HistoryPoint.NO_LEASE, Instant.EPOCH, 0);
    }

    MemoryCatalog catalog() {
        return catalog;
    }

    long batchesApplied() {
        return batchesApplied;
    }

    ImageInfo info() {
        LeaseInfo now = new LeaseInfo(
                state(), lease.epoch(), lease.leaseId(), lease.hostId(), lease.hostName(), lease.journalId(), lease.lastHeard(), lease.dirtyBytes());
        return new ImageInfo(address, imageId, sizeBytes, blocks.size() * (long) Image.BLOCK_BYTES, applied, lastApplied, now);
    }

    private LeaseInfo.State state() {
        if (givenBack) {
            return LeaseInfo.State.FREE;
        }
        Duration silent = Duration.between(lease.lastHeard(), catalog.now());
        return silent.compareTo(MemoryCatalog.LEASE_TIME) > 0 ? LeaseInfo.State.DIRTY : LeaseInfo.State.HELD;
    }

    ImageInfo resize(long newSizeBytes) throws ImageException {
        if (newSizeBytes < sizeBytes || newSizeBytes % Image.BLOCK_BYTES != 0 || newSizeBytes > ImageCatalog.MAX_SIZE_BYTES) {
            throw MemoryCatalog.invalid("an image grows in blocks of 4096 bytes, from " + sizeBytes + " not to " + newSizeBytes);
        }
        if (newSizeBytes > sizeBytes) {
            sizeBytes = newSizeBytes;
            open.forEach(one -> one.tell(listener -> listener.resized(newSizeBytes)));
        }
        return info();
    }

    void delete() {
        fenceAll("the image was deleted");
    }

    BlockPlace locate(long block) throws ImageException {
        checkRange(block, 1);
        return blocks.containsKey(block) ? new BlockPlace("memory-" + imageId, block * Image.BLOCK_BYTES, Image.BLOCK_BYTES) : new BlockPlace(null, 0, 0);
    }

    LeasedImage attach(AttachRequest request, EventExecutor home) throws ImageException {
        LeaseInfo.State state = state();
        if (request.isOutdated(lease.epoch())) {
            throw new ImageException(ImageFailure.UNAVAILABLE, address + " is at lease " + lease.epoch() + ", not " + request.seenEpoch());
        }
        boolean sameJournal = lease.epoch() > 0 && lease.journalId().equals(request.journalId());
        boolean accepted = state == LeaseInfo.State.DIRTY && lastApplied.equals(request.acceptOlder());
        if (state != LeaseInfo.State.FREE && !sameJournal && !accepted) {
            String message = address + " is " + state + " by " + lease.hostName() + ", its state here is of " + lastApplied;
            throw new ImageException(ImageFailure.INVALID, message, new AttachRefusedException(info(), message));
        }
        fenceAll("lease " + lease.epoch() + " was followed by another");
        if (lease.epoch() > 0) {
            eras.add(new Era(lease.epoch(), lease.leaseId(), leaseFrom, applied));
        }
        HistoryPoint point = new HistoryPoint(imageId, lease.epoch(), lease.leaseId(), applied);
        given = new Lease(lease.epoch() + 1, catalog.newId(), lease.journalId(), givenBack, point);
        leaseFrom = applied;
        givenBack = false;
        lease = new LeaseInfo(
                LeaseInfo.State.HELD,
                given.epoch(),
                given.leaseId(),
                request.host().hostId(),
                request.host().name(),
                request.journalId(),
                catalog.now(),
                0);
        return opened(home);
    }

    LeasedImage resume(long epoch, UUID leaseId, EventExecutor home) throws ImageException {
        if (givenBack || epoch != lease.epoch() || !leaseId.equals(lease.leaseId())) {
            throw new ImageException(ImageFailure.FENCED, "lease " + epoch + " of " + address + " is not the last, or was given back");
        }
        return opened(home);
    }

    private LeasedImage opened(EventExecutor home) {
        MemoryLeasedImage image = new MemoryLeasedImage(this, given, home);
        open.add(image);
        return image;
    }

    private void fenceAll(String reason) {
        List.copyOf(open).forEach(one -> one.fence(reason));
        open.clear();
    }

    void closed(MemoryLeasedImage image) {
        open.remove(image);
    }

    void renew(long dirtyBytes) {
        lease = new LeaseInfo(
                lease.state(),
                lease.epoch(),
                lease.leaseId(),
                lease.hostId(),
                lease.hostName(),
                lease.journalId(),
                catalog.now(),
                dirtyBytes);
    }

    void release() {
        renew(0);
        givenBack = true;
        fenceAll("the lease was given back");
    }

    RunPage extents(long firstBlock, long blockCount) throws ImageException {
        checkRange(firstBlock, blockCount);
        RunCollector runs = new RunCollector(firstBlock + blockCount);
        for (long block : blocks.subMap(firstBlock, firstBlock + blockCount).keySet()) {
            if (!runs.add(block, block + 1)) {
                break;
            }
        }
        return runs.page();
    }

    ReadResult read(long firstBlock, int blockCount, ByteBuf into) throws ImageException {
        List<ReadResult.OwnedRun> runs = new ArrayList<>();
        for (long block = firstBlock; block < firstBlock + blockCount; block++) {
            byte[] bytes = blocks.get(block);
            if (bytes == null) {
                into.writeZero(Image.BLOCK_BYTES);
            } else {
                into.writeBytes(bytes);
            }
            UUID owner = bytes == null ? null : imageId;
            ReadResult.OwnedRun last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
            if (last != null && java.util.Objects.equals(last.owner(), owner)) {
                runs.set(runs.size() - 1, new ReadResult.OwnedRun(last.firstBlock(), last.blockCount() + 1, owner));
            } else {
                runs.add(new ReadResult.OwnedRun(block, 1, owner));
            }
        }
        return new ReadResult(into, runs);
    }

    long apply(Batch batch) throws ImageException {
        if (batch.epoch() != lease.epoch()) {
            throw new ImageException(ImageFailure.FENCED, "epoch " + batch.epoch() + " is not the last, " + lease.epoch());
        }
        if (batch.fromSequence() >= batch.toSequence()) {
            throw MemoryCatalog.invalid("a batch ends after it begins");
        }
        if (batch.toSequence() <= applied) {
            return applied;
        }
        if (batch.fromSequence() != applied) {
            throw MemoryCatalog.invalid("a batch from " + batch.fromSequence() + " does not follow " + applied);
        }
        List<BlockRun> changed = checked(batch);
        if (batch.firstWrong() >= 0) {
            throw new ImageException(ImageFailure.CORRUPT, "block " + batch.firstWrong() + " of a batch is not what its checksum was taken of");
        }
        batch.extents().forEach(this::put);
        applied = batch.toSequence();
        lastApplied = catalog.now().truncatedTo(ChronoUnit.SECONDS);
        changes.add(new Change(applied, changed));
        batchesApplied++;
        return applied;
    }

    private List<BlockRun> checked(Batch batch) throws ImageException {
        List<BlockRun> changed = new ArrayList<>();
        long next = 0;
        long dataBytes = 0;
        for (Batch.BatchExtent extent : batch.extents()) {
            checkRange(extent.firstBlock(), extent.blockCount());
            long bytes = extent.unmapped() ? 0 : extent.data().readableBytes();
            if (extent.firstBlock() < next || !extent.unmapped() && bytes != extent.blockCount() * Image.BLOCK_BYTES) {
                throw MemoryCatalog.invalid("the extents of a batch rise, do not overlap, and bring their bytes");
            }
            next = extent.firstBlock() + extent.blockCount();
            dataBytes += bytes;
            changed.add(new BlockRun(extent.firstBlock(), extent.blockCount()));
        }
        if (dataBytes > Batch.MAX_DATA_BYTES || batch.extents().size() > Batch.MAX_EXTENTS) {
            throw MemoryCatalog.invalid("a batch is larger than allowed");
        }
        return changed;
    }

    private void put(Batch.BatchExtent extent) {
        if (extent.unmapped()) {
            blocks.subMap(extent.firstBlock(), extent.firstBlock() + extent.blockCount()).clear();
            return;
        }
        for (int i = 0; i < extent.blockCount(); i++) {
            byte[] bytes = new byte[Image.BLOCK_BYTES];
            extent.data().getBytes(extent.data().readerIndex() + i * Image.BLOCK_BYTES, bytes);
            blocks.put(extent.firstBlock() + i, bytes);
        }
    }

    RunPage changedSince(HistoryPoint point, long firstBlock) throws ImageException {
        long blockCount = sizeBytes / Image.BLOCK_BYTES;
        if (firstBlock < 0 || firstBlock > blockCount) {
            throw MemoryCatalog.invalid("block " + firstBlock + " is past the end");
        }
        if (!onHistory(point)) {
            return null;
        }
        TreeMap<Long, Long> union = new TreeMap<>();
        for (Change change : changes) {
            if (change.toSequence > point.sequence()) {
                change.runs.forEach(run -> merge(union, run));
            }
        }
        RunCollector runs = new RunCollector(blockCount);
        for (Map.Entry<Long, Long> run : union.entrySet()) {
            if (run.getValue() > firstBlock && !runs.add(Math.max(firstBlock, run.getKey()), run.getValue())) {
                break;
            }
        }
        return runs.page();
    }

    private boolean onHistory(HistoryPoint point) {
        if (!point.imageId().equals(imageId)) {
            return false;
        }
        if (point.epoch() == 0) {
            return point.sequence() == 0;
        }
        if (point.epoch() == lease.epoch()) {
            return within(point, new Era(lease.epoch(), lease.leaseId(), leaseFrom, applied));
        }
        return eras.stream().anyMatch(era -> within(point, era));
    }

    private static boolean within(HistoryPoint point, Era era) {
        return point.epoch() == era.epoch
                && point.leaseId().equals(era.leaseId)
                && point.sequence() >= era.fromSequence
                && point.sequence() <= era.toSequence;
    }

    /** Puts {@code run} into a map of first block to end block whose entries neither overlap nor touch. */
    private static void merge(TreeMap<Long, Long> union, BlockRun run) {
        long first = run.firstBlock();
        long end = run.endBlock();
        Map.Entry<Long, Long> before = union.floorEntry(first);
        if (before != null && before.getValue() >= first) {
            first = before.getKey();
            end = Math.max(end, before.getValue());
        }
        for (Map.Entry<Long, Long> next = union.ceilingEntry(first); next != null && next.getKey() <= end; next = union.ceilingEntry(first)) {
            end = Math.max(end, next.getValue());
            union.remove(next.getKey());
        }
        union.put(first, end);
    }

    void writeSidecar(String name, byte[] value) throws ImageException {
        checkSidecar(name);
        if (value.length > Image.MAX_SIDECAR_BYTES) {
            throw MemoryCatalog.invalid("a sidecar has at most " + Image.MAX_SIDECAR_BYTES + " bytes");
        }
        sidecars.put(name, value.clone());
    }

    byte[] readSidecar(String name) throws ImageException {
        checkSidecar(name);
        byte[] value = sidecars.get(name);
        return value == null ? null : value.clone();
    }

    private static void checkSidecar(String name) throws ImageException {
        if (!name.matches("[a-z0-9.-]{1,64}")) {
            throw MemoryCatalog.invalid("a sidecar's name is 1 to 64 of a-z 0-9 . -");
        }
    }

    void checkRange(long firstBlock, long blockCount) throws ImageException {
        long end = sizeBytes / Image.BLOCK_BYTES;
        if (firstBlock < 0 || blockCount < 1 || firstBlock >= end || blockCount > end - firstBlock) {
            throw MemoryCatalog.invalid("blocks " + firstBlock + " + " + blockCount + " are not within the image's " + end);
        }
    }

    /** Gathers runs into one page, joining those that touch. */
    private static final class RunCollector {
        private final List<BlockRun> runs = new ArrayList<>();
        private final long end;
        private long next;

        RunCollector(long end) {
            this.end = end;
            this.next = end;
        }

        /** False where the page is full and this run begins the next. */
        boolean add(long first, long runEnd) {
            BlockRun last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
            if (last != null && last.endBlock() == first) {
                runs.set(runs.size() - 1, new BlockRun(last.firstBlock(), runEnd - last.firstBlock()));
                return true;
            }
            if (runs.size() == RunPage.MAX_RUNS) {
                next = first;
                return false;
            }
            runs.add(new BlockRun(first, runEnd - first));
            return true;
        }

        RunPage page() {
            return new RunPage(List.copyOf(runs), next);
        }
    }
}

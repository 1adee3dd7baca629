package io.spindrift.engine;

import io.spindrift.engine.format.EntryKind;
import io.spindrift.engine.manifest.LeaseSpan;
import io.spindrift.engine.format.LogEntry;
import io.spindrift.engine.log.BatchAppend;
import io.spindrift.engine.log.ControlAppend;
import io.spindrift.engine.log.Failures;
import io.spindrift.engine.log.ImageChain;
import io.spindrift.engine.log.ImageHistory;
import io.spindrift.engine.log.LogTail;
import io.spindrift.engine.read.BlockReader;
import io.spindrift.engine.read.SegmentIndex;
import io.spindrift.image.AttachRequest;
import io.spindrift.image.Batch;
import io.spindrift.image.HostIdentity;
import io.spindrift.image.Image;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.ImageInfo;
import io.spindrift.image.Lease;
import io.spindrift.image.LeaseInfo;
import io.spindrift.image.ReadPriority;
import io.spindrift.image.ReadResult;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One image: its chain, its log's tail, its reader, whoever holds it. Made by the engine when somebody asks for the image, lives on the
 * engine's loop, dropped by the engine when nobody uses it any more.
 */
final class SegmentedImage implements LogTail.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentedImage.class);
    private static final int REFRESH_ENTRIES = 256;

    private final ImageAddress address;
    private final EngineParts parts;
    private final ImageHolder holder;
    private final LogTail tail;
    private final BlockReader reader;
    private final ImageUpkeep upkeep;
    private final BlockRepair repair;
    private final List<EngineImage> handles = new ArrayList<>();
    private ImageChain chain;
    private CompletableFuture<Long> lastBatch = CompletableFuture.completedFuture(0L);

    SegmentedImage(ImageAddress address, EngineParts parts, ImageChain chain, ImageHolder holder) {
        this.address = address;
        this.parts = parts;
        this.chain = chain;
        this.holder = holder;
        tail = new LogTail(this, parts.calls, parts.store, parts.loader, parts.settings.putsInFlight());
        reader = new BlockReader(imageId(), () -> this.chain.map(), parts.reads, parts.indexes, parts.store, parts.loader);
        upkeep = new ImageUpkeep(this, parts);
        repair = new BlockRepair(this, parts);
    }

    UUID imageId() {
        return chain.history().imageId();
    }

    ImageAddress address() {
        return address;
    }

    @Override
    public ImageChain chain() {
        return chain;
    }

    LogTail tail() {
        return tail;
    }

    BlockRepair repair() {
        return repair;
    }

    /** Whether this engine gave the present lease to somebody who still has it, or nobody has it. */
    boolean mayTidy() {
        LeaseSpan lease = chain.history().lease();
        boolean heldHere = handles.stream().anyMatch(handle -> handle.lease().leaseId().equals(lease.leaseId()));
        return !chain.history().deleted() && (heldHere || lease.released() && holder.isOurs(lease.epoch()));
    }

    /** Whether nobody would miss this object. */
    boolean unused() {
        return handles.isEmpty() && tail.idle() && upkeep.idle() && chain.history().lease().released();
    }

    ImageInfo info() {
        ImageHistory history = chain.history();
        LeaseInfo lease = LeaseDesk.lease(history.lease(), holder.state(), parts.nowMs(), parts.settings.leaseTime().toMillis());
        return LeaseDesk.info(address, history, chain.map().allocatedBlocks(), lease);
    }

    /** Learns what others did to the image, then runs {@code then}. */
    void look(Runnable then) {
        tail.look(then);
    }

    /** Why the holder of {@code lease} may not go on; null where he may. */
    ImageException fencedOff(Lease lease) {
        LeaseSpan now = chain.history().lease();
        if (chain.history().deleted()) {
            return new ImageException(ImageFailure.FENCED, address + " was deleted");
        }
        if (!now.leaseId().equals(lease.leaseId())) {
            return new ImageException(ImageFailure.FENCED, address + ": lease " + lease.epoch() + " is over, lease " + now.epoch() + " was given to "
                    + now.facts().hostName());
        }
        return now.released() ? new ImageException(ImageFailure.FENCED, address + ": lease " + lease.epoch() + " was given back") : null;
    }

    /** Takes the lease. @return completes on the loop, when the image's LEASE entry is in the log */
    CompletableFuture<Lease> attach(AttachRequest request) {
        CompletableFuture<Lease> result = new CompletableFuture<>();
        look(() -> append(leaseAppend(request, parts.newId(), result)));
        return result;
    }

    private ControlAppend leaseAppend(AttachRequest request, UUID leaseId, CompletableFuture<Lease> result) {
        HostIdentity host = request.host();
        LogEntry.LeaseFacts facts = new LogEntry.LeaseFacts(host.hostId(), host.name(), request.journalId());
        CompletableFuture<Void> put = new CompletableFuture<>();
        put.whenComplete((nothing, failure) -> {
            if (failure == null) {
                result.complete(LeaseDesk.granted(chain.history()));
            } else {
                result.completeExceptionally(failure);
            }
        });
        return new ControlAppend(
                history -> history.lease().leaseId().equals(leaseId),
                history -> history.deleted() ? gone() : LeaseDesk.refusal(info(), request),
                (at, number) -> new LogEntry(EntryKind.LEASE, imageId(), number, at.history().lease().epoch() + 1, leaseId, parts.nowMs(),
                        at.map().allocatedBlocks(), at.history().sizeBlocks(), facts, null),
                true, put);
    }

    CompletableFuture<Void> release(Lease lease) {
        return control(EntryKind.RELEASE, history -> history.lease().leaseId().equals(lease.leaseId()) && history.lease().released(),
                history -> fencedOff(lease), 0);
    }

    CompletableFuture<Void> resize(long sizeBlocks) {
        return control(EntryKind.RESIZE, history -> history.sizeBlocks() == sizeBlocks, history -> {
            if (history.deleted()) {
                return gone();
            }
            return history.sizeBlocks() > sizeBlocks
                    ? new ImageException(ImageFailure.INVALID, address + " has " + history.sizeBlocks() * Image.BLOCK_BYTES
                            + " bytes, and an image only grows")
                    : null;
        }, sizeBlocks);
    }

    CompletableFuture<Void> delete(boolean force) {
        return control(EntryKind.DELETED, ImageHistory::deleted, history -> {
            LeaseInfo lease = info().lease();
            boolean free = force || lease.state() == LeaseInfo.State.FREE;
            return free ? null : new ImageException(ImageFailure.INVALID, address + " is leased to " + lease.hostName() + " ("
                    + lease.state() + "): deleting it needs force");
        }, 0);
    }

    private CompletableFuture<Void> control(EntryKind kind, java.util.function.Predicate<ImageHistory> isDone,
            java.util.function.Function<ImageHistory, ImageException> check, long newSize) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        look(() -> append(new ControlAppend(isDone, check, (at, number) -> {
            ImageHistory history = at.history();
            return new LogEntry(kind, imageId(), number, history.lease().epoch(), history.lease().leaseId(), parts.nowMs(),
                    at.map().allocatedBlocks(), newSize > 0 ? newSize : history.sizeBlocks(), null, null);
        }, kind != EntryKind.RELEASE, result)));
        return result;
    }

    private void append(ControlAppend append) {
        tail.append(append);
    }

    private ImageException gone() {
        return new ImageException(ImageFailure.INVALID, "there is no image " + address);
    }

    /** Takes the batch's buffers over. */
    CompletableFuture<Long> apply(Batch batch, Lease lease) {
        ImageException problem = problem(batch, lease);
        long planned = tail.plannedSequence();
        if (problem == null && batch.toSequence() > planned) {
            CompletableFuture<Long> result = new CompletableFuture<>();
            lastBatch = result;
            tail.append(new BatchAppend(batch, lease.leaseId(), parts::nowMs, result));
            return result;
        }
        batch.release();
        if (problem != null) {
            return CompletableFuture.failedFuture(problem);
        }
        long applied = chain.history().appliedSequence();
        if (batch.toSequence() <= applied) {
            return CompletableFuture.completedFuture(applied);
        }
        // Asked for already, and under way: whoever asks again hears of it when everything that was asked for is there.
        return lastBatch.handle((done, failure) -> done).thenCompose(done -> answered(batch.toSequence()));
    }

    private CompletableFuture<Long> answered(long sequence) {
        long applied = chain.history().appliedSequence();
        return applied >= sequence
                ? CompletableFuture.completedFuture(applied)
                : CompletableFuture.failedFuture(new ImageException(ImageFailure.UNAVAILABLE, "the batch could not be stored"));
    }

    private ImageException problem(Batch batch, Lease lease) {
        ImageException fenced = fencedOff(lease);
        if (fenced != null) {
            return fenced;
        }
        if (batch.epoch() != lease.epoch()) {
            return new ImageException(ImageFailure.INVALID, "a batch of epoch " + batch.epoch() + " under lease " + lease.epoch());
        }
        String malformed = BatchAppend.problem(batch, chain.history().sizeBlocks());
        if (malformed != null) {
            return new ImageException(ImageFailure.INVALID, address + ": " + malformed);
        }
        long planned = tail.plannedSequence();
        boolean known = batch.toSequence() <= planned;
        return known || batch.fromSequence() == planned
                ? null
                : new ImageException(ImageFailure.INVALID, address + ": batch (" + batch.fromSequence() + ", " + batch.toSequence()
                        + "] does not follow " + planned);
    }

    /**
     * Reads for a holder. Where something is not as the map says, another server may have taken the image over and moved its blocks: that is not
     * damage, and whoever was fenced by it hears so. What is read while the lease goes may be the next holder's, and is not handed out.
     */
    CompletableFuture<ReadResult> read(long firstBlock, int blockCount, ReadPriority priority, Lease lease) {
        return reader.read(firstBlock, blockCount, priority).exceptionallyCompose(failure -> {
            if (Failures.of(failure).failure() != ImageFailure.CORRUPT) {
                return CompletableFuture.failedFuture(failure);
            }
            CompletableFuture<Void> known = new CompletableFuture<>();
            tail.readOn(() -> known.complete(null));
            return known.thenCompose(nothing -> fencedOff(lease) == null
                    ? reader.read(firstBlock, blockCount, priority)
                    : CompletableFuture.failedFuture(failure));
        }).handle((result, failure) -> {
            ImageException fenced = fencedOff(lease);
            if (fenced == null) {
                return failure == null ? CompletableFuture.completedFuture(result) : CompletableFuture.<ReadResult>failedFuture(failure);
            }
            if (result != null) {
                result.data().release();
            }
            return CompletableFuture.<ReadResult>failedFuture(fenced);
        }).thenCompose(answer -> answer);
    }

    void opened(EngineImage handle) {
        handles.add(handle);
        holder.ours(chain.history().lease().epoch());
        holder.heard(chain.history().lease().epoch(), parts.nowMs());
    }

    void closed(EngineImage handle) {
        handles.remove(handle);
    }

    ImageHolder holder() {
        return holder;
    }

    @Override
    public void committed(LogEntry entry, boolean own) {
        if (entry.content() != null) {
            parts.indexes.put(imageId(), entry.number(), SegmentIndex.of(entry));
        }
        taken(entry, own);
        upkeep.grown();
    }

    private void taken(LogEntry entry, boolean own) {
        long epoch = chain.history().lease().epoch();
        switch (entry.kind()) {
            case LEASE -> {
                holder.taken(epoch, parts.nowMs());
                tellFenced();
            }
            case RELEASE -> {
                tellFenced();
                upkeep.released();
            }
            case DELETED -> tellFenced();
            case RESIZE -> List.copyOf(handles).forEach(handle -> handle.resized(chain.history().sizeBlocks() * Image.BLOCK_BYTES));
            case SEGMENT -> {
                if (!own) {
                    holder.heard(epoch, parts.nowMs());
                }
            }
            // A server's work: it says nothing about the holder.
            case COMPACT -> { }
        }
    }

    private void tellFenced() {
        for (EngineImage handle : List.copyOf(handles)) {
            ImageException fenced = fencedOff(handle.lease());
            if (fenced != null) {
                handle.fenced(fenced.getMessage());
            }
        }
    }

    @Override
    public void refresh(Consumer<Throwable> then) {
        ImageHistory history = chain.history();
        long next = history.number() + 1;
        parts.calls.call(() -> {
            List<LogEntry> entries = parts.loader.entries(imageId(), next, REFRESH_ENTRIES);
            // Below another server's checkpoint entries may be gone, and what lies in a gap may be anybody's late put: nothing there is read on.
            boolean overtaken = parts.loader.newestManifest(imageId()) >= next;
            return new Found(entries, overtaken ? parts.loader.load(new ImageHistory(imageId(), history.sizeBlocks(), history.appliedMs())) : null);
        }).whenComplete((found, failure) -> {
            if (failure != null) {
                LOG.warn("{}: the log can't be read on: {}", address, Failures.of(failure).getMessage());
                then.accept(failure);
            } else if (take(found)) {
                refresh(then);
            } else {
                then.accept(null);
            }
        });
    }

    /** What lies beyond what we knew: entries, or, where those are gone, the whole image anew. */
    private record Found(List<LogEntry> entries, ImageChain anew) {}

    /** @return whether there may be more */
    private boolean take(Found found) {
        if (found.anew != null) {
            LOG.info("{}: read anew, another server has moved it on to entry {}", address, found.anew.history().number());
            chain = found.anew;
            holder.heard(chain.history().lease().epoch(), parts.nowMs());
            tellFenced();
            return false;
        }
        for (LogEntry entry : found.entries) {
            if (chain.apply(entry)) {
                committed(entry, false);
            }
        }
        return found.entries.size() == REFRESH_ENTRIES;
    }

    /** Ends everything. @return when nothing of it runs any more */
    CompletableFuture<Void> close() {
        List.copyOf(handles).forEach(EngineImage::closedByEngine);
        handles.clear();
        tail.close();
        return upkeep.close();
    }
}

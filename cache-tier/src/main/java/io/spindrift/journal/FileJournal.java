package io.spindrift.journal;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.image.HistoryPoint;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal in segment files. Made by {@link #open}; lives on its volume's home loop, where records are gathered, written at the end of
 * the loop's turn and read; syncs, new segments and the state file are the blocking executor's. Closed by the volume.
 *
 * <p>A position is {@code ordinal * segmentBytes + offset}: ordinals count segments for ever, files are used again.
 */
public final class FileJournal implements Journal {
    /** Most data bytes of one record in segments of 8 MiB or more; half a segment in smaller ones. */
    public static final int MAX_RECORD_BYTES = 4 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(FileJournal.class);
    /** Most that waits for a segment being prepared, before {@link #hasRoom} says no. */
    private static final long MAX_WAITING_BYTES = 16 << 20;

    private enum State { OPEN, FAILED, CLOSING, CLOSED }

    private final JournalFolder folder;
    private final EventExecutor home;
    private final RandomGenerator random;
    private final JournalTasks tasks;
    private final JournalStage stage;
    private final JournalReader reader;
    private final List<JournalSegment> live;
    private final ArrayDeque<JournalSegment> free;
    private final int segmentBytes;
    private final int maxSegments;
    private final boolean wasClean;
    private final Runnable endOfTurn = this::endTurn;
    private State state = State.OPEN;
    private BlockFailure failure = BlockFailure.CLOSED;
    private JournalState durableState;
    private HistoryPoint lease;
    private JournalSegment current;
    private JournalSegment next;
    private boolean turnScheduled;
    private int nextSlot;
    private long lastSequence;
    private long trimmedSequence;
    private long durableSequence;
    private long lastDataPosition;
    private final DiskShortage shortage;
    private final GroupCommit commits;

    private FileJournal(JournalSettings settings, JournalRecovery found, EventExecutor home, Executor blocking, RandomGenerator random) {
        this.home = home;
        this.random = random;
        folder = found.folder;
        tasks = new JournalTasks(home, blocking);
        stage = new JournalStage(settings.stageBytes());
        reader = new JournalReader(folder, stage);
        shortage = new DiskShortage(folder.disk.name(), home, this::tryAgain);
        live = new ArrayList<>(found.live);
        free = new ArrayDeque<>(found.free);
        durableState = found.state;
        segmentBytes = durableState.segmentBytes();
        maxSegments = settings.segments(segmentBytes);
        wasClean = found.wasClean;
        lease = durableState.lease();
        lastSequence = found.lastSequence;
        trimmedSequence = durableState.trimmedSequence();
        durableSequence = lastSequence;
        current = live.get(live.size() - 1);
        lastDataPosition = position(current, current.end);
        live.forEach(segment -> nextSlot = Math.max(nextSlot, segment.slot + 1));
        free.forEach(segment -> nextSlot = Math.max(nextSlot, segment.slot + 1));
        commits = new GroupCommit(home, tasks, new Commits(), lastSequence);
    }

    /**
     * Opens the journal in a folder, or makes one there. Called on the home loop; the future completes there, with a
     * {@link JournalCorruptException} where the folder holds something that is no journal this code can vouch for (nothing is touched
     * then), or another {@link IOException}, one line each.
     *
     * @param blocking carries out what blocks; may run it at once
     */
    public static CompletableFuture<FileJournal> open(JournalSettings settings, JournalDisk disk, EventExecutor home, Executor blocking,
        RandomGenerator random) {
        UUID id = new UUID(random.nextLong() & ~0xF000L | 0x4000L, random.nextLong() >>> 2 | 0x8000000000000000L);
        JournalRecovery recovery = new JournalRecovery(settings, disk, id, random.nextLong());
        CompletableFuture<FileJournal> opened = new CompletableFuture<>();
        new JournalTasks(home, blocking).run(recovery::run, failure -> {
            if (failure != null) {
                opened.completeExceptionally(failure);
                return;
            }
            FileJournal journal = new FileJournal(settings, recovery, home, blocking, random);
            journal.prepare();
            opened.complete(journal);
        });
        return opened;
    }

    private void state(State next, String reason) {
        if (state != next) {
            LOG.info("{}: {} -> {}: {}", folder.disk.name(), state, next, reason);
            state = next;
        }
    }

    @Override
    public UUID id() {
        return durableState.id();
    }

    @Override
    public int maxRecordBytes() {
        return Math.min(MAX_RECORD_BYTES, segmentBytes / 2);
    }

    @Override
    public long appendWrite(long lba, int sectorCount, ByteBuf src, Completion written) {
        if (lba < 0 || sectorCount < 1 || sectorCount > maxRecordBytes() / 512) {
            throw new IllegalArgumentException("a record holds 1 to " + maxRecordBytes() / 512 + " sectors, not " + sectorCount);
        }
        return append(JournalFormat.WRITE, lba, sectorCount, src, written);
    }

    @Override
    public long appendUnmap(long lba, long sectorCount, Completion written) {
        if (lba < 0 || sectorCount < 1) {
            throw new IllegalArgumentException("an unmap of " + sectorCount + " sectors at " + lba);
        }
        return append(JournalFormat.UNMAP, lba, sectorCount, null, written);
    }

    private long append(int kind, long lba, long sectorCount, ByteBuf src, Completion written) {
        int bytes = src == null ? JournalFormat.RECORD_HEADER_BYTES : JournalFormat.writeBytes(lba, sectorCount);
        if (state != State.OPEN) {
            home.execute(() -> written.failed(failure));
            return lastSequence;
        }
        if (bytes > segmentBytes - current.end && !roll()) {
            home.execute(() -> written.failed(BlockFailure.FULL));
            return lastSequence;
        }
        lastSequence++;
        int at = current.end;
        lastDataPosition = position(current, at + JournalFormat.RECORD_HEADER_BYTES);
        stage.record(current, kind, lastSequence, lba, sectorCount, src);
        current.add(lastSequence, at, lba, sectorCount, src == null);
        stage.await(position(current, current.end), written);
        scheduleTurn();
        return lastSequence;
    }

    private long position(JournalSegment segment, int offset) {
        return segment.ordinal * segmentBytes + offset;
    }

    /** Goes on in the next segment, which may still be in preparation; false where the capacity has none. */
    private boolean roll() {
        if (next == null) {
            prepare();
        }
        if (next == null) {
            return false;
        }
        if (segmentBytes - current.end >= JournalFormat.RECORD_HEADER_BYTES) {
            stage.record(current, JournalFormat.END, lastSequence, 0, 0, null);
        }
        current = next;
        live.add(current);
        next = null;
        prepare();
        return true;
    }

    /** Makes the segment after the current one ready, off the loop, before it is needed. */
    private void prepare() {
        if (next != null || state != State.OPEN || live.size() >= maxSegments) {
            return;
        }
        JournalSegment segment = free.isEmpty() ? new JournalSegment(nextSlot++) : free.poll();
        segment.use(current.ordinal + 1, random.nextLong());
        next = segment;
        prepare(segment);
    }

    private void prepare(JournalSegment segment) {
        tasks.submit(() -> preparation(segment), failed -> prepared(segment, failed));
    }

    private JournalTasks.Blocking preparation(JournalSegment segment) {
        if (shortage.isBefore(segment)) {
            return shortage::refuse;
        }
        if (segment.file == null && !commits.running()) {
            // One that was trimmed meanwhile needs no room of the disk. A sync that is under way may be at work on its file.
            free.stream().filter(other -> other.file != null).findFirst().ifPresent(segment::exchangeFiles);
        }
        JournalState given = captured().withSegments(live.get(0).ordinal, segment.ordinal - 1);
        durableState = given;
        return () -> {
            folder.write(given);
            folder.openSegment(segment, segmentBytes);
            folder.writeHeader(segment, given.id(), segment.ordinal, segment.salt);
            folder.write(given.withSegments(given.firstOrdinal(), segment.ordinal));
        };
    }

    private void prepared(JournalSegment segment, IOException failed) {
        if (failed != null && state == State.OPEN && JournalFolder.noSpace(failed)) {
            shortage.unprepared(segment, failed.getMessage());
            return;
        } else if (failed != null) {
            fail("segment " + segment.ordinal + " can't be prepared: " + failed.getMessage(), failed);
            return;
        }
        durableState = durableState.withSegments(durableState.firstOrdinal(), segment.ordinal);
        segment.ready = true;
        shortage.prepared(segment);
        goOn();
    }

    private void goOn() {
        flushStage();
        stage.complete(JournalReader.writtenPosition(live, segmentBytes));
        prepare();
        commits.start();
    }

    private void tryAgain() {
        if (state == State.FAILED || state == State.CLOSED) {
            return;
        }
        shortage.takeWaiting().forEach(this::prepare);
        goOn();
    }

    private JournalState captured() {
        return durableState.withSequences(Math.min(trimmedSequence, lastSequence), durableSequence).withLease(lease);
    }

    private void scheduleTurn() {
        if (stage.bytes() >= MAX_WAITING_BYTES / 4) {
            flushStage();
        }
        if (!turnScheduled) {
            turnScheduled = true;
            home.execute(endOfTurn);
        }
    }

    private void endTurn() {
        turnScheduled = false;
        flushStage();
        commits.foresee();
        stage.complete(JournalReader.writtenPosition(live, segmentBytes));
    }

    private void flushStage() {
        if (state == State.FAILED || state == State.CLOSED) {
            return;
        }
        try {
            stage.write();
            shortage.written();
        } catch (IOException e) {
            if (JournalFolder.noSpace(e)) {
                shortage.unwritten(e.getMessage());
            } else {
                fail("records can't be written: " + e.getMessage(), e);
            }
        }
    }

    private void fail(String reason, IOException cause) {
        if (state == State.FAILED || state == State.CLOSED) {
            return;
        }
        failure = JournalFolder.noSpace(cause) ? BlockFailure.FULL : BlockFailure.UNAVAILABLE;
        state(State.FAILED, reason);
        shortage.end();
        LOG.error("{}: journal failed: {}", folder.disk.name(), reason);
        stage.fail(failure);
        commits.fail(failure);
    }

    @Override
    public long lastDataPosition() {
        return lastDataPosition;
    }

    @Override
    public long lastSequence() {
        return lastSequence;
    }

    @Override
    public boolean hasRoom(long bytes) {
        if (state != State.OPEN) {
            return false;
        }
        long record = JournalFormat.mostWriteBytes(bytes);
        if (shortage.isThere()) {
            return current.ready && stage.isEmpty() && record <= segmentBytes - current.end;
        }
        if (!current.ready && stage.bytes() + record > MAX_WAITING_BYTES) {
            return false;
        }
        long unused = (long) (maxSegments - live.size()) * (segmentBytes - JournalFormat.SEGMENT_HEADER_BYTES);
        return record <= segmentBytes - current.end || record <= unused;
    }

    @Override
    public BlockFailure failure() {
        return state == State.OPEN ? null : failure;
    }

    @Override
    public String shortage() {
        return shortage.reason();
    }

    @Override
    public void sync(Completion synced) {
        if (state != State.OPEN) {
            home.execute(() -> synced.failed(failure));
            return;
        }
        commits.sync(synced);
    }

    /** What group commit asks of this journal. */
    private final class Commits implements GroupCommit.Records {
        @Override
        public long lastSequence() {
            return lastSequence;
        }

        @Override
        public boolean handOver() {
            flushStage();
            return stage.isEmpty() && state != State.FAILED;
        }

        @Override
        public List<JournalSegment> takeUnsynced() {
            return FileJournal.this.takeUnsynced();
        }

        @Override
        public BlockFailure synced(long sequence, IOException failed) {
            if (failed != null) {
                fail("sync failed: " + failed.getMessage(), failed);
            }
            if (state == State.FAILED) {
                return failure;
            }
            durableSequence = Math.max(durableSequence, sequence);
            stage.complete(JournalReader.writtenPosition(live, segmentBytes));
            return null;
        }
    }

    /** Segments that were given up too: the state on the disk may still count them, and a recovery that finds one torn would stop there. */
    private List<JournalSegment> takeUnsynced() {
        List<JournalSegment> files = new ArrayList<>(2);
        all().forEach(segment -> segment.takeUnsynced(files));
        return files;
    }

    @Override
    public void read(long position, int lengthBytes, ByteBuf dst, int dstIndex) throws JournalCorruptException {
        reader.read(reader.segmentOf(live, segmentBytes, position), (int) (position & segmentBytes - 1), lengthBytes, dst, dstIndex);
    }

    @Override
    public void checksums(long position, int blockCount, int[] into, int at) throws JournalCorruptException {
        reader.checksums(reader.segmentOf(live, segmentBytes, position), (int) (position & segmentBytes - 1), blockCount, into, at);
    }

    @Override
    public CompletableFuture<Scrubbed> scrub(long from, int bytes) {
        return state == State.OPEN
            ? new JournalScrub(reader, live, segmentBytes).run(from, bytes, trimmedSequence, tasks)
            : CompletableFuture.completedFuture(new Scrubbed(-1, 0, List.of()));
    }

    @Override
    public void replay(long afterSequence, JournalVisitor visitor) {
        JournalReader.replay(live, segmentBytes, afterSequence, visitor);
    }

    @Override
    public void trim(long sequence) {
        if (sequence <= trimmedSequence) {
            return;
        }
        trimmedSequence = Math.min(sequence, lastSequence);
        while (live.size() > 1 && live.get(0).freeable(trimmedSequence)) {
            boolean surplus = live.size() + free.size() + (next == null ? 0 : 1) > maxSegments;
            if (!surplus || live.get(0).unsynced) {
                free.add(live.remove(0));
            } else if (commits.running()) {
                break; // A sync may be at work on the file; the next trim drops it.
            } else {
                drop(live.remove(0));
            }
        }
        if (shortage.isThere() && free.stream().anyMatch(segment -> segment.file != null)) {
            tryAgain();
        }
        prepare();
    }

    /** The capacity was set lower: the file goes. */
    private void drop(JournalSegment segment) {
        tasks.submit(() -> {
            JournalState given = captured().withSegments(live.get(0).ordinal, durableState.preparedOrdinal());
            durableState = given;
            return () -> {
                folder.write(given);
                segment.file.close();
                folder.disk.delete(JournalFormat.segmentFile(segment.slot));
            };
        }, failed -> {
            if (failed != null) {
                LOG.warn("{}: a file that is not needed can't be deleted: {}", folder.disk.name(), failed.getMessage());
            }
        });
    }

    @Override
    public long trimmedPosition() {
        return position(live.get(0), JournalFormat.SEGMENT_HEADER_BYTES);
    }

    @Override
    public long usedBytes() {
        return trimmedSequence >= lastSequence ? 0 : position(current, current.end) - live.get(0).ordinal * segmentBytes;
    }

    @Override
    public long capacityBytes() {
        return (long) maxSegments * segmentBytes;
    }

    @Override
    public long usableBytes() {
        return (long) (maxSegments - 1) * segmentBytes;
    }

    @Override
    public boolean wasClean() {
        return wasClean;
    }

    @Override
    public HistoryPoint lease() {
        return lease;
    }

    @Override
    public void begin(HistoryPoint newLease, Completion noted) {
        if (state != State.OPEN) {
            home.execute(() -> noted.failed(failure));
            return;
        }
        boolean empty = trimmedSequence >= lastSequence || newLease.sequence() >= lastSequence;
        if (empty && newLease.sequence() != lastSequence && !restart(newLease.sequence())) {
            home.execute(() -> noted.failed(BlockFailure.UNAVAILABLE));
            return;
        }
        lease = newLease;
        tasks.submit(() -> {
            JournalState now = captured().withSegments(live.get(0).ordinal, durableState.preparedOrdinal());
            durableState = now;
            return () -> folder.write(now);
        }, failed -> {
            boolean full = failed != null && JournalFolder.noSpace(failed);
            if (failed != null && !full) {
                fail("the lease can't be noted: " + failed.getMessage(), failed);
            }
            if (full || state == State.FAILED) {
                noted.failed(full ? BlockFailure.FULL : failure);
            } else {
                noted.done();
            }
        });
    }

    /** An empty journal goes on from the image's sequence, in a segment of its own where it holds records; not while records are on their way. */
    private boolean restart(long sequence) {
        if (commits.running() || !stage.isEmpty()) {
            return false;
        }
        trimmedSequence = lastSequence;
        if (current.count() > 0 && !roll()) {
            return false;
        }
        flushStage();
        lastSequence = sequence;
        durableSequence = sequence;
        trimmedSequence = sequence;
        commits.restart(sequence);
        while (live.size() > 1) {
            free.add(live.remove(0));
        }
        prepare();
        return true;
    }

    @Override
    public void close(Completion closed) {
        end(false, closed);
    }

    @Override
    public void closeClean(Completion closed) {
        end(true, closed);
    }

    private void end(boolean clean, Completion closed) {
        if (state == State.CLOSING || state == State.CLOSED) {
            home.execute(closed::done);
            return;
        }
        flushStage();
        if (shortage.isThere() && !stage.isEmpty()) {
            fail("closed while its disk is full; what waits was not acknowledged", new IOException(shortage.reason()));
        }
        if (state == State.FAILED) {
            tasks.submit(() -> () -> folder.close(all()), ignored -> ended(closed, null));
            return;
        }
        sync(new Completion() {
            @Override
            public void done() {
                writeEnd(clean, closed);
            }

            @Override
            public void failed(BlockFailure why) {
                tasks.submit(() -> () -> folder.close(all()), ignored -> ended(closed, why));
            }
        });
        if (state == State.OPEN) {
            state(State.CLOSING, clean ? "closed with everything in the image" : "closed");
        }
    }

    private void writeEnd(boolean clean, Completion closed) {
        if (clean) {
            trimmedSequence = lastSequence;
        }
        tasks.submit(() -> {
            JournalState last = captured().withClosed(true, clean);
            return () -> {
                folder.write(last);
                folder.close(all());
            };
        }, failed -> ended(closed, failed == null ? null : BlockFailure.UNAVAILABLE));
    }

    private List<JournalSegment> all() {
        List<JournalSegment> all = new ArrayList<>(live);
        all.addAll(free);
        all.addAll(next == null ? List.of() : List.of(next));
        return all;
    }

    private void ended(Completion closed, BlockFailure why) {
        state(State.CLOSED, "files closed");
        if (why == null) {
            closed.done();
        } else {
            closed.failed(why);
        }
    }
}

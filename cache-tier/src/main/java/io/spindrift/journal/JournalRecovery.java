package io.spindrift.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a journal's folder: makes it where there is none, else finds its records and cuts off what a crash left torn. Made by
 * {@link FileJournal#open} for one opening; runs on the blocking executor.
 */
final class JournalRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(JournalRecovery.class);
    private final JournalSettings settings;
    private final JournalDisk disk;
    private final UUID newId;
    private final long newSalt;
    final List<JournalSegment> live = new ArrayList<>();
    final List<JournalSegment> free = new ArrayList<>();
    JournalFolder folder;
    JournalState state;
    boolean wasClean;
    long lastSequence;

    /** @param newId of a journal that has to be made; {@code newSalt} of its first segment */
    JournalRecovery(JournalSettings settings, JournalDisk disk, UUID newId, long newSalt) {
        this.settings = settings;
        this.disk = disk;
        this.newId = newId;
        this.newSalt = newSalt;
    }

    void run() throws IOException {
        checkNames(disk.list());
        Closeable lock = disk.lock(JournalFormat.LOCK_FILE);
        folder = new JournalFolder(disk, lock);
        try {
            List<String> names = disk.list();
            if (names.contains(JournalFormat.STATE_FILE)) {
                recover(names);
            } else {
                create(names);
            }
        } catch (IOException | RuntimeException e) {
            release();
            throw e;
        }
    }

    private void checkNames(List<String> names) throws JournalCorruptException {
        for (String name : names) {
            if (JournalFormat.slotOf(name) < 0 && !name.equals(JournalFormat.STATE_FILE) && !name.equals(JournalFormat.STATE_FILE_NEW)
                && !name.equals(JournalFormat.LOCK_FILE)) {
                throw new JournalCorruptException(disk.name() + "/" + name + ": not a journal's file");
            }
        }
    }

    private void create(List<String> names) throws IOException {
        for (String name : names) {
            if (JournalFormat.slotOf(name) >= 0) {
                throw new JournalCorruptException(folder.path(name) + ": a segment without " + JournalFormat.STATE_FILE);
            }
        }
        JournalState made = new JournalState(newId, settings.segmentBytes(), 1, 0, 0, 0, false, false, null);
        folder.create(made);
        state = made;
        start(new JournalSegment(0), 1);
        LOG.info("{}: new journal {}, segments of {} KiB", disk.name(), newId, settings.segmentBytes() >> 10);
    }

    /** Prepares the segment that the next record goes to where none is kept. */
    private void start(JournalSegment segment, long ordinal) throws IOException {
        folder.openSegment(segment, state.segmentBytes());
        folder.writeHeader(segment, state.id(), ordinal, newSalt);
        state = state.withSegments(ordinal, ordinal);
        folder.write(state);
        segment.use(ordinal, newSalt);
        segment.ready = true;
        live.add(segment);
    }

    private void recover(List<String> names) throws IOException {
        state = folder.load();
        // A process may have died between making a file and making its name durable; from here on files that were found are used as they are.
        disk.syncDirectory();
        wasClean = state.clean();
        TreeMap<Long, JournalSegment> byOrdinal = openSegments(names);
        for (long ordinal = state.firstOrdinal(); ordinal <= state.preparedOrdinal(); ordinal++) {
            JournalSegment segment = byOrdinal.get(ordinal);
            if (segment == null) {
                throw new JournalCorruptException(disk.name() + ": segment " + ordinal + " of " + state.firstOrdinal() + " to "
                    + state.preparedOrdinal() + " is missing or its header damaged");
            }
            live.add(segment);
        }
        if (live.isEmpty()) {
            lastSequence = state.trimmedSequence();
            startAgain();
        } else {
            int keep = scan();
            checkBounds();
            cut(keep);
        }
        dropSurplus();
        LOG.info("{}: journal {} recovered up to sequence {} ({} in the image), {}", disk.name(), state.id(), lastSequence,
            state.trimmedSequence(), wasClean ? "was clean" : state.closed() ? "was closed" : "was not closed");
    }

    /** A crash came between giving up every segment and preparing the next. */
    private void startAgain() throws IOException {
        for (JournalSegment segment : free) {
            voidHeader(segment);
        }
        JournalSegment segment = free.isEmpty() ? new JournalSegment(0) : free.remove(0);
        state = state.withClosed(false, false);
        start(segment, state.preparedOrdinal() + 1);
    }

    /** The capacity was set lower since: files that hold nothing go first, the others when they are trimmed. */
    private void dropSurplus() throws IOException {
        int most = settings.segments(state.segmentBytes());
        while (live.size() + free.size() > most && !free.isEmpty()) {
            JournalSegment segment = free.remove(free.size() - 1);
            if (segment.file != null) {
                segment.file.close();
            }
            disk.delete(JournalFormat.segmentFile(segment.slot));
        }
    }

    private TreeMap<Long, JournalSegment> openSegments(List<String> names) throws IOException {
        TreeMap<Long, JournalSegment> byOrdinal = new TreeMap<>();
        ByteBuffer header = ByteBuffer.allocateDirect(JournalFormat.SEGMENT_HEADER_BYTES);
        for (String name : names) {
            int slot = JournalFormat.slotOf(name);
            if (slot < 0) {
                continue;
            }
            JournalSegment segment = new JournalSegment(slot);
            free.add(segment);
            DiskFile file = disk.open(name);
            if (file.size() != state.segmentBytes()) {
                file.close();
                continue;
            }
            segment.file = file;
            file.read(header.clear(), 0);
            header.clear();
            if (JournalFormat.segmentValid(header, state.id())) {
                segment.use(JournalFormat.segmentOrdinal(header), JournalFormat.segmentSalt(header));
                if (segment.ordinal >= state.firstOrdinal() && segment.ordinal <= state.preparedOrdinal()
                    && byOrdinal.put(segment.ordinal, segment) != null) {
                    throw new JournalCorruptException(folder.path(name) + ": another file is segment " + segment.ordinal + " too");
                }
            }
        }
        free.removeAll(byOrdinal.values());
        return byOrdinal;
    }

    /** Walks the segments up to the first break in the order of sequences; how many of them are kept, the cut one included. */
    private int scan() throws IOException {
        SegmentScanner scanner = new SegmentScanner(state.segmentBytes(), state.durableSequence(), this::damaged);
        long expected = -1;
        for (int i = 0; i < live.size(); i++) {
            JournalSegment segment = live.get(i);
            boolean whole = scanner.scan(segment, expected, state.trimmedSequence());
            segment.ready = true;
            if (segment.count() > 0) {
                expected = segment.lastSequence() + 1;
            }
            if (!whole) {
                lastSequence = Math.max(expected - 1, 0);
                return i + 1;
            }
        }
        lastSequence = Math.max(expected - 1, 0);
        return live.size();
    }

    private void damaged(JournalSegment segment, long sequence, long lba, int sectors, int offset) {
        LOG.error("{}: record {}, lba {}: {} bytes at {} were synced and fail their checksum; reads of them are refused",
            folder.path(JournalFormat.segmentFile(segment.slot)), sequence, lba, sectors * JournalFormat.SECTOR_BYTES, offset);
    }

    private void checkBounds() throws JournalCorruptException {
        JournalSegment first = live.get(0);
        if (first.count() > 0 && first.firstSequence > state.trimmedSequence() + 1) {
            throw new JournalCorruptException(folder.path(JournalFormat.segmentFile(first.slot)) + ": begins with record " + first.firstSequence
                + " where " + (state.trimmedSequence() + 1) + " was to come");
        }
        long needed = Math.max(state.durableSequence(), state.trimmedSequence());
        if (lastSequence < needed && state.durableSequence() > state.trimmedSequence()) {
            throw new JournalCorruptException(disk.name() + ": record " + (lastSequence + 1) + " is damaged, though it was synced");
        }
    }

    /**
     * Cuts behind the last good record. First the state says that no segment beyond counts, then the torn rest is overwritten: a record
     * that was beyond the cut can't come back when new ones have grown up to it.
     */
    private void cut(int keep) throws IOException {
        while (live.size() > keep) {
            free.add(live.remove(live.size() - 1));
        }
        JournalSegment last = live.get(live.size() - 1);
        boolean closed = state.closed();
        boolean nothingLeft = lastSequence <= state.trimmedSequence();
        lastSequence = Math.max(lastSequence, state.trimmedSequence());
        state = state.withSegments(state.firstOrdinal(), last.ordinal).withSequences(state.trimmedSequence(), state.durableSequence())
            .withClosed(false, false);
        folder.write(state);
        for (JournalSegment segment : free) {
            voidHeader(segment);
        }
        for (JournalSegment segment : live) {
            segment.file.force();
        }
        if (nothingLeft) {
            restart();
        } else if (!closed) {
            JournalFolder.erase(last.file, last.end, state.segmentBytes());
        }
        state = state.withSequences(state.trimmedSequence(), lastSequence);
        folder.write(state);
    }

    private void voidHeader(JournalSegment segment) throws IOException {
        if (segment.file != null) {
            segment.file.write(ByteBuffer.allocateDirect(JournalFormat.SEGMENT_HEADER_BYTES), 0);
            segment.file.force();
        }
    }

    /** Everything is in the image: the next record begins a segment of its own, whatever its sequence will be. */
    private void restart() throws IOException {
        JournalSegment again = live.get(0);
        long ordinal = live.get(live.size() - 1).ordinal + 1;
        state = state.withSegments(ordinal, ordinal - 1);
        folder.write(state);
        live.remove(again);
        for (JournalSegment segment : live) {
            voidHeader(segment);
        }
        free.addAll(live);
        live.clear();
        start(again, ordinal);
    }

    private void release() throws IOException {
        for (JournalSegment segment : live) {
            if (segment.file != null) {
                segment.file.close();
            }
        }
        for (JournalSegment segment : free) {
            if (segment.file != null) {
                segment.file.close();
            }
        }
        folder.close();
    }
}

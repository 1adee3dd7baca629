package io.spindrift.journal;

import io.spindrift.image.HistoryPoint;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Looks into a journal that nobody uses, and changes nothing: what its records are and what they hold. Blocking; made, used and closed by one thread, which
 * has the journal's lock meanwhile. Damage is told and passed over where what comes behind it is whole, since who looks here wants what is left.
 */
public final class JournalInspection implements AutoCloseable {
    private final JournalDisk disk;
    private final Closeable lock;
    private final JournalState state;
    private final List<JournalSegment> segments = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private JournalInspection(JournalDisk disk, Closeable lock, JournalState state) {
        this.disk = disk;
        this.lock = lock;
        this.state = state;
    }

    /** @throws IOException one line: somebody uses it, or it is no journal, or one of another version */
    public static JournalInspection open(JournalDisk disk) throws IOException {
        if (!disk.list().contains(JournalFormat.STATE_FILE)) {
            throw new JournalCorruptException(disk.name() + ": has no " + JournalFormat.STATE_FILE);
        }
        Closeable lock = disk.lock(JournalFormat.LOCK_FILE);
        JournalFolder folder = new JournalFolder(disk, lock);
        JournalInspection found = null;
        try {
            found = new JournalInspection(disk, lock, folder.load());
            found.scan();
            folder.closeState();
            return found;
        } catch (IOException | RuntimeException failed) {
            if (found != null) {
                found.closeSegments();
            }
            folder.close();
            throw failed;
        }
    }

    private void scan() throws IOException {
        TreeMap<Long, JournalSegment> byOrdinal = new TreeMap<>();
        ByteBuffer header = ByteBuffer.allocateDirect(JournalFormat.SEGMENT_HEADER_BYTES);
        for (String name : disk.list()) {
            if (JournalFormat.slotOf(name) >= 0) {
                look(name, header, byOrdinal);
            }
        }
        SegmentScanner scanner = new SegmentScanner(state.segmentBytes(), state.durableSequence(), (segment, sequence, lba, sectors, offset) ->
                problems.add("record " + sequence + ", " + sectors + " sectors at lba " + lba + ": wrong checksum"));
        long expected = -1;
        for (long ordinal = state.firstOrdinal(); ordinal <= state.preparedOrdinal(); ordinal++) {
            JournalSegment segment = byOrdinal.get(ordinal);
            if (segment == null) {
                problems.add("segment " + ordinal + " is missing or its header damaged");
                expected = -1;
                continue;
            }
            scanner.scan(segment, -1, state.trimmedSequence());
            if (segment.count() > 0) {
                if (expected >= 0 && segment.firstSequence != expected) {
                    problems.add("records " + expected + " to " + (segment.firstSequence - 1) + " are missing");
                }
                expected = segment.lastSequence() + 1;
                segments.add(segment);
            }
        }
        if (lastSequence() < state.durableSequence()) {
            problems.add("records up to " + state.durableSequence() + " were synced");
        }
    }

    private void look(String name, ByteBuffer header, TreeMap<Long, JournalSegment> byOrdinal) throws IOException {
        DiskFile file = disk.open(name);
        JournalSegment segment = new JournalSegment(JournalFormat.slotOf(name));
        segment.file = file;
        boolean counts = false;
        try {
            if (file.size() == state.segmentBytes()) {
                file.read(header.clear(), 0);
                header.clear();
                if (JournalFormat.segmentValid(header, state.id())) {
                    segment.use(JournalFormat.segmentOrdinal(header), JournalFormat.segmentSalt(header));
                    counts = segment.ordinal >= state.firstOrdinal() && segment.ordinal <= state.preparedOrdinal();
                }
            }
        } finally {
            if (!counts) {
                file.close();
            }
        }
        if (counts) {
            byOrdinal.put(segment.ordinal, segment);
        }
    }

    public UUID id() {
        return state.id();
    }

    /** Under which its records were written; null where it never had one. */
    public HistoryPoint lease() {
        return state.lease();
    }

    /** Records up to here were in the image. */
    public long trimmedSequence() {
        return state.trimmedSequence();
    }

    /** Of the last record that is whole; {@link #trimmedSequence()} where none is kept. */
    public long lastSequence() {
        return segments.isEmpty() ? state.trimmedSequence() : Math.max(state.trimmedSequence(), segments.get(segments.size() - 1).lastSequence());
    }

    /** One line each: what is not as it was written; empty where all is there. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** Shows the records that were not known to be in the image, in order. */
    public void replay(JournalVisitor visitor) {
        for (JournalSegment segment : segments) {
            for (int index = 0; index < segment.count(); index++) {
                boolean wanted = segment.firstSequence + index > state.trimmedSequence();
                if (wanted && !segment.visit(index, segment.ordinal * state.segmentBytes(), visitor)) {
                    return;
                }
            }
        }
    }

    /** Fills {@code dst} with data of a record, checked when this was opened. @param position as {@link #replay} told it, or behind it in the same record */
    public void read(long position, ByteBuffer dst) throws IOException {
        long ordinal = position / state.segmentBytes();
        for (JournalSegment segment : segments) {
            if (segment.ordinal == ordinal) {
                segment.file.read(dst, position & state.segmentBytes() - 1);
                return;
            }
        }
        throw new JournalCorruptException(disk.name() + ": nothing at position " + position);
    }

    private void closeSegments() throws IOException {
        for (JournalSegment segment : segments) {
            segment.close();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            closeSegments();
        } finally {
            lock.close();
        }
    }
}

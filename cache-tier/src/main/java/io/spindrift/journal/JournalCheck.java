package io.spindrift.journal;

import io.spindrift.image.Damage;
import io.spindrift.image.Damage.Blocks;
import io.spindrift.image.Damage.Harm;
import io.spindrift.image.HistoryPoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.ToLongFunction;

/**
 * Looks at a journal that no daemon has open, record by record. Only reads. What is damaged here and not in the image yet has no other copy: it is refused until
 * a guest writes it anew. Made for one look; blocks; one thread.
 */
public final class JournalCheck {
    private final Path folder;
    private final String image;
    private final ToLongFunction<HistoryPoint> applied;
    private final Consumer<Damage> found;
    private final List<JournalSegment> opened = new ArrayList<>();
    private JournalState state;
    private long records;
    private long appliedSequence = -1;

    /**
     * @param image whose writes these are, for the report
     * @param applied up to where records are in the image of the lease that the journal noted last (null for none); -1 where that is not known
     */
    public JournalCheck(Path folder, String image, ToLongFunction<HistoryPoint> applied, Consumer<Damage> found) {
        this.folder = folder;
        this.image = image;
        this.applied = applied;
        this.found = found;
    }

    /** @param read hears of bytes as they are read */
    public JournalCheck run(LongConsumer read) throws IOException {
        if (!Files.isRegularFile(folder.resolve(JournalFormat.STATE_FILE))) {
            return this;
        }
        FileDisk disk = FileDisk.reading(folder);
        try {
            state = state(disk);
            read.accept(JournalFormat.STATE_FILE_BYTES);
            if (state != null) {
                appliedSequence = applied.applyAsLong(state.lease());
                records(segments(disk), read);
            }
        } finally {
            for (JournalSegment segment : opened) {
                segment.close();
            }
        }
        return this;
    }

    /** Records that can be read as they were appended, those in the image included. */
    public long records() {
        return records;
    }

    private JournalState state(FileDisk disk) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(JournalFormat.STATE_FILE_BYTES);
        try (DiskFile file = disk.open(JournalFormat.STATE_FILE)) {
            if (file.size() != JournalFormat.STATE_FILE_BYTES) {
                tell(Harm.REFUSED, Blocks.whole(image), JournalFormat.STATE_FILE, 0, "has " + file.size() + " bytes");
                return null;
            }
            file.read(bytes, 0);
        }
        bytes.clear();
        int best = -1;
        for (int at = 0; at < JournalFormat.STATE_FILE_BYTES; at += JournalFormat.STATE_SLOT_BYTES) {
            if (!JournalFormat.stateValid(bytes, at)) {
                if (!empty(bytes, at)) {
                    tell(Harm.REPLACED, null, JournalFormat.STATE_FILE, at, "a state is damaged or was torn; the other one counts");
                }
            } else if (best < 0 || JournalFormat.stateCounter(bytes, at) > JournalFormat.stateCounter(bytes, best)) {
                best = at;
            }
        }
        if (best < 0) {
            tell(Harm.REFUSED, Blocks.whole(image), JournalFormat.STATE_FILE, 0, "no whole state in it: the journal can't be opened");
            return null;
        }
        return JournalFormat.state(bytes, best);
    }

    private static boolean empty(ByteBuffer bytes, int at) {
        for (int i = 0; i < JournalFormat.STATE_BYTES; i++) {
            if (bytes.get(at + i) != 0) {
                return false;
            }
        }
        return true;
    }

    private List<JournalSegment> segments(FileDisk disk) throws IOException {
        TreeMap<Long, JournalSegment> byOrdinal = new TreeMap<>();
        for (String name : disk.list()) {
            int slot = JournalFormat.slotOf(name);
            if (slot < 0) {
                continue;
            }
            JournalSegment segment = new JournalSegment(slot);
            segment.file = disk.open(name);
            opened.add(segment);
            ByteBuffer header = ByteBuffer.allocateDirect(JournalFormat.SEGMENT_HEADER_BYTES);
            if (segment.file.size() != state.segmentBytes()) {
                continue;
            }
            segment.file.read(header, 0);
            header.clear();
            if (JournalFormat.segmentValid(header, state.id())) {
                segment.use(JournalFormat.segmentOrdinal(header), JournalFormat.segmentSalt(header));
                byOrdinal.put(segment.ordinal, segment);
            }
        }
        List<JournalSegment> needed = new ArrayList<>();
        for (long ordinal = state.firstOrdinal(); ordinal <= state.preparedOrdinal(); ordinal++) {
            JournalSegment segment = byOrdinal.get(ordinal);
            if (segment == null) {
                tell(Harm.REFUSED, Blocks.whole(image), "", 0, "segment " + ordinal + " is missing or its header damaged: the journal can't be opened");
                return List.of();
            }
            needed.add(segment);
        }
        return needed;
    }

    private void records(List<JournalSegment> segments, LongConsumer read) throws IOException {
        SegmentScanner scanner = new SegmentScanner(state.segmentBytes(), Long.MAX_VALUE, this::piece);
        long expected = -1;
        for (JournalSegment segment : segments) {
            boolean whole = scanner.scan(segment, expected, -1);
            read.accept(segment.end);
            records += segment.count();
            expected = segment.count() > 0 ? segment.lastSequence() + 1 : expected;
            if (!whole) {
                ended(segment, Math.max(expected - 1, 0));
                return;
            }
        }
    }

    /** What is there behind the last record must not be one that was synced. */
    private void ended(JournalSegment segment, long last) {
        if (last < state.durableSequence() && state.durableSequence() > state.trimmedSequence()) {
            tell(last + 1 > inImage() ? Harm.REFUSED : Harm.UNUSED, Blocks.whole(image), JournalFormat.segmentFile(segment.slot), segment.end,
                "record " + (last + 1) + " was synced and its header is damaged: the journal can't be opened");
        }
    }

    private void piece(JournalSegment segment, long sequence, long lba, int sectors, int offset) {
        boolean unused = sequence <= inImage();
        boolean synced = sequence <= state.durableSequence();
        String what = unused ? "it is in the image" : synced ? "reads of it are refused until it is written anew" : "it was not synced and is cut off with what follows";
        tell(unused ? Harm.UNUSED : Harm.REFUSED, new Blocks(image, lba / JournalFormat.BLOCK_SECTORS, 1), JournalFormat.segmentFile(segment.slot), offset,
            "record " + sequence + ", " + sectors + " sectors at lba " + lba + " fail their checksum; " + what);
    }

    private long inImage() {
        return Math.max(appliedSequence, state.trimmedSequence());
    }

    private void tell(Harm harm, Blocks blocks, String file, long offset, String what) {
        found.accept(new Damage(Damage.Part.JOURNAL, harm, blocks, folder.resolve(file).toString(), offset, what));
    }
}

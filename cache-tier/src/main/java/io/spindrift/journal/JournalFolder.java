package io.spindrift.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/**
 * The blocking side of an open journal: its lock, its state file and its segments' headers. Made by {@link JournalRecovery}; used by
 * one task at a time on the blocking executor, until {@link #close}.
 */
final class JournalFolder {
    final JournalDisk disk;
    private final Closeable lock;
    private DiskFile stateFile;
    private long counter;

    JournalFolder(JournalDisk disk, Closeable lock) {
        this.disk = disk;
        this.lock = lock;
    }

    String path(String file) {
        return disk.name() + "/" + file;
    }

    /** Makes the state file of a new journal: under another name first, so that a name never shows a torn one. */
    void create(JournalState state) throws IOException {
        stateFile = disk.create(JournalFormat.STATE_FILE_NEW, JournalFormat.STATE_FILE_BYTES);
        write(state);
        disk.rename(JournalFormat.STATE_FILE_NEW, JournalFormat.STATE_FILE);
        disk.syncDirectory();
    }

    /** Reads the newer whole slot. */
    JournalState load() throws IOException {
        stateFile = disk.open(JournalFormat.STATE_FILE);
        String path = path(JournalFormat.STATE_FILE);
        if (stateFile.size() != JournalFormat.STATE_FILE_BYTES) {
            throw new JournalCorruptException(path + ": has " + stateFile.size() + " bytes where " + JournalFormat.STATE_FILE_BYTES + " were written");
        }
        ByteBuffer bytes = ByteBuffer.allocate(JournalFormat.STATE_FILE_BYTES);
        stateFile.read(bytes, 0);
        bytes.clear();
        int best = -1;
        for (int at = 0; at < JournalFormat.STATE_FILE_BYTES; at += JournalFormat.STATE_SLOT_BYTES) {
            int version = JournalFormat.stateVersion(bytes, at);
            if (version >= 0 && version != JournalFormat.VERSION) {
                throw new JournalCorruptException(path + ": format version " + version + ", this program knows " + JournalFormat.VERSION);
            }
            if (JournalFormat.stateValid(bytes, at) && (best < 0 || JournalFormat.stateCounter(bytes, at) > JournalFormat.stateCounter(bytes, best))) {
                best = at;
            }
        }
        if (best < 0) {
            throw new JournalCorruptException(path + ": no whole state in it");
        }
        counter = JournalFormat.stateCounter(bytes, best);
        return JournalFormat.state(bytes, best);
    }

    /** Durable when it returns; the slot that is not overwritten keeps the state before. One that failed is tried again in the slot that it may have torn. */
    void write(JournalState state) throws IOException {
        long mine = counter + 1;
        ByteBuffer slot = ByteBuffer.allocateDirect(JournalFormat.STATE_SLOT_BYTES);
        JournalFormat.putState(slot, mine, state);
        stateFile.write(slot, mine % 2 * JournalFormat.STATE_SLOT_BYTES);
        stateFile.force();
        counter = mine;
    }

    /** Opens the segment's file, or makes it where there is none of the right size. */
    void openSegment(JournalSegment segment, int segmentBytes) throws IOException {
        if (segment.file != null) {
            return;
        }
        segment.file = disk.create(JournalFormat.segmentFile(segment.slot), segmentBytes);
        disk.syncDirectory();
    }

    void writeHeader(JournalSegment segment, UUID journalId, long ordinal, long salt) throws IOException {
        ByteBuffer header = ByteBuffer.allocateDirect(JournalFormat.SEGMENT_HEADER_BYTES);
        JournalFormat.putSegment(header, journalId, ordinal, salt);
        segment.file.writeDurably(header, 0);
    }

    /** Overwrites from {@code offset} to the end, durably, so that nothing there can be taken for a record again. */
    static void erase(DiskFile file, int offset, int segmentBytes) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(Math.min(1 << 20, segmentBytes));
        for (int at = offset; at < segmentBytes; at += zeros.limit()) {
            zeros.clear().limit(Math.min(zeros.capacity(), segmentBytes - at));
            file.write(zeros, at);
        }
        file.force();
    }

    /** Whether it is that the disk, or a quota on it, has no room now. */
    static boolean noSpace(IOException e) {
        return e.getMessage() != null && (e.getMessage().contains("No space left") || e.getMessage().contains("quota exceeded"));
    }

    static void force(List<JournalSegment> files) throws IOException {
        for (JournalSegment segment : files) {
            segment.file.force();
        }
    }

    void close(List<JournalSegment> segments) throws IOException {
        for (JournalSegment segment : segments) {
            segment.close();
        }
        close();
    }

    void closeState() throws IOException {
        if (stateFile != null) {
            stateFile.close();
        }
    }

    void close() throws IOException {
        try {
            closeState();
        } finally {
            lock.close();
        }
    }
}

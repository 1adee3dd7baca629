package io.spindrift.config.volumes;

import io.spindrift.journal.JournalInspection;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a journal holds, as a disk: the newest version of each sector at its place in a sparse raw file, and beside it a list of the extents that are
 * really in it. Made for one journal; blocking.
 */
public final class JournalExport {
    private static final int SECTOR = 512;
    private static final int PART = 1 << 20;

    /** Start to end, in sectors, not touching each other: where data is, and where an unmap has made zeros. */
    private final TreeMap<Long, Long> data = new TreeMap<>();
    private final TreeMap<Long, Long> zeros = new TreeMap<>();
    /** Where a record had data, whatever came later. */
    private final TreeMap<Long, Long> written = new TreeMap<>();
    private final JournalInspection journal;
    private long writes;
    private long unmaps;

    public JournalExport(JournalInspection journal) {
        this.journal = journal;
        journal.replay((sequence, lba, sectors, position, unmap) -> {
            note(lba, sectors, unmap);
            return true;
        });
    }

    private void note(long lba, long sectors, boolean unmap) {
        cut(unmap ? data : zeros, lba, lba + sectors);
        join(unmap ? zeros : data, lba, lba + sectors);
        if (unmap) {
            unmaps++;
        } else {
            join(written, lba, lba + sectors);
            writes++;
        }
    }

    private static void cut(TreeMap<Long, Long> extents, long from, long to) {
        Map.Entry<Long, Long> before = extents.lowerEntry(from);
        if (before != null && before.getValue() > from) {
            extents.put(before.getKey(), from);
            if (before.getValue() > to) {
                extents.put(to, before.getValue());
            }
        }
        for (Map.Entry<Long, Long> next = extents.ceilingEntry(from); next != null && next.getKey() < to; next = extents.ceilingEntry(from)) {
            extents.remove(next.getKey());
            if (next.getValue() > to) {
                extents.put(to, next.getValue());
            }
        }
    }

    private static void join(TreeMap<Long, Long> extents, long from, long to) {
        long start = from;
        long end = to;
        for (Map.Entry<Long, Long> near = extents.floorEntry(end); near != null && near.getValue() >= start; near = extents.floorEntry(end)) {
            start = Math.min(start, near.getKey());
            end = Math.max(end, near.getValue());
            extents.remove(near.getKey());
        }
        extents.put(start, end);
    }

    public long writes() {
        return writes;
    }

    public long unmaps() {
        return unmaps;
    }

    /** Distinct bytes of data. */
    public long dataBytes() {
        return data.entrySet().stream().mapToLong(extent -> extent.getValue() - extent.getKey()).sum() * SECTOR;
    }

    public int extents() {
        return data.size() + zeros.size();
    }

    /** Where {@link #write} puts the list. */
    public static Path listOf(Path file) {
        return file.resolveSibling(file.getFileName() + ".extents");
    }

    /**
     * Writes the raw file, with holes where the journal has nothing, and the list: a line for each extent with its first sector (512 bytes), the
     * number of sectors, and {@code data} or {@code unmapped}. Neither may exist. Durable when it returns.
     */
    public void write(Path file) throws IOException {
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE);
                Writer list = Files.newBufferedWriter(listOf(file), StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW)) {
            copy(out);
            TreeMap<Long, String> lines = new TreeMap<>();
            data.forEach((from, to) -> lines.put(from, from + " " + (to - from) + " data\n"));
            zeros.forEach((from, to) -> lines.put(from, from + " " + (to - from) + " unmapped\n"));
            for (String line : lines.values()) {
                list.write(line);
            }
            out.force(true);
        }
    }

    private void copy(FileChannel out) throws IOException {
        ByteBuffer part = ByteBuffer.allocateDirect(PART);
        IOException[] failed = new IOException[1];
        journal.replay((sequence, lba, sectors, position, unmap) -> {
            try {
                if (!unmap) {
                    copy(out, lba * SECTOR, sectors * SECTOR, position, part);
                }
            } catch (IOException e) {
                failed[0] = e;
            }
            return failed[0] == null;
        });
        if (failed[0] != null) {
            throw failed[0];
        }
        for (Map.Entry<Long, Long> once : written.entrySet()) {
            for (Map.Entry<Long, Long> now : zeros.subMap(zeros.floorKey(once.getKey()) == null ? 0 : zeros.floorKey(once.getKey()), once.getValue()).entrySet()) {
                wipe(out, Math.max(once.getKey(), now.getKey()) * SECTOR, Math.min(once.getValue(), now.getValue()) * SECTOR, part);
            }
        }
    }

    /** What an unmap took away again is zeros, where an earlier record has left data in the file. */
    private static void wipe(FileChannel out, long from, long to, ByteBuffer part) throws IOException {
        for (long at = from; at < to;) {
            part.clear().limit((int) Math.min(PART, to - at));
            while (part.hasRemaining()) {
                part.put((byte) 0);
            }
            at += out.write(part.flip(), at);
        }
    }

    private void copy(FileChannel out, long at, long length, long position, ByteBuffer part) throws IOException {
        for (long done = 0; done < length;) {
            part.clear().limit((int) Math.min(PART, length - done));
            journal.read(position + done, part);
            part.flip();
            long from = done;
            while (part.hasRemaining()) {
                from += out.write(part, at + from);
            }
            done = from;
        }
    }
}

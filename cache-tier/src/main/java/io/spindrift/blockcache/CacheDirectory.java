package io.spindrift.blockcache;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The persistent directory, block to slot, in a Chronicle Map: what a start reads instead of every slot. It is told of blocks that come and go,
 * never of a block that is replaced, and asked only at the open; the slots' headers tell whether it is right. Changed by whoever
 * {@link CacheWriter} has do it, one at a time.
 */
final class CacheDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(CacheDirectory.class);
    /** Above this one segment of the map is not large enough. */
    private static final int ONE_SEGMENT = 8 << 20;
    private final ChronicleMap<Long, Integer> map;
    private final Path file;
    private long refused;

    private CacheDirectory(ChronicleMap<Long, Integer> map, Path file) {
        this.map = map;
        this.file = file;
    }

    /** A new one, or that of a cache that was closed. */
    static CacheDirectory open(Path file, int slots) throws IOException {
        return new CacheDirectory(builder(slots).createPersistedTo(file.toFile()), file);
    }

    /** One whose process died: locks are broken, damaged entries dropped. That is what a death leaves, and no alarm: one line tells how much it was. */
    static CacheDirectory recover(Path file, int slots) throws IOException {
        File existing = file.toFile();
        int[] mended = new int[1];
        ChronicleMap<Long, Integer> map = builder(slots).recoverPersistedTo(existing, true, corruption -> mended[0]++);
        if (mended[0] > 0) {
            LOG.info("{}: its process died, {} things in it were mended; blocks whose entries were lost are missed", file, mended[0]);
        }
        return new CacheDirectory(map, file);
    }

    private static ChronicleMapBuilder<Long, Integer> builder(int slots) {
        // A full segment throws and there is no second tier: one segment has no uneven filling, several need slack.
        ChronicleMapBuilder<Long, Integer> builder = ChronicleMapBuilder.of(Long.class, Integer.class).name("spindrift-cache")
            .entries(slots + slots / 20 + 64L).putReturnsNull(true).removeReturnsNull(true).checksumEntries(true).sparseFile(false);
        if (slots <= ONE_SEGMENT) {
            builder.actualSegments(1);
        }
        return builder.allowSegmentTiering(false);
    }

    void put(long block, int slot) {
        try {
            map.put(block, slot);
        } catch (IllegalStateException e) {
            if (refused++ == 0) {
                LOG.warn("{}: no room for an entry, the block will be missed after a restart: {}", file, e.getMessage());
            }
        }
    }

    void remove(long block) {
        map.remove(block);
    }

    void clear() {
        map.clear();
    }

    /** Sees each entry; false takes it out. */
    interface Visitor {
        boolean entry(long block, int slot);
    }

    void visit(Visitor visitor) {
        map.forEachEntry(entry -> {
            if (!visitor.entry(entry.key().get(), entry.value().get())) {
                entry.doRemove();
            }
        });
    }

    /** Closes the map's file and makes it durable. */
    void close() throws IOException {
        map.close();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** Of a file that nobody has open. */
    static int crc(Path file) throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer window = ByteBuffer.allocateDirect(1 << 20);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (channel.read(window.clear()) > 0) {
                crc.update(window.flip());
            }
        }
        return (int) crc.getValue();
    }

    /**
     * Writes the bytes of a new directory once more, so that its file has all its room on the disk: a store through a mapping that finds none would end the
     * process. Nobody uses the map meanwhile.
     */
    static void claim(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long size = channel.size();
            ByteBuffer part = ByteBuffer.allocateDirect((int) Math.min(size, 1 << 20));
            for (long at = 0; at < size;) {
                part.clear().limit((int) Math.min(part.capacity(), size - at));
                int read = channel.read(part, at);
                for (part.flip(); part.hasRemaining();) {
                    at += channel.write(part, at);
                }
                if (read <= 0) {
                    throw new IOException(file + ": ends at " + at);
                }
            }
        }
    }

    /** Writes zeros over a file's length, so that storing through a mapping never meets a full disk. */
    static void fill(FileChannel channel, long size) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(size, 1 << 20));
        for (long at = 0; at < size;) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), size - at));
            at += channel.write(zeros, at);
        }
    }
}

package io.spindrift.blockcache;

import io.spindrift.image.HistoryPoint;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state file of a cache, mapped: what the other files are, whether they were closed, and the point of the image's history. Made at the
 * open; {@link #advance} is called on the home loop, the rest on the blocking executor.
 */
final class CacheState {
    static final int BYTES = 4096;
    private static final Logger LOG = LoggerFactory.getLogger(CacheState.class);
    static final int VERSION = 2;
    private static final long MAGIC = 0x53_50_44_43_41_43_48_45L;
    private static final int SHAPE_BYTES = 64;
    private static final int STATUS = 128;
    private static final int STATUS_BYTES = 32;
    private static final int POINTS = 256;
    private static final int POINT_BYTES = 128;
    private static final int POINT_USED = 72;
    /** Where a point lies up to which everything is durable: two, written in turn, each in a sector of its own. */
    private static final int CHECKPOINTS = 512;
    private static final int CHECKPOINT_BYTES = 512;
    private static final long CLEAN = 0x636c65616e20L;
    private static final long DIRTY = 0x646972747920L;
    private final FileChannel file;
    private final MappedByteBuffer bytes;
    private final CRC32C crc = new CRC32C();
    private long pointCounter;
    /** Set by whoever brings changes into the files, in their order; the home loop reads how far that has come. */
    private volatile HistoryPoint point;
    private long checkpointCounter;
    private HistoryPoint checkpoint;

    CacheState(FileChannel file, FileChannel.MapMode mode) throws IOException {
        this.file = file;
        bytes = file.map(mode, 0, BYTES);
    }

    private int crc(int at, int length) {
        return crc(crc, bytes, at, length);
    }

    private static int crc(CRC32C crc, ByteBuffer bytes, int at, int length) {
        crc.reset();
        bytes.limit(at + length).position(at);
        crc.update(bytes);
        bytes.clear();
        return (int) crc.getValue();
    }

    /** Why the files can't be those of a cache of this capacity; null where they can. */
    String mismatch(long capacityBytes) {
        if (bytes.getLong(0) != MAGIC) {
            return "not a cache's state";
        }
        if (bytes.getInt(8) != VERSION) {
            return "format version " + bytes.getInt(8) + ", this program knows " + VERSION;
        }
        if (bytes.getInt(SHAPE_BYTES - 4) != crc(0, SHAPE_BYTES - 4) || bytes.getInt(STATUS + STATUS_BYTES - 4) != crc(STATUS, STATUS_BYTES - 4)) {
            return "its state is damaged";
        }
        return bytes.getLong(16) == capacityBytes ? null : "made for " + bytes.getLong(16) + " bytes, the setting is " + capacityBytes;
    }

    long capacityBytes() {
        return bytes.getLong(16);
    }

    int slots() {
        return bytes.getInt(12);
    }

    boolean isClean() {
        return bytes.getLong(STATUS) == CLEAN;
    }

    UUID boot() {
        return new UUID(bytes.getLong(STATUS + 8), bytes.getLong(STATUS + 16));
    }

    /** CRC32C of the directory's file when the cache was closed. */
    int directoryCrc() {
        return bytes.getInt(STATUS + 24);
    }

    /** The directory's file never changes its size. */
    long directoryBytes() {
        return bytes.getLong(24);
    }

    void make(int slots, long capacityBytes, long directoryBytes) {
        bytes.putLong(0, MAGIC).putInt(8, VERSION).putInt(12, slots).putLong(16, capacityBytes).putLong(24, directoryBytes);
        bytes.putInt(SHAPE_BYTES - 4, crc(0, SHAPE_BYTES - 4));
    }

    /** Durable when it returns. */
    void status(boolean clean, UUID boot, int directoryCrc) throws IOException {
        bytes.putLong(STATUS, clean ? CLEAN : DIRTY).putLong(STATUS + 8, boot.getMostSignificantBits());
        bytes.putLong(STATUS + 16, boot.getLeastSignificantBits()).putInt(STATUS + 24, directoryCrc);
        bytes.putInt(STATUS + STATUS_BYTES - 4, crc(STATUS, STATUS_BYTES - 4));
        force();
    }

    HistoryPoint point() {
        return point;
    }

    /** Whether one of the two points was written and is damaged since, or was torn. */
    boolean pointDamaged() {
        for (int which = 0; which < 2; which++) {
            int at = POINTS + which * POINT_BYTES;
            boolean zero = true;
            for (int i = 0; i < POINT_USED; i++) {
                zero &= bytes.get(at + i) == 0;
            }
            if (!zero && bytes.getInt(at + POINT_USED - 4) != crc(at, POINT_USED - 4)) {
                return true;
            }
        }
        return false;
    }

    /** Takes the newer whole point; null where there is none. */
    void loadPoint() {
        for (int which = 0; which < 2; which++) {
            int at = POINTS + which * POINT_BYTES;
            long counter = bytes.getLong(at);
            if (counter > pointCounter && bytes.getInt(at + POINT_USED - 4) == crc(at, POINT_USED - 4)) {
                pointCounter = counter;
                point = pointAt(at);
            }
        }
        for (int at = CHECKPOINTS; at < CHECKPOINTS + 2 * CHECKPOINT_BYTES; at += CHECKPOINT_BYTES) {
            long counter = bytes.getLong(at);
            if (counter > checkpointCounter && bytes.getInt(at + POINT_USED - 4) == crc(at, POINT_USED - 4)) {
                checkpointCounter = counter;
                checkpoint = pointAt(at);
            }
        }
    }

    private HistoryPoint pointAt(int at) {
        return bytes.getInt(at + 60) == 0 ? null : new HistoryPoint(id(at + 8), bytes.getLong(at + 24), id(at + 32), bytes.getLong(at + 48));
    }

    /** The last point up to which everything was durable; null where there is none. What became of the cache later is no older than this. */
    HistoryPoint checkpoint() {
        return checkpoint;
    }

    /**
     * Notes that slots and headers were synced after everything up to {@code upTo} had been put or forgotten. Durable when it returns. On the blocking
     * executor, one at a time; {@link #advance} may run meanwhile, so this does not go through the mapping.
     */
    void checkpoint(HistoryPoint upTo) throws IOException {
        checkpointCounter++;
        ByteBuffer slot = ByteBuffer.allocate(CHECKPOINT_BYTES);
        put(slot, 0, checkpointCounter, upTo);
        slot.putInt(POINT_USED - 4, crc(new CRC32C(), slot, 0, POINT_USED - 4));
        long at = CHECKPOINTS + (checkpointCounter & 1) * CHECKPOINT_BYTES;
        while (slot.hasRemaining()) {
            at += file.write(slot, at);
        }
        force();
        checkpoint = upTo;
    }

    /**
     * Stores into the mapping, after everything the point speaks for was stored: when this process dies, a point that is found is no newer
     * than the blocks. The point before is kept until this one is whole. Null forgets.
     */
    void advance(HistoryPoint newPoint) {
        point = newPoint;
        pointCounter++;
        int at = POINTS + (int) (pointCounter & 1) * POINT_BYTES;
        put(bytes, at, pointCounter, newPoint);
        bytes.putInt(at + POINT_USED - 4, crc(at, POINT_USED - 4));
    }

    private static void put(ByteBuffer bytes, int at, long counter, HistoryPoint newPoint) {
        HistoryPoint put = newPoint != null ? newPoint : new HistoryPoint(HistoryPoint.NO_LEASE, 0, HistoryPoint.NO_LEASE, 0);
        bytes.putLong(at, counter);
        putId(bytes, at + 8, put.imageId());
        bytes.putLong(at + 24, put.epoch());
        putId(bytes, at + 32, put.leaseId());
        bytes.putLong(at + 48, put.sequence()).putInt(at + 56, 0).putInt(at + 60, newPoint == null ? 0 : 1);
    }

    private static void putId(ByteBuffer bytes, int at, UUID id) {
        bytes.putLong(at, id.getMostSignificantBits()).putLong(at + 8, id.getLeastSignificantBits());
    }

    private UUID id(int at) {
        return new UUID(bytes.getLong(at), bytes.getLong(at + 8));
    }

    /** What was stored through the mapping or written is durable when it returns. */
    void force() throws IOException {
        file.force(false);
    }

    /**
     * Gives a mapping back at once, not when it is collected: a cache that is opened anew needs its room. Nothing may use it afterwards. The JDK
     * offers this nowhere else before its version 22.
     */
    static void unmap(MappedByteBuffer mapping) {
        try {
            Class<?> type = Class.forName("sun.misc.Unsafe");
            Field instance = type.getDeclaredField("theUnsafe");
            instance.setAccessible(true);
            type.getMethod("invokeCleaner", ByteBuffer.class).invoke(instance.get(null), mapping);
        } catch (ReflectiveOperationException e) {
            LOG.debug("a mapping is left to the collector: {}", e.toString());
        }
    }

    void unmap() {
        unmap(bytes);
    }
}

package io.spindrift.journal;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * A disk in memory that keeps of unsynced writes what a seed says: at a power loss each is dropped, kept or torn between sectors, in any order.
 * Names that were not synced may be lost, renames undone. After {@code budget} operations every call fails, as it would with the power gone.
 */
public final class LyingDisk implements JournalDisk {
    /** A process may be killed within a write that is larger. */
    private static final int MOST_AT_ONCE = 16 << 10;

    private final RandomGenerator random;
    private final Map<String, Content> names = new LinkedHashMap<>();
    private final Map<String, Content> durableNames = new LinkedHashMap<>();
    private long budget = Long.MAX_VALUE;
    private IOException broken;
    private boolean locked;
    private long roomBytes = Long.MAX_VALUE;
    private boolean writesFull;
    private Runnable beforeEach = () -> { };

    public LyingDisk(RandomGenerator random) {
        this.random = random;
    }

    /** Calls that still succeed before the power goes. */
    public void powerFor(long operations) {
        budget = operations;
    }

    /** What is run before each call that changes or syncs something, and within a large write; what it throws ends the call there. */
    public void beforeEach(Runnable what) {
        beforeEach = what;
    }

    /** Every later call that changes something fails with this. */
    public void breakWith(IOException failure) {
        broken = failure;
    }

    /** Calls succeed again, as far as there is power. */
    public void mend() {
        broken = null;
    }

    /** Files may take so much together; one that would take more isn't made. */
    public void room(long bytes) {
        roomBytes = bytes;
    }

    /** Whether there is no room for what is written into files either, as on file systems that never overwrite in place. */
    public void fullForWrites(boolean full) {
        writesFull = full;
    }

    private static IOException noSpace() {
        return new IOException("No space left on device");
    }

    /** The same disk after the power came back. */
    public LyingDisk powerLoss() {
        LyingDisk next = new LyingDisk(random);
        Map<String, Content> kept = new LinkedHashMap<>(random.nextBoolean() ? names : durableNames);
        durableNames.forEach((name, content) -> {
            if (names.containsKey(name)) {
                kept.putIfAbsent(name, content);
            }
        });
        kept.forEach((name, content) -> {
            Content survivor = content.afterPowerLoss(random);
            next.names.put(name, survivor);
            next.durableNames.put(name, survivor);
        });
        return next;
    }

    /** The same disk after the process died: everything handed over is there. */
    public LyingDisk processDeath() {
        LyingDisk next = new LyingDisk(random);
        next.names.putAll(names);
        next.durableNames.putAll(durableNames);
        return next;
    }

    private void spend() throws IOException {
        beforeEach.run();
        if (broken != null) {
            throw new IOException(broken.getMessage());
        }
        if (budget-- <= 0) {
            throw new IOException("no power");
        }
    }

    /** The bytes of a file as they are read now; changes are changes. */
    public byte[] bytes(String name) {
        return names.get(name).now;
    }

    @Override
    public String name() {
        return "lying";
    }

    @Override
    public Closeable lock(String name) throws IOException {
        if (locked) {
            throw new IOException("lying: in use by this process already");
        }
        locked = true;
        return () -> locked = false;
    }

    @Override
    public List<String> list() {
        return List.copyOf(names.keySet());
    }

    @Override
    public DiskFile open(String name) throws IOException {
        Content content = names.get(name);
        if (content == null) {
            throw new IOException(name + ": no such file");
        }
        return new LyingFile(content);
    }

    @Override
    public DiskFile create(String name, long size) throws IOException {
        spend();
        if (usedBytes() + size > roomBytes) {
            throw noSpace();
        }
        Content content = new Content(new byte[(int) size]);
        names.put(name, content);
        return new LyingFile(content);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        spend();
        names.put(to, names.remove(from));
    }

    @Override
    public void delete(String name) throws IOException {
        spend();
        names.remove(name);
    }

    @Override
    public void syncDirectory() throws IOException {
        spend();
        durableNames.clear();
        durableNames.putAll(names);
    }

    public long usedBytes() {
        return names.values().stream().mapToLong(content -> content.now.length).sum();
    }

    private record Write(int position, byte[] bytes) {
        /** What is durable now does not become old again. */
        void cover(Write newer) {
            int from = Math.max(position, newer.position);
            int to = Math.min(position + bytes.length, newer.position + newer.bytes.length);
            if (from < to) {
                System.arraycopy(newer.bytes, from - newer.position, bytes, from - position, to - from);
            }
        }
    }

    private static final class Content {
        final byte[] now;
        final byte[] durable;
        final List<Write> unsynced = new ArrayList<>();

        Content(byte[] bytes) {
            now = bytes;
            durable = bytes.clone();
        }

        Content afterPowerLoss(RandomGenerator random) {
            byte[] after = durable.clone();
            List<Write> order = new ArrayList<>(unsynced);
            Collections.shuffle(order, new Random(random.nextLong()));
            int mood = random.nextInt(4);
            for (Write write : order) {
                int fate = mood == 0 ? 0 : mood == 1 ? 2 : random.nextInt(3);
                for (int at = 0; at < write.bytes.length; at += 512) {
                    if (fate == 2 || fate == 1 && random.nextBoolean()) {
                        System.arraycopy(write.bytes, at, after, write.position + at, Math.min(512, write.bytes.length - at));
                    }
                }
            }
            return new Content(after);
        }
    }

    private final class LyingFile implements DiskFile {
        private final Content content;

        LyingFile(Content content) {
            this.content = content;
        }

        @Override
        public void read(ByteBuffer dst, long position) throws IOException {
            if (position + dst.remaining() > content.now.length) {
                throw new EOFException("file ends at " + content.now.length);
            }
            dst.put(content.now, (int) position, dst.remaining());
        }

        @Override
        public void write(ByteBuffer src, long position) throws IOException {
            spend();
            int left = writesFull ? src.remaining() - src.remaining() / 2 : 0;
            for (int at = (int) position; src.remaining() > left;) {
                byte[] bytes = new byte[Math.min(src.remaining() - left, MOST_AT_ONCE)];
                src.get(bytes);
                System.arraycopy(bytes, 0, content.now, at, bytes.length);
                content.unsynced.add(new Write(at, bytes));
                at += bytes.length;
                if (src.remaining() > left) {
                    beforeEach.run();
                }
            }
            if (writesFull) {
                throw noSpace();
            }
        }

        @Override
        public void writeDurably(ByteBuffer src, long position) throws IOException {
            spend();
            Write write = new Write((int) position, new byte[src.remaining()]);
            src.get(write.bytes);
            System.arraycopy(write.bytes, 0, content.now, write.position, write.bytes.length);
            System.arraycopy(write.bytes, 0, content.durable, write.position, write.bytes.length);
            content.unsynced.forEach(earlier -> earlier.cover(write));
        }

        @Override
        public void force() throws IOException {
            spend();
            for (Write write : content.unsynced) {
                System.arraycopy(write.bytes, 0, content.durable, write.position, write.bytes.length);
            }
            content.unsynced.clear();
        }

        @Override
        public long size() {
            return content.now.length;
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}

package io.spindrift.powerloss;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;

/** The bytes of one file that are durable, and what was written or cut off since, in order. Made by a {@link RecordedDisk}. */
final class RecordedFile {
    private static final int SECTOR = 512;

    private final LongSupplier clock;
    private final Content durable;
    private final List<Change> changes = new ArrayList<>();
    private Path real;
    /** What was last seen of a file that is stored to through mappings. */
    private byte[] seen;

    /** Bytes that were written, or a new length where {@code bytes} is null; and when, in calls. */
    private record Change(long when, long at, byte[] bytes) {}

    RecordedFile(LongSupplier clock, byte[] durable) {
        this.clock = clock;
        this.durable = new Content(durable);
    }

    void written(long at, byte[] bytes) throws IOException {
        if (bytes.length > 0) {
            changes.add(new Change(clock.getAsLong(), at, bytes));
            seenNow();
        }
    }

    void writtenDurably(long at, byte[] bytes) throws IOException {
        durable.put(at, bytes, 0, bytes.length);
        for (int index = 0; index < changes.size(); index++) {
            Change change = changes.get(index);
            if (change.bytes != null) {
                byte[] covered = change.bytes.clone();
                long from = Math.max(at, change.at);
                long to = Math.min(at + bytes.length, change.at + covered.length);
                if (from < to) {
                    System.arraycopy(bytes, (int) (from - at), covered, (int) (from - change.at), (int) (to - from));
                    changes.set(index, new Change(change.when, change.at, covered));
                }
            }
        }
        seenNow();
    }

    /** Cut off or made longer. */
    void resized(long size) throws IOException {
        changes.add(new Change(clock.getAsLong(), size, null));
        seenNow();
    }

    void synced() {
        changes.forEach(durable::apply);
        changes.clear();
    }

    void watch(Path path) {
        if (seen == null) {
            real = path;
            seen = now();
        }
    }

    private byte[] now() {
        Content now = new Content(durable.bytes());
        changes.forEach(now::apply);
        return now.bytes();
    }

    private void seenNow() throws IOException {
        if (seen != null) {
            look(false);
        }
    }

    /** Takes what was stored through mappings since. */
    void look() throws IOException {
        look(true);
    }

    private void look(boolean stored) throws IOException {
        byte[] content = Files.readAllBytes(real);
        if (stored && content.length < seen.length) {
            changes.add(new Change(clock.getAsLong(), content.length, null));
        }
        for (int at = 0; stored && at < content.length; at += SECTOR) {
            int end = Math.min(content.length, at + SECTOR);
            if (at >= seen.length || !Arrays.equals(content, at, end, seen, at, Math.min(end, seen.length))) {
                changes.add(new Change(clock.getAsLong(), at, Arrays.copyOfRange(content, at, end)));
            }
        }
        seen = content;
    }

    /** Bytes that grow. */
    private static final class Content {
        private byte[] bytes;
        private int size;

        Content(byte[] bytes) {
            this.bytes = bytes;
            size = bytes.length;
        }

        byte[] bytes() {
            return Arrays.copyOf(bytes, size);
        }

        void put(long at, byte[] source, int from, int count) {
            int end = (int) at + from + count;
            if (end > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
            }
            System.arraycopy(source, from, bytes, (int) at + from, count);
            size = Math.max(size, end);
        }

        void apply(Change change) {
            if (change.bytes != null) {
                put(change.at, change.bytes, 0, change.bytes.length);
                return;
            }
            bytes = Arrays.copyOf(bytes(), (int) change.at);
            size = bytes.length;
        }
    }

    /**
     * None of what is not durable, all of it, what was written up to some call, or any: each sector as any of its writes left it. What followed a cut in
     * length is there only with the cut.
     */
    byte[] afterPowerLoss(Random random, long upTo) {
        Content after = new Content(durable.bytes());
        int mood = random.nextInt(5);
        int dropped = random.nextInt(100);
        for (Change change : changes) {
            boolean whole = mood == 1 || mood == 2 && change.when <= upTo || mood > 2 && random.nextInt(100) >= dropped;
            if (change.bytes == null) {
                if (!whole) {
                    return after.bytes();
                }
                after.apply(change);
                continue;
            }
            boolean torn = mood > 2 && random.nextInt(3) == 0;
            for (int from = 0; from < change.bytes.length; from += SECTOR) {
                if (torn ? random.nextBoolean() : whole) {
                    after.put(change.at, change.bytes, from, Math.min(SECTOR, change.bytes.length - from));
                }
            }
        }
        return after.bytes();
    }
}

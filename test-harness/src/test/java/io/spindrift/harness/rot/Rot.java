package io.spindrift.harness.rot;

import io.spindrift.blockcache.CacheCheck;
import io.spindrift.engine.check.StoreCheck;
import io.spindrift.engine.check.StoreImage;
import io.spindrift.image.Damage;
import io.spindrift.journal.JournalCheck;
import io.spindrift.store.DirectoryView;
import io.spindrift.store.StoreException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Bit by bit: a folder with everything that a host and a store keep, known sector by sector; a copy of it with one bit flipped; what {@code check} says of the copy; then
 * the copy opened, read whole, brought into its image, and the image read by itself. One thread.
 */
final class Rot {
    private static final int SECTORS = RotStack.BLOCKS * 8;

    private final Path folder;
    private final Path golden;
    private final byte[][] expected = new byte[SECTORS][];
    private final byte[] profile = new byte[3000];
    private final Random random;
    private Written written;

    /** What came of a flip. @param seen what told of it; empty where nothing did @param wrong sectors that were served otherwise than they were written */
    record Outcome(Flip flip, String seen, int refused, int wrong) {}

    Rot(Path folder, long seed) {
        this.folder = folder;
        this.golden = folder.resolve("golden");
        this.random = new Random(seed);
    }

    Written written() {
        return written;
    }

    /** Makes the folder that is damaged from here on: part of it in the image, part of that in the cache, part of it in the journal alone. */
    void prepare() throws Exception {
        Arrays.setAll(expected, lba -> new byte[512]);
        try (RotStack stack = new RotStack(golden, true, 1, null)) {
            stack.create();
            serve(stack);
            for (int block = 0; block < RotStack.BLOCKS - 200; block += 40) {
                write(stack, block * 8L, 40 * 8);
                if (block % 120 == 80) {
                    requireFlushed(stack);
                }
            }
            for (int round = 0; round < 30; round++) {
                write(stack, random.nextInt(SECTORS - 4000), 1 + random.nextInt(60));
                if (round % 10 == 9) {
                    unmap(stack, random.nextInt(SECTORS - 4000) / 8 * 8L, 64);
                    requireFlushed(stack);
                }
            }
            stack.sidecar(random(profile));
            for (int round = 0; round < 25; round++) {
                write(stack, random.nextInt(SECTORS - 100), 1 + random.nextInt(round % 3 == 0 ? 70 : 8));
            }
            unmap(stack, 8, 24);
            for (int lba = 0; lba < SECTORS; lba += 64) {
                stack.read(lba, 64);
            }
            stack.closeDirty();
        }
        written = new Written(golden);
    }

    private static void serve(RotStack stack) throws Exception {
        String refused = stack.open();
        if (refused != null) {
            throw new IllegalStateException(refused);
        }
    }

    private static void requireFlushed(RotStack stack) throws Exception {
        if (!stack.flush()) {
            throw new IllegalStateException("not brought into the image");
        }
    }

    private byte[] random(byte[] bytes) {
        random.nextBytes(bytes);
        return bytes;
    }

    private void write(RotStack stack, long lba, int sectors) throws Exception {
        byte[] bytes = random(new byte[sectors * 512]);
        stack.write(lba, bytes);
        for (int at = 0; at < sectors; at++) {
            expected[(int) lba + at] = Arrays.copyOfRange(bytes, at * 512, at * 512 + 512);
        }
    }

    private void unmap(RotStack stack, long lba, int sectors) throws Exception {
        stack.unmap(lba, sectors);
        for (int at = 0; at < sectors; at++) {
            expected[(int) lba + at] = new byte[512];
        }
    }

    /** Any byte of the files of a kind, all as likely. */
    Flip any(Written.Kind kind, boolean live) throws IOException {
        long at = random.nextLong(written.total(kind));
        for (Path file : written.files(kind)) {
            long size = Files.size(golden.resolve(file));
            if (at < size) {
                return new Flip(kind, file, at, random.nextInt(8), live, written.at(kind, file, at));
            }
            at -= size;
        }
        throw new AssertionError("past the end");
    }

    /** A byte that means something, all as likely; of a guest's data where {@code data}. */
    Flip meant(Written.Kind kind, boolean live, boolean data) {
        List<Written.Range> ranges = written.ranges(kind).stream().filter(range -> range.data() || !data).toList();
        long at = random.nextLong(ranges.stream().mapToLong(range -> range.to() - range.from()).sum());
        for (Written.Range range : ranges) {
            if (at < range.to() - range.from()) {
                return new Flip(kind, range.file(), range.from() + at, random.nextInt(8), live, range);
            }
            at -= range.to() - range.from();
        }
        throw new AssertionError("past the end");
    }

    /** @param blinded whether the checksums are made right again for the flipped bit */
    Outcome run(Flip flip, boolean blinded) throws Exception {
        Path work = folder.resolve("work");
        copy(golden, work);
        List<String> seen = new ArrayList<>();
        if (!flip.live()) {
            flip.apply(work);
            if (blinded) {
                Blinded.hide(work, flip);
            }
            check(work, seen);
        }
        int[] counts = new int[2];
        serveAndCompare(work, flip, seen, counts);
        compareImage(work, seen, counts);
        return new Outcome(flip, String.join("; ", seen), counts[0], counts[1]);
    }

    /** What the offline check says. */
    private void check(Path work, List<String> seen) throws IOException {
        List<Damage> found = new ArrayList<>();
        StoreCheck store = null;
        try {
            store = new StoreCheck(new DirectoryView(work.resolve("store")), address -> true, true, found::add).run();
        } catch (StoreException refused) {
            seen.add("check: " + refused.getMessage());
        }
        StoreImage image = store == null ? null : store.image(RotStack.ADDRESS);
        long applied = image == null ? -1 : store.applied(image);
        try (CacheCheck cache = new CacheCheck(work.resolve("cache"), "disk0", found::add)) {
            cache.run(bytes -> { });
        }
        new JournalCheck(work.resolve("journal"), "disk0", lease -> applied, found::add).run(bytes -> { });
        for (Damage damage : found) {
            seen.add("check: " + damage.part() + " " + damage.harm() + " " + damage.place() + ":" + damage.offsetBytes() + " " + damage.what());
        }
    }

    private void serveAndCompare(Path work, Flip flip, List<String> seen, int[] counts) throws Exception {
        RotStack stack;
        try {
            stack = new RotStack(work, true, 2, null);
        } catch (StoreException refused) {
            seen.add("open: " + refused.getMessage());
            return;
        }
        try (stack) {
            String refused = stack.open();
            if (refused != null) {
                seen.add("open: " + refused);
                return;
            }
            if (flip.live()) {
                flip.apply(work);
            }
            compare(stack, seen, counts, "read");
            byte[] boot = stack.sidecar();
            if (boot == null) {
                seen.add("sidecar refused");
            } else if (!Arrays.equals(boot, profile)) {
                counts[1]++;
            }
            long corrupt = stack.status().reads().cache() == null ? 0 : stack.status().reads().cache().corrupt();
            if (corrupt > 0) {
                seen.add("cache: " + corrupt + " blocks failed");
            }
            if (!stack.flush()) {
                seen.add("destage refused");
            }
        }
    }

    /** The image by itself: what is there was written, and is the newest where the journal has nothing left. */
    private void compareImage(Path work, List<String> seen, int[] counts) throws Exception {
        boolean whole = seen.stream().noneMatch(line -> line.startsWith("open") || line.startsWith("destage"));
        if (!whole) {
            return;
        }
        delete(work.resolve("cache"));
        try (RotStack stack = new RotStack(work, false, 3, null)) {
            String refused = stack.open();
            if (refused != null) {
                seen.add("image: " + refused);
            } else {
                compare(stack, seen, counts, "image");
            }
        }
    }

    private void compare(RotStack stack, List<String> seen, int[] counts, String how) throws Exception {
        int refusedBefore = counts[0];
        for (int lba = 0; lba < SECTORS; lba += 8) {
            byte[] block = stack.read(lba, 8);
            if (block != null) {
                counts[1] += differ(block, lba);
                continue;
            }
            for (int sector = lba; sector < lba + 8; sector++) {
                byte[] one = stack.read(sector, 1);
                if (one == null) {
                    counts[0]++;
                } else {
                    counts[1] += differ(one, sector);
                }
            }
        }
        if (counts[0] > refusedBefore) {
            seen.add(how + ": " + (counts[0] - refusedBefore) + " sectors refused");
        }
    }

    private int differ(byte[] bytes, int lba) {
        int wrong = 0;
        for (int at = 0; at < bytes.length / 512; at++) {
            wrong += Arrays.equals(Arrays.copyOfRange(bytes, at * 512, at * 512 + 512), expected[lba + at]) ? 0 : 1;
        }
        return wrong;
    }

    byte[][] expected() {
        return expected;
    }

    private static void copy(Path from, Path to) throws IOException {
        delete(to);
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(to.resolve(from.relativize(dir)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.REPLACE_EXISTING);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, IOException trouble) throws IOException {
                Files.delete(dir);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}

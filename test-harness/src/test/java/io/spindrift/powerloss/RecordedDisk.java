package io.spindrift.powerloss;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What is durable of a tree of files, and what was changed since. A sync of a file makes its bytes and size durable, not its name; a sync of a folder the
 * names in it, not what they name. Everything else may be on the disk or not, in any order, files torn between sectors of 512 bytes: a change of a name is there
 * whole or not at all. What is stored through a mapping is found by comparing, at each call.
 *
 * <p>Made by a test over a folder whose content counts as durable; changed by {@link RecordedFileSystem}; one thread.
 */
public final class RecordedDisk {
    private final Path root;
    private final RecordedFolder top;
    private final Set<RecordedFile> mapped = new LinkedHashSet<>();
    private final List<Renaming> pending = new ArrayList<>();
    private final Map<Path, RecordedFile> outside = new TreeMap<>();
    private Predicate<String> deaf = what -> false;
    private Runnable beforeEach = () -> { };
    private long operations;
    private boolean inside;

    /** A folder and what its names mean now and on the disk; the order is that in which names came. */
    static final class RecordedFolder {
        final Map<String, Object> names = new LinkedHashMap<>();
        final Map<String, Object> durable = new LinkedHashMap<>();
    }

    /** One change of a name; those of one rename have one number. */
    private record Renaming(long operation, RecordedFolder folder, String name, Object node) {}

    /** @param root its content counts as durable */
    public RecordedDisk(Path root) throws IOException {
        this.root = root;
        top = load(root);
    }

    private RecordedFolder load(Path folder) throws IOException {
        RecordedFolder loaded = new RecordedFolder();
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        }
        entries.sort(null);
        for (Path entry : entries) {
            Object node = Files.isDirectory(entry) ? load(entry) : new RecordedFile(this::operations, Files.readAllBytes(entry));
            loaded.names.put(entry.getFileName().toString(), node);
            loaded.durable.put(entry.getFileName().toString(), node);
        }
        return loaded;
    }

    /** What is run before each call that changes or syncs something: a power loss at that moment has not seen the call. */
    public void beforeEach(Runnable what) {
        beforeEach = what;
    }

    /** Syncs that do nothing, by what is synced: {@code file PATH}, {@code folder PATH}, from the root on. */
    public void deafTo(Predicate<String> what) {
        deaf = what;
    }

    /** Calls so far that changed or synced something. */
    public long operations() {
        return operations;
    }

    void begin() throws IOException {
        look();
        operations++;
        if (!inside) {
            inside = true;
            beforeEach.run();
            inside = false;
        }
    }

    /** Takes what happened past the file system. */
    void look() throws IOException {
        for (Map.Entry<Path, RecordedFile> entry : List.copyOf(outside.entrySet())) {
            if (Files.exists(entry.getKey()) && parent(entry.getKey()).names.get(name(entry.getKey())) == null) {
                set(operations, entry.getKey(), entry.getValue());
                map(entry.getKey(), entry.getValue());
            }
        }
        for (RecordedFile file : mapped) {
            file.look();
        }
    }

    private RecordedFolder parent(Path real) {
        RecordedFolder folder = top;
        for (Path part : root.relativize(real.getParent())) {
            folder = part.toString().isEmpty() ? folder : (RecordedFolder) folder.names.get(part.toString());
        }
        return folder;
    }

    private static String name(Path real) {
        return real.getFileName().toString();
    }

    private void set(long operation, Path real, Object node) {
        RecordedFolder folder = parent(real);
        if (node == null) {
            folder.names.remove(name(real));
        } else {
            folder.names.put(name(real), node);
        }
        pending.add(new Renaming(operation, folder, name(real), node));
    }

    RecordedFile file(Path real) {
        return parent(real).names.get(name(real)) instanceof RecordedFile file ? file : null;
    }

    RecordedFile created(Path real) {
        RecordedFile file = new RecordedFile(this::operations, new byte[0]);
        set(operations, real, file);
        return file;
    }

    void folderMade(Path real) {
        set(operations, real, new RecordedFolder());
    }

    void deleted(Path real) {
        Object node = parent(real).names.get(name(real));
        if (node instanceof RecordedFile file) {
            mapped.remove(file);
        }
        set(operations, real, null);
    }

    void linked(Path real, Path existing) {
        set(operations, real, file(existing));
    }

    void moved(Path from, Path to) {
        Object node = parent(from).names.get(name(from));
        set(operations, from, null);
        set(operations, to, node);
    }

    /** What is stored through a mapping of the file is looked for from here on. */
    void map(Path real, RecordedFile file) {
        file.watch(real);
        mapped.add(file);
    }

    /** The file is about to be made or used by code that does not go through the file system. */
    void outside(Path real) throws IOException {
        RecordedFile known = file(real);
        if (known == null) {
            outside.put(real, new RecordedFile(this::operations, new byte[0]));
        } else {
            outside.remove(real);
            map(real, known);
        }
    }

    void synced(Path real, RecordedFile file) {
        if (!deaf.test("file " + root.relativize(real))) {
            file.synced();
        }
    }

    void folderSynced(Path real) {
        if (deaf.test("folder " + root.relativize(real))) {
            return;
        }
        RecordedFolder folder = real.equals(root) ? top : (RecordedFolder) parent(real).names.get(name(real));
        folder.durable.clear();
        folder.durable.putAll(folder.names);
        pending.removeIf(renaming -> renaming.folder == folder);
    }

    /**
     * Makes the tree as it may be found after a power loss now.
     *
     * @param target an empty folder of another file system
     */
    public void powerLoss(Path target, Random random) throws IOException {
        look();
        // A kernel writes back in seconds: what was written in the last calls is the most doubtful.
        double share = random.nextDouble();
        long upTo = operations - (long) (share * share * share * operations);
        write(top, target, new Fate(names(random, upTo), new IdentityHashMap<>(), random, upTo));
    }

    /** What becomes of what is not durable. */
    private record Fate(Map<RecordedFolder, Map<String, Object>> names, Map<RecordedFile, Path> written, Random random, long upTo) {}

    /** Which names are found: those on the disk, all, a journal of names cut at one point, or any. */
    private Map<RecordedFolder, Map<String, Object>> names(Random random, long upTo) {
        int mood = random.nextInt(4);
        Map<Long, Boolean> fate = new HashMap<>();
        Map<RecordedFolder, Map<String, Object>> found = new IdentityHashMap<>();
        for (Renaming renaming : pending) {
            boolean kept = switch (mood) {
                case 0 -> false;
                case 1 -> true;
                case 2 -> renaming.operation <= upTo;
                default -> fate.computeIfAbsent(renaming.operation, number -> random.nextBoolean());
            };
            Map<String, Object> names = found.computeIfAbsent(renaming.folder, folder -> new LinkedHashMap<>(folder.durable));
            if (kept && renaming.node != null) {
                names.put(renaming.name, renaming.node);
            } else if (kept) {
                names.remove(renaming.name);
            }
        }
        return found;
    }

    private void write(RecordedFolder folder, Path target, Fate fate) throws IOException {
        for (Map.Entry<String, Object> entry : fate.names.getOrDefault(folder, folder.durable).entrySet()) {
            Path path = target.resolve(entry.getKey());
            if (entry.getValue() instanceof RecordedFolder inner) {
                Files.createDirectory(path);
                write(inner, path, fate);
            } else {
                RecordedFile file = (RecordedFile) entry.getValue();
                Path same = fate.written.putIfAbsent(file, path);
                if (same == null) {
                    Files.write(path, file.afterPowerLoss(fate.random, fate.upTo));
                } else {
                    Files.createLink(path, same);
                }
            }
        }
    }
}

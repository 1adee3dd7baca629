package io.spindrift.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A store in a folder of a local or network file system that has hard links and honours fsync.
 *
 * <p>An object is written to a temporary file, which is synced, then linked under its name ({@code putIfAbsent}: link(2) fails where
 * the name is taken, so of several writers one wins) or renamed over it ({@code put}); then the folder is synced, and where folders
 * were made, those that hold them. So a name never shows a torn object, and what was answered for survives power loss.
 *
 * <p>Several processes may use one folder at the same time. Made and closed by the assembly; called from any thread.
 */
public final class DirectoryStore implements SegmentStore {
    private static final int MAX_ATTEMPTS = 8;

    private final Path objects;
    private final DirectoryLayout layout;
    private final ObjectWriter writer;
    /** Folders known to be durably entered in the folders above them. */
    private final Set<Path> durable = ConcurrentHashMap.newKeySet();
    /** Folders whose names were made durable since this store was opened. */
    private final Set<Path> settled = ConcurrentHashMap.newKeySet();
    private final AtomicLong temporaries = new AtomicLong();

    /** Opens the store in {@code root}, making it where the folder is missing or empty; a folder of something else is refused. */
    public DirectoryStore(Path root) throws StoreException {
        layout = DirectoryLayout.open(root);
        objects = layout.objects();
        try {
            writer = new ObjectWriter(layout.temporaries());
        } catch (IOException e) {
            layout.close();
            throw DirectoryLayout.failure("can't look at the file system of " + root, e);
        }
        durable.add(objects);
    }

    @Override
    public void put(String name, ByteBuffer... body) throws StoreException {
        Path target = path(name);
        writing(name, body, temporary -> {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return true;
        });
    }

    @Override
    public boolean putIfAbsent(String name, ByteBuffer... body) throws StoreException {
        Path target = path(name);
        if (Files.exists(target)) {
            return taken(target);
        }
        return writing(name, body, temporary -> {
            Files.createLink(target, temporary);
            return true;
        });
    }

    @Override
    public void read(String name, long offset, ByteBuffer dst) throws StoreException {
        read(path(name), name, offset, dst);
    }

    static void read(Path target, String name, long offset, ByteBuffer dst) throws StoreException {
        if (offset < 0) {
            throw new StoreException(StoreException.Kind.INVALID, name + ": an offset is not negative: " + offset);
        }
        try (FileChannel file = FileChannel.open(target, StandardOpenOption.READ)) {
            long at = offset;
            while (dst.hasRemaining()) {
                int n = file.read(dst, at);
                if (n < 0) {
                    throw new StoreException(StoreException.Kind.ABSENT, name + " ends at " + at + ", " + dst.remaining() + " bytes short");
                }
                at += n;
            }
        } catch (IOException e) {
            throw DirectoryLayout.failure("can't read " + target, e);
        }
    }

    @Override
    public long length(String name) throws StoreException {
        return length(path(name));
    }

    static long length(Path target) throws StoreException {
        try {
            return Files.isDirectory(target) ? -1 : Files.size(target);
        } catch (NoSuchFileException e) {
            return -1;
        } catch (IOException e) {
            throw DirectoryLayout.failure("can't look at " + target, e);
        }
    }

    @Override
    public List<StoredObject> list(String prefix, String startAfter, int limit) throws StoreException {
        StoreNames.checkPrefix(prefix);
        if (limit < 1 || limit > 10_000) {
            throw new StoreException(StoreException.Kind.INVALID, "a page has 1 to 10,000 names, not " + limit);
        }
        try {
            List<StoredObject> page = new DirectoryLister(objects, prefix, startAfter, limit).list();
            settle(prefix);
            return page;
        } catch (IOException e) {
            throw DirectoryLayout.failure("can't list " + objects, e);
        }
    }

    /** Whoever made the name may have died before it was durable; whoever finds it taken will believe what it says. */
    private static boolean taken(Path target) throws StoreException {
        try {
            DirectoryLayout.sync(target.getParent());
            return false;
        } catch (NoSuchFileException gone) {
            return false;
        } catch (IOException e) {
            throw DirectoryLayout.failure("can't sync " + target.getParent(), e);
        }
    }

    /** Names that a process left that died between naming and syncing become durable before they are believed: once for each folder. */
    private void settle(String prefix) throws IOException {
        int slash = prefix.lastIndexOf('/');
        Path folder = slash < 0 ? objects : objects.resolve(prefix.substring(0, slash));
        for (; !settled.contains(folder) && Files.isDirectory(folder); folder = folder.getParent()) {
            DirectoryLayout.sync(folder);
            settled.add(folder);
            if (folder.equals(objects)) {
                return;
            }
        }
    }

    @Override
    public void delete(String name) throws StoreException {
        Path target = path(name);
        try {
            if (Files.deleteIfExists(target)) {
                dropEmptyFolders(target.getParent());
            }
        } catch (DirectoryNotEmptyException e) {
            throw new StoreException(StoreException.Kind.INVALID, name + " is no object, it is a folder of objects");
        } catch (IOException e) {
            throw DirectoryLayout.failure("can't delete " + target, e);
        }
    }

    @Override
    public void close() {
        layout.close();
    }

    /** Names the temporary file for good. Answers false where the name is taken. */
    private interface Naming {
        boolean name(Path temporary) throws IOException;
    }

    private boolean writing(String name, ByteBuffer[] body, Naming naming) throws StoreException {
        Path temporary = layout.temporaries().resolve(Long.toHexString(temporaries.incrementAndGet()));
        try {
            try {
                writer.write(temporary, body);
                return nameIt(path(name), temporary, naming);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (FileAlreadyExistsException e) {
            return taken(path(name));
        } catch (IOException e) {
            throw DirectoryLayout.failure("can't write " + name, e);
        }
    }

    /** Somebody who deletes may remove an empty folder between our making it and our naming, so this is tried again. */
    private boolean nameIt(Path target, Path temporary, Naming naming) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                makeFolders(target.getParent());
                boolean named = naming.name(temporary);
                DirectoryLayout.sync(target.getParent());
                return named;
            } catch (NoSuchFileException e) {
                durable.remove(target.getParent());
                if (attempt == MAX_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private void makeFolders(Path folder) throws IOException {
        if (durable.contains(folder) && Files.isDirectory(folder)) {
            return;
        }
        makeFolders(folder.getParent());
        if (!Files.isDirectory(folder)) {
            try {
                Files.createDirectory(folder);
            } catch (FileAlreadyExistsException e) {
                if (Files.isRegularFile(folder)) {
                    throw new IOException(folder + " is a file where a folder is needed", e);
                }
                // A folder: made by somebody else, and perhaps removed again by now, which is tried again.
            }
        }
        DirectoryLayout.sync(folder.getParent());
        durable.add(folder);
    }

    private void dropEmptyFolders(Path from) {
        for (Path folder = from; !folder.equals(objects); folder = folder.getParent()) {
            durable.remove(folder);
            try {
                Files.delete(folder);
            } catch (IOException e) {
                return;
            }
        }
    }

    private Path path(String name) throws StoreException {
        StoreNames.checkName(name);
        return objects.resolve(name);
    }
}

package io.spindrift.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folders of a {@link DirectoryStore}: a marker file that says what this is, {@code objects/}, and {@code tmp/} with a folder for
 * each process that has the store open. A process holds the lock of its own; those that nobody holds are what a dead process left
 * and are removed at the next open.
 */
final class DirectoryLayout implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryLayout.class);
    private static final String MARKER = "SPINDRIFT-STORE";
    private static final String CONTENT = "spindrift store, format 1\n";
    private static final String LOCK = "lock";

    private final Path objects;
    private final Path temporaries;
    private final FileChannel lockFile;

    private DirectoryLayout(Path objects, Path temporaries, FileChannel lockFile) {
        this.objects = objects;
        this.temporaries = temporaries;
        this.lockFile = lockFile;
    }

    static DirectoryLayout open(Path root) throws StoreException {
        try {
            checkOrMake(root);
            Path objects = Files.createDirectories(root.resolve("objects"));
            Path allTemporaries = Files.createDirectories(root.resolve("tmp"));
            removeLeftOvers(allTemporaries);
            Path own = Files.createTempDirectory(allTemporaries, "p");
            FileChannel lockFile = FileChannel.open(own.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            lockFile.lock();
            sync(root);
            return new DirectoryLayout(objects, own, lockFile);
        } catch (IOException e) {
            throw failure("can't open the store in " + root, e);
        }
    }

    Path objects() {
        return objects;
    }

    Path temporaries() {
        return temporaries;
    }

    @Override
    public void close() {
        try {
            lockFile.close();
            removeFolder(temporaries);
        } catch (IOException e) {
            LOG.debug("{} stays until the next open", temporaries, e);
        }
    }

    static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Says in the store's words what the file system said. */
    static StoreException failure(String what, IOException e) {
        if (e instanceof StoreException known) {
            return known;
        }
        String reason = e instanceof FileSystemException fs && fs.getReason() != null ? fs.getReason() : String.valueOf(e.getMessage());
        StoreException.Kind kind = StoreException.Kind.UNAVAILABLE;
        if (e instanceof NoSuchFileException || reason.contains("Not a directory")) {
            kind = StoreException.Kind.ABSENT;
            reason = "there is none";
        } else if (reason.contains("No space left") || reason.contains("quota exceeded")) {
            kind = StoreException.Kind.FULL;
        } else if (e instanceof AccessDeniedException) {
            reason = "access denied";
        }
        return new StoreException(kind, what + ": " + reason, e);
    }

    private static void checkOrMake(Path root) throws IOException {
        Path marker = root.resolve(MARKER);
        if (Files.exists(root) && !Files.isDirectory(root)) {
            throw refused(root + " is not a folder");
        }
        Files.createDirectories(root);
        if (!Files.exists(marker)) {
            refuseForeign(root);
            writeMarker(root, marker);
        }
        checkMarker(marker);
    }

    /** Where the objects of a store are that is only looked at: nothing is made or removed. */
    static Path existing(Path root) throws StoreException {
        try {
            if (!Files.exists(root.resolve(MARKER))) {
                throw refused(root + " is no store: it has no " + MARKER);
            }
            checkMarker(root.resolve(MARKER));
            return root.resolve("objects");
        } catch (IOException e) {
            throw failure("can't open the store in " + root, e);
        }
    }

    private static void checkMarker(Path marker) throws IOException {
        if (Files.size(marker) > 200) {
            throw refused(marker + " is not the marker of a Spindrift store");
        }
        String content = Files.readString(marker, StandardCharsets.ISO_8859_1);
        if (!content.equals(CONTENT)) {
            throw refused(marker + " says '" + content.strip() + "'; this version reads '" + CONTENT.strip() + "'");
        }
    }

    /** Other openers may be at work on the same empty folder, so our own folders are no reason to refuse. */
    private static void refuseForeign(Path root) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (!name.startsWith(MARKER) && !name.equals("lost+found")) {
                    throw refused(root + " holds '" + name + "' and no " + MARKER + ": it is not a store and not empty");
                }
            }
        }
    }

    private static void writeMarker(Path root, Path marker) throws IOException {
        Path temporary = Files.createTempFile(root, MARKER, ".new");
        try (FileChannel file = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(CONTENT.getBytes(StandardCharsets.ISO_8859_1)));
            file.force(true);
        }
        Files.move(temporary, marker, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(root);
    }

    private static void removeLeftOvers(Path allTemporaries) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(allTemporaries, "p*")) {
            for (Path folder : folders) {
                if (abandoned(folder)) {
                    removeFolder(folder);
                }
            }
        }
    }

    private static boolean abandoned(Path folder) {
        Path lock = folder.resolve(LOCK);
        if (!Files.exists(lock)) {
            // Either somebody is just making it, or it died before it could write anything: nothing is lost by keeping it.
            return false;
        }
        try (FileChannel file = FileChannel.open(lock, StandardOpenOption.WRITE); FileLock held = file.tryLock()) {
            return held != null;
        } catch (OverlappingFileLockException e) {
            return false;
        } catch (IOException e) {
            return false;
        }
    }

    private static void removeFolder(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }

    private static StoreException refused(String message) {
        return new StoreException(StoreException.Kind.INVALID, message);
    }
}

package io.spindrift.config.volumes;

import io.spindrift.config.process.StartException;
import io.spindrift.image.HostIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * The cache folder as one daemon holds it: locked for as long as it is open, with the host's identity in it. Made and closed by the assembly on the
 * main thread; blocking.
 */
public final class HostFolder implements AutoCloseable {
    private static final int MAX_NAME_CHARS = 80;

    private final Path path;
    private final FileChannel lockFile;
    private final FileLock lock;

    private HostFolder(Path path, FileChannel lockFile, FileLock lock) {
        this.path = path;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /** Makes the folder where it isn't there, and takes it. */
    public static HostFolder take(String what, Path path) throws StartException {
        try {
            Files.createDirectories(path);
            FileChannel channel = FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                throw new StartException(what + ": " + path + " is in use by another daemon", null);
            }
            return new HostFolder(path, channel, lock);
        } catch (IOException unusable) {
            throw new StartException(what + ": " + path + " can't be used: " + unusable, unusable);
        }
    }

    /** Whether a daemon has the folder; makes and changes nothing. */
    public static boolean inUse(String what, Path path) throws StartException {
        Path file = path.resolve("lock");
        if (!Files.exists(file)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE); FileLock lock = tryLock(channel)) {
            return lock == null;
        } catch (IOException unusable) {
            throw new StartException(what + ": " + path + " can't be used: " + unusable, unusable);
        }
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException samePocess) {
            return null;
        }
    }

    public Path path() {
        return path;
    }

    /** Who this host is: random at the folder's first use, kept in it. */
    public HostIdentity identity(RandomGenerator random) throws StartException {
        Path file = path.resolve("host-id");
        try {
            if (!Files.exists(file)) {
                Path fresh = path.resolve("host-id.new");
                Files.writeString(fresh, new UUID(random.nextLong(), random.nextLong()) + "\n", StandardOpenOption.CREATE, StandardOpenOption.SYNC,
                        StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            }
            return new HostIdentity(UUID.fromString(Files.readString(file).strip()), hostName());
        } catch (IOException | IllegalArgumentException broken) {
            throw new StartException(file + " holds no host identity: put the former file back, or, where no journal beside it matters, delete it", broken);
        }
    }

    /** Which boot of the host this is; random, and so never seen before, where the system doesn't tell. */
    UUID boot(RandomGenerator random) {
        try {
            return UUID.fromString(Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip());
        } catch (IOException | IllegalArgumentException unknown) {
            return new UUID(random.nextLong(), random.nextLong());
        }
    }

    private static String hostName() {
        try {
            Path kernel = Path.of("/proc/sys/kernel/hostname");
            String name = Files.exists(kernel) ? Files.readString(kernel).strip() : InetAddress.getLocalHost().getHostName();
            return name.length() > MAX_NAME_CHARS ? name.substring(0, MAX_NAME_CHARS) : name;
        } catch (IOException unknown) {
            return "unknown";
        }
    }

    @Override
    public void close() {
        try {
            lock.release();
            lockFile.close();
        } catch (IOException gone) {
            throw new java.io.UncheckedIOException(gone);
        }
    }
}

package io.spindrift.journal;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** A folder of the host's file system. Made by the assembly; holds nothing open itself. */
public final class FileDisk implements JournalDisk {
    private static final int ZEROS = 1 << 20;
    private final Path folder;
    private final boolean readOnly;

    public FileDisk(Path folder) {
        this(folder, false);
    }

    private FileDisk(Path folder, boolean readOnly) {
        this.folder = folder;
        this.readOnly = readOnly;
    }

    /** A folder that is only looked at: files are opened for reading. */
    static FileDisk reading(Path folder) {
        return new FileDisk(folder, true);
    }

    @Override
    public String name() {
        return folder.toString();
    }

    @Override
    public Closeable lock(String name) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            Path parent = folder.toAbsolutePath().getParent();
            if (parent != null) {
                syncFolder(parent);
            }
        }
        FileChannel channel = FileChannel.open(folder.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException held) {
            channel.close();
            throw new IOException(folder + ": in use by this process already", held);
        }
        channel.close();
        throw new IOException(folder + ": in use by another process");
    }

    /**
     * Gives a journal that can't be used another folder name beside its own, for inspection; nothing is deleted. Blocking.
     *
     * @param reason one line, kept in the folder
     * @return the new name
     */
    public Path setAside(String reason) throws IOException {
        try (Closeable held = lock(JournalFormat.LOCK_FILE)) {
            Files.writeString(folder.resolve(JournalFormat.REASON_FILE), reason + System.lineSeparator());
            Path target = folder.resolveSibling(folder.getFileName() + ".aside-1");
            for (int number = 2; Files.exists(target); number++) {
                target = folder.resolveSibling(folder.getFileName() + ".aside-" + number);
            }
            Files.move(folder, target, StandardCopyOption.ATOMIC_MOVE);
            syncFolder(target.toAbsolutePath().getParent());
            return target;
        }
    }

    @Override
    public List<String> list() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Override
    public DiskFile open(String name) throws IOException {
        Path path = folder.resolve(name);
        return new ChannelFile(path, readOnly
            ? FileChannel.open(path, StandardOpenOption.READ)
            : FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public DiskFile create(String name, long size) throws IOException {
        Path path = folder.resolve(name);
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING);
        try {
            ChannelFile file = new ChannelFile(path, channel);
            ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(size, ZEROS));
            for (long at = 0; at < size; at += zeros.limit()) {
                file.write(zeros.clear().limit((int) Math.min(zeros.capacity(), size - at)), at);
            }
            channel.force(true);
            return file;
        } catch (IOException e) {
            channel.close();
            // The part of it that there was room for would take that room from everybody else.
            Files.deleteIfExists(path);
            throw e;
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(folder.resolve(from), folder.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(folder.resolve(name));
    }

    @Override
    public void syncDirectory() throws IOException {
        syncFolder(folder);
    }

    static void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private record ChannelFile(Path path, FileChannel channel) implements DiskFile {
        @Override
        public void read(ByteBuffer dst, long position) throws IOException {
            long at = position;
            while (dst.hasRemaining()) {
                int read = channel.read(dst, at);
                if (read < 0) {
                    throw new EOFException("file ends at " + at);
                }
                at += read;
            }
        }

        @Override
        public void write(ByteBuffer src, long position) throws IOException {
            write(channel, src, position);
        }

        private static void write(FileChannel to, ByteBuffer src, long position) throws IOException {
            long at = position;
            while (src.hasRemaining()) {
                at += to.write(src, at);
            }
        }

        @Override
        public void writeDurably(ByteBuffer src, long position) throws IOException {
            try (FileChannel durable = FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.DSYNC)) {
                write(durable, src, position);
            }
        }

        @Override
        public void force() throws IOException {
            channel.force(false);
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}

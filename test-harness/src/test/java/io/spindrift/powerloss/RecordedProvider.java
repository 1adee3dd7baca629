package io.spindrift.powerloss;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Carries out every call on the real folder and tells the {@link RecordedDisk}. Made by a {@link RecordedFileSystem}. */
final class RecordedProvider extends FileSystemProvider {
    private final RecordedFileSystem system;
    private final FileSystemProvider real;

    RecordedProvider(RecordedFileSystem system, FileSystemProvider real) {
        this.system = system;
        this.real = real;
    }

    private static Path real(Path path) {
        return RecordedPath.real(path);
    }

    @Override
    public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        Path at = real(path);
        RecordedDisk disk = system.disk();
        if (Files.isDirectory(at)) {
            return new RecordedChannel(real.newFileChannel(at, options, attributes), disk, at, null, false);
        }
        if (!options.contains(StandardOpenOption.WRITE)) {
            return real.newFileChannel(at, options, attributes);
        }
        disk.look();
        boolean was = Files.exists(at);
        if (!was || options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
            disk.begin();
        }
        FileChannel channel = real.newFileChannel(at, options, attributes);
        RecordedFile file = was ? disk.file(at) : disk.created(at);
        if (was && options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
            file.resized(0);
        }
        return new RecordedChannel(channel, disk, at, file, options.contains(StandardOpenOption.DSYNC));
    }

    @Override
    public SeekableByteChannel newByteChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        return newFileChannel(path, options, attributes);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = real.newDirectoryStream(real(folder), entry -> true)) {
            for (Path entry : stream) {
                Path recorded = new RecordedPath(system, entry);
                if (filter.accept(recorded)) {
                    entries.add(recorded);
                }
            }
        }
        entries.sort(null);
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                return entries.iterator();
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
    }

    @Override
    public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
        system.disk().begin();
        real.createDirectory(real(folder), attributes);
        system.disk().folderMade(real(folder));
    }

    @Override
    public void createLink(Path link, Path existing) throws IOException {
        system.disk().begin();
        real.createLink(real(link), real(existing));
        system.disk().linked(real(link), real(existing));
    }

    @Override
    public void delete(Path path) throws IOException {
        system.disk().begin();
        real.delete(real(path));
        system.disk().deleted(real(path));
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
        system.disk().begin();
        real.move(real(source), real(target), options);
        system.disk().moved(real(source), real(target));
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) {
        throw new UnsupportedOperationException("nothing copies here");
    }

    @Override
    public boolean isSameFile(Path path, Path other) throws IOException {
        return real.isSameFile(real(path), real(other));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
        return real.isHidden(real(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
        return real.getFileStore(real(path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        real.checkAccess(real(path), modes);
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
        return real.getFileAttributeView(real(path), type, options);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options) throws IOException {
        return real.readAttributes(real(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
        return real.readAttributes(real(path), attributes, options);
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
        real.setAttribute(real(path), attribute, value, options);
    }

    @Override
    public String getScheme() {
        return "recorded";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
        throw new UnsupportedOperationException("made by hand");
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        return system;
    }

    @Override
    public Path getPath(URI uri) {
        throw new UnsupportedOperationException("found by name");
    }
}

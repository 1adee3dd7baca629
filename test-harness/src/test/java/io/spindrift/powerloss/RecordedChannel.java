package io.spindrift.powerloss;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** An open file, or a folder opened for its sync, of a {@link RecordedFileSystem}. */
final class RecordedChannel extends FileChannel {
    private final FileChannel real;
    private final RecordedDisk disk;
    private final Path path;
    private final RecordedFile file;
    private final boolean durable;

    /** @param file null for a folder; {@code durable} where every write is synced */
    RecordedChannel(FileChannel real, RecordedDisk disk, Path path, RecordedFile file, boolean durable) {
        this.real = real;
        this.disk = disk;
        this.path = path;
        this.file = file;
        this.durable = durable;
    }

    @Override
    public int write(ByteBuffer src, long position) throws IOException {
        disk.begin();
        ByteBuffer before = src.duplicate();
        int count = real.write(src, position);
        byte[] bytes = new byte[count];
        before.get(bytes);
        if (durable) {
            file.writtenDurably(position, bytes);
        } else {
            file.written(position, bytes);
        }
        return count;
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        long at = real.position();
        int count = write(src, at);
        real.position(at + count);
        return count;
    }

    @Override
    public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
        long total = 0;
        for (int index = offset; index < offset + length; index++) {
            while (srcs[index].hasRemaining()) {
                total += write(srcs[index]);
            }
        }
        return total;
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        disk.begin();
        if (size < real.size()) {
            real.truncate(size);
            file.resized(size);
        }
        return this;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        disk.begin();
        if (file == null) {
            disk.folderSynced(path);
        } else {
            disk.synced(path, file);
        }
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
        disk.begin();
        boolean longer = file != null && position + size > real.size();
        MappedByteBuffer mapped = real.map(mode, position, size);
        if (longer) {
            file.resized(position + size);
        }
        if (mode == MapMode.READ_WRITE) {
            disk.map(path, file);
        }
        return mapped;
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        return real.read(dst);
    }

    @Override
    public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
        return real.read(dsts, offset, length);
    }

    @Override
    public int read(ByteBuffer dst, long position) throws IOException {
        return real.read(dst, position);
    }

    @Override
    public long position() throws IOException {
        return real.position();
    }

    @Override
    public FileChannel position(long newPosition) throws IOException {
        real.position(newPosition);
        return this;
    }

    @Override
    public long size() throws IOException {
        return real.size();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        return real.transferTo(position, count, target);
    }

    @Override
    public long transferFrom(ReadableByteChannel src, long position, long count) {
        throw new UnsupportedOperationException("nothing is transferred here");
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
        return real.lock(position, size, shared);
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
        return real.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        real.close();
    }
}

package io.spindrift.store;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Writes new files and syncs them. Large ones go past the page cache: a segment is written once, synced at once, and what guests read of it lies in
 * their hosts' caches, so that a copy of it in memory would cost fresh pages and push out what is of use. Where the file system does not have that, or
 * refuses it, through the page cache.
 *
 * <p>Made by {@link DirectoryStore}; any thread. Keeps a buffer for as many threads as ever wrote at once.
 */
final class ObjectWriter {
    /** Less than this is not worth it. */
    static final int LEAST_DIRECT = 1 << 20;
    private static final int PIECE = 1 << 20;
    private static final Set<OpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final Set<OpenOption> NEW_DIRECT = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT);

    private final int alignment;
    private final Queue<ByteBuffer> spare = new ConcurrentLinkedQueue<>();

    /** @param folder where the files will be */
    ObjectWriter(Path folder) throws IOException {
        long block = Files.getFileStore(folder).getBlockSize();
        alignment = block > 0 && block <= PIECE && Long.bitCount(block) == 1 ? (int) block : 0;
    }

    /** Makes the file, which must not be there, and returns when its bytes are durable; its name is not. */
    void write(Path file, ByteBuffer... body) throws IOException {
        long bytes = 0;
        for (ByteBuffer part : body) {
            bytes += part.remaining();
        }
        if (bytes < LEAST_DIRECT || alignment == 0 || !writeDirect(file, bytes, body)) {
            writeCached(file, bytes, body);
        }
        for (ByteBuffer part : body) {
            part.position(part.limit());
        }
    }

    private static void writeCached(Path file, long bytes, ByteBuffer[] body) throws IOException {
        ByteBuffer[] parts = new ByteBuffer[body.length];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = body[i].duplicate();
        }
        try (FileChannel channel = FileChannel.open(file, NEW)) {
            for (long left = bytes; left > 0;) {
                left -= channel.write(parts);
            }
            channel.force(true);
        }
    }

    /** @return false where it could not be done in this way, and there is no file */
    private boolean writeDirect(Path file, long bytes, ByteBuffer[] body) throws IOException {
        ByteBuffer piece = spare.poll();
        if (piece == null) {
            piece = ByteBuffer.allocateDirect(PIECE + alignment).alignedSlice(alignment).limit(PIECE).slice();
        }
        try (FileChannel channel = FileChannel.open(file, NEW_DIRECT)) {
            piece.clear();
            for (ByteBuffer part : body) {
                copy(part.duplicate(), piece, channel);
            }
            end(piece, bytes, channel);
            channel.force(true);
            return true;
        } catch (FileAlreadyExistsException taken) {
            throw taken;
        } catch (IOException | UnsupportedOperationException refused) {
            Files.deleteIfExists(file);
            return false;
        } finally {
            spare.add(piece);
        }
    }

    private static void copy(ByteBuffer part, ByteBuffer piece, FileChannel channel) throws IOException {
        while (part.hasRemaining()) {
            int count = Math.min(part.remaining(), piece.remaining());
            piece.put(part.slice(part.position(), count));
            part.position(part.position() + count);
            if (!piece.hasRemaining()) {
                drain(piece, channel);
            }
        }
    }

    /** Only whole blocks can be written: the last is padded, and the padding cut off. */
    private void end(ByteBuffer piece, long bytes, FileChannel channel) throws IOException {
        if (piece.position() > 0) {
            while (piece.position() % alignment != 0) {
                piece.put((byte) 0);
            }
            drain(piece, channel);
        }
        if (channel.size() != bytes) {
            channel.truncate(bytes);
        }
    }

    private static void drain(ByteBuffer piece, FileChannel channel) throws IOException {
        piece.flip();
        while (piece.hasRemaining()) {
            channel.write(piece);
        }
        piece.clear();
    }
}

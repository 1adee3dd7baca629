package io.spindrift.config.kept;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A small file that is replaced as a whole and survives power loss. Made by the assembly; calls come from one thread, the work is done elsewhere,
 * in the order of the calls.
 */
public final class KeptFile {
    private final Path path;
    private final Executor blocking;
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

    public KeptFile(Path path, Executor blocking) {
        this.path = path;
        this.blocking = blocking;
    }

    /** @return its bytes; null where there is none. Fails with an IOException where it can't be read, or is larger than {@code most} */
    CompletableFuture<byte[]> read(long most) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                long size = Files.size(path);
                if (size > most) {
                    throw new IOException(path + " has " + size + " bytes, more than " + most);
                }
                return Files.readAllBytes(path);
            } catch (NoSuchFileException none) {
                return null;
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }, blocking);
    }

    CompletableFuture<Void> write(byte[] bytes) {
        CompletableFuture<Void> written = last.handleAsync((done, failed) -> {
            try {
                replace(bytes);
                return null;
            } catch (IOException thrown) {
                throw new UncheckedIOException(path + " can't be written: " + thrown.getMessage(), thrown);
            }
        }, blocking);
        last = written;
        return written;
    }

    private void replace(byte[] bytes) throws IOException {
        Files.createDirectories(path.getParent());
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        try (FileChannel file = FileChannel.open(fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) {
                file.write(left);
            }
            file.force(true);
        }
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel folder = FileChannel.open(path.getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }
}

package io.spindrift.config.volumes;

import io.spindrift.config.kept.KeptFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A volume's folder on this host. {@code image-id} remembers the identity of the image, so that the disk is presented as itself while the storage server
 * can't be reached; it is no truth, and a wrong one is corrected as soon as the image answers.
 */
final class VolumeFolder {
    private final Path path;
    private final Executor blocking;

    VolumeFolder(Path path, Executor blocking) {
        this.path = path;
        this.blocking = blocking;
    }

    Path path() {
        return path;
    }

    /** @return the identity, or null where none is known */
    CompletableFuture<UUID> imageId() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return UUID.fromString(Files.readString(path.resolve("image-id")).strip());
            } catch (IOException | IllegalArgumentException unknown) {
                return null;
            }
        }, blocking);
    }

    CompletableFuture<Void> imageId(UUID id) {
        return CompletableFuture.runAsync(() -> {
            try {
                Files.createDirectories(path);
                Path fresh = path.resolve("image-id.new");
                Files.writeString(fresh, id + "\n");
                Files.move(fresh, path.resolve("image-id"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }, blocking);
    }

    /** What the volume's unit keeps. */
    KeptFile unit() {
        return new KeptFile(path.resolve("unit"), blocking);
    }

    /** Journals that were set aside and are still there, in the order of their numbers. */
    CompletableFuture<List<String>> journalsAside() {
        return CompletableFuture.supplyAsync(() -> AsideJournal.in(path).stream().map(AsideJournal::toString).toList(), blocking);
    }

    /** Removes the folder with everything in it. */
    CompletableFuture<Void> delete() {
        return CompletableFuture.runAsync(() -> {
            try {
                remove(path);
            } catch (NoSuchFileException nothing) {
                // It never had one.
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }, blocking);
    }

    static void remove(Path folder) throws IOException {
        Files.walkFileTree(folder, new Removal());
    }

    /** Leaves first. */
    private static final class Removal extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException trouble) throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}

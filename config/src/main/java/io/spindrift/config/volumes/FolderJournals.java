package io.spindrift.config.volumes;

import io.netty.util.concurrent.EventExecutor;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.journal.FileDisk;
import io.spindrift.journal.FileJournal;
import io.spindrift.journal.Journal;
import io.spindrift.journal.JournalSettings;
import io.spindrift.volume.JournalSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * A volume's journal in its folder: {@code journal}, and beside it {@code journal-aside-N} what was not of the image's history. Made by the assembly for each
 * volume; called on the volume's home loop.
 */
final class FolderJournals implements JournalSource {
    private final Path folder;
    private final JournalSettings settings;
    private final EventExecutor home;
    private final Executor blocking;
    private final RandomGenerator random;

    FolderJournals(Path folder, JournalSettings settings, EventExecutor home, Executor blocking, RandomGenerator random) {
        this.folder = folder;
        this.settings = settings;
        this.home = home;
        this.blocking = blocking;
        this.random = random;
    }

    @Override
    public CompletableFuture<Journal> open() {
        return FileJournal.open(settings, new FileDisk(folder.resolve("journal")), home, blocking, random).thenApply(journal -> journal);
    }

    @Override
    public CompletableFuture<Journal> setAside(Journal foreign, String reason) {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        foreign.close(new Completion() {
            @Override
            public void done() {
                closed.complete(null);
            }

            @Override
            public void failed(BlockFailure failure) {
                // What it holds is on disk as far as it can be.
                closed.complete(null);
            }
        });
        return closed.thenRunAsync(() -> move(reason), blocking).thenComposeAsync(moved -> open(), home);
    }

    private void move(String reason) {
        try {
            Path aside = AsideJournal.next(folder);
            Files.move(folder.resolve("journal"), aside);
            Files.writeString(aside.resolve(AsideJournal.WHY), reason + "\n");
            try (FileChannel entry = FileChannel.open(folder, StandardOpenOption.READ)) {
                entry.force(true);
            }
        } catch (IOException stuck) {
            throw new java.io.UncheckedIOException("the journal can't be moved aside: " + stuck.getMessage(), stuck);
        }
    }
}

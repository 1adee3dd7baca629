package io.spindrift.volume;

import io.spindrift.journal.Journal;
import java.util.concurrent.CompletableFuture;

/** Where a volume's journal comes from; given by the assembly, which knows folders. Futures complete on any thread. */
public interface JournalSource {
    /** Opens the volume's journal, or makes one where there is none. */
    CompletableFuture<Journal> open();

    /**
     * Closes a journal that is not of the image's history, keeps its files under another name for inspection, and makes a fresh journal with an
     * identity of its own. Nothing of it is deleted.
     *
     * @param reason one line for the log
     */
    CompletableFuture<Journal> setAside(Journal foreign, String reason);
}

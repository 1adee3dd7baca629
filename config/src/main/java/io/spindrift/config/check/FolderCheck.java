package io.spindrift.config.check;

import io.spindrift.engine.check.StoreCheck;
import io.spindrift.image.Damage;
import io.spindrift.image.ImageAddress;
import io.spindrift.store.DirectoryView;
import io.spindrift.store.SegmentStore;
import io.spindrift.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A store, in a folder or elsewhere, which may be in use meanwhile. */
public final class FolderCheck {
    private final Path directory;
    private final Predicate<ImageAddress> wanted;
    private final Consumer<Damage> found;

    /** @param directory null where the store is no folder */
    public FolderCheck(Path directory, Predicate<ImageAddress> wanted, Consumer<Damage> found) {
        this.directory = directory;
        this.wanted = wanted;
        this.found = found;
    }

    /** @return null where there is no store yet */
    public StoreCheck run(CheckReport report, Runnable progress) throws IOException {
        if (!Files.exists(directory)) {
            report.note(directory + ": there is no store yet");
            return null;
        }
        DirectoryView view;
        try {
            view = new DirectoryView(directory);
        } catch (StoreException unusable) {
            found.accept(new Damage(Damage.Part.STORE, Damage.Harm.REFUSED, null, directory.toString(), 0, unusable.getMessage()));
            return null;
        }
        return run(view, report, progress);
    }

    /** Looks at a store that is open. */
    public StoreCheck run(SegmentStore store, CheckReport report, Runnable progress) throws IOException {
        StoreCheck check = new StoreCheck(store, wanted, true, found);
        long before = 0;
        boolean more = true;
        while (more) {
            more = check.next();
            report.read(check.bytes() - before);
            before = check.bytes();
            progress.run();
        }
        return check;
    }
}

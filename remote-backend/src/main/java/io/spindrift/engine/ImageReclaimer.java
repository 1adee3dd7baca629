package io.spindrift.engine;

import io.spindrift.engine.NameCatalog.Named;
import io.spindrift.engine.format.EntryFormat;
import io.spindrift.engine.format.EntryKind;
import io.spindrift.engine.format.LogEntry;
import io.spindrift.engine.format.ObjectNames;
import io.spindrift.store.StoredObject;
import java.io.IOException;
import java.util.List;
import java.util.UUID;

/**
 * Deletes what deleted images left. It may be ended at any step and begun anew: what tells it that an image is gone, the even version
 * of its name, is deleted last, and not before the horizon; until then the DELETED entry stays too, so that a writer that missed it
 * meets it. Has no state, blocks; made by the engine, used on its blocking executor.
 */
final class ImageReclaimer {
    private static final int LIST_PAGE = 1000;

    private final EngineParts parts;
    private final NameCatalog names;

    ImageReclaimer(EngineParts parts, NameCatalog names) {
        this.parts = parts;
        this.names = names;
    }

    /** Everything that is gone; names whose image is gone for longer than the horizon too. */
    void reclaimAll(long nowMs) throws IOException {
        for (Named gone : names.gone()) {
            boolean forgotten = nowMs - gone.content().timeMs() > parts.settings.deletionHorizon().toMillis();
            reclaim(gone.content().imageId(), !forgotten);
            if (forgotten) {
                names.forget(gone);
            }
        }
    }

    /** @param keepMark whether its DELETED entry stays */
    void reclaim(UUID imageId, boolean keepMark) throws IOException {
        String prefix = ObjectNames.image(imageId);
        String after = "";
        List<StoredObject> page;
        do {
            page = parts.store.list(prefix, after, LIST_PAGE);
            for (StoredObject object : page) {
                if (!keepMark || !isMark(imageId, object)) {
                    parts.store.delete(object.name());
                }
                after = object.name();
            }
        } while (page.size() == LIST_PAGE);
    }

    private boolean isMark(UUID imageId, StoredObject object) throws IOException {
        long number = ObjectNames.number(ObjectNames.log(imageId), object.name());
        if (number < 0 || object.length() != EntryFormat.PAGE) {
            return false;
        }
        try {
            LogEntry entry = parts.loader.entry(imageId, number, object.length());
            return entry != null && entry.kind() == EntryKind.DELETED;
        } catch (io.spindrift.engine.format.FormatException e) {
            return false;
        }
    }
}

package io.spindrift.engine;

import io.spindrift.engine.format.FormatException;
import io.spindrift.engine.format.FramedFormat;
import io.spindrift.engine.format.FramedFormat.NameVersion;
import io.spindrift.engine.format.ObjectNames;
import io.spindrift.image.DiskType;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.store.SegmentStore;
import io.spindrift.store.StoreException;
import io.spindrift.store.StoredObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names of images in the store. Every name has versions 1, 2, 3 ...: the odd ones say that there is an image and which, the even ones that
 * it is gone. The newest counts; {@code putIfAbsent} of the next decides between several who want to make it, and what is older is deleted.
 * Has no state, blocks; made by the engine, used on its blocking executor.
 */
final class NameCatalog {
    private static final Logger LOG = LoggerFactory.getLogger(NameCatalog.class);
    private static final int LIST_PAGE = 10_000;
    private static final int MAX_ATTEMPTS = 16;

    private final SegmentStore store;

    NameCatalog(SegmentStore store) {
        this.store = store;
    }

    /** A name's newest version. */
    record Named(ImageAddress address, long version, NameVersion content) {
        boolean exists() {
            return (version & 1) == 1;
        }
    }

    /**
     * A name in a list.
     *
     * @param named null where its newest version can't be read
     * @param damage why not; null where it can
     */
    record Listed(ImageAddress address, Named named, String damage) {}

    /** @return null where the name never was */
    Named newest(ImageAddress address) throws IOException, ImageException {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            List<StoredObject> versions = store.list(ObjectNames.versions(address), "", LIST_PAGE);
            if (versions.isEmpty()) {
                return null;
            }
            Named named = readOrNull(address, versions.get(versions.size() - 1));
            if (named != null) {
                return named;
            }
        }
        throw new ImageException(ImageFailure.UNAVAILABLE, "the name " + address + " changes too quickly to be read");
    }

    private Named readOrNull(ImageAddress address, StoredObject object) throws IOException {
        long version = ObjectNames.versionOf(object.name());
        if (version < 1 || object.length() > FramedFormat.MAX_BYTES) {
            throw new FormatException(object.name(), "not a version of an image's name");
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) object.length());
        try {
            store.read(object.name(), 0, bytes);
        } catch (StoreException e) {
            if (e.kind() == StoreException.Kind.ABSENT) {
                return null;
            }
            throw e;
        }
        NameVersion content = FramedFormat.nameVersion(bytes.flip(), object.name());
        if (content.deleted() == ((version & 1) == 1)) {
            throw new FormatException(object.name(), "its number and its content say different things");
        }
        return new Named(address, version, content);
    }

    /**
     * @param before the newest version, null where there is none
     * @return whether this made the version after {@code before}; false where another was quicker
     */
    boolean advance(ImageAddress address, Named before, NameVersion content) throws IOException {
        long version = before == null ? 1 : before.version + 1;
        boolean mine = store.putIfAbsent(ObjectNames.version(address, version), FramedFormat.encode(content));
        if (mine) {
            for (StoredObject object : store.list(ObjectNames.versions(address), "", LIST_PAGE)) {
                if (ObjectNames.versionOf(object.name()) < version) {
                    store.delete(object.name());
                }
            }
        }
        return mine;
    }

    /** Removes the last trace of a deleted image. */
    void forget(Named gone) throws IOException {
        store.delete(ObjectNames.version(gone.address, gone.version));
    }

    /** Up to {@code limit} names of images of a type after {@code startAfter} (null for the first), in order, damaged ones too. */
    List<Listed> list(String user, DiskType type, String startAfter, int limit) throws IOException {
        List<Listed> page = new ArrayList<>();
        for (var newest : versions(ObjectNames.names(user, type)).entrySet()) {
            boolean wanted = startAfter == null || newest.getKey().name().compareTo(startAfter) > 0;
            if (wanted && (ObjectNames.versionOf(newest.getValue().name()) & 1) == 1) {
                Listed listed = listedOrNull(newest.getKey(), newest.getValue());
                if (listed != null) {
                    page.add(listed);
                }
            }
            if (page.size() == limit) {
                break;
            }
        }
        return page;
    }

    private Listed listedOrNull(ImageAddress address, StoredObject object) throws IOException {
        try {
            Named named = readOrNull(address, object);
            return named == null ? null : new Listed(address, named, null);
        } catch (FormatException e) {
            return new Listed(address, null, e.getMessage());
        }
    }

    /** Every name of which the newest version says that its image is gone; one that is damaged keeps none of the others from being reclaimed. */
    List<Named> gone() throws IOException {
        List<Named> gone = new ArrayList<>();
        for (var newest : versions(ObjectNames.USERS).entrySet()) {
            if ((ObjectNames.versionOf(newest.getValue().name()) & 1) == 0) {
                Listed listed = listedOrNull(newest.getKey(), newest.getValue());
                if (listed != null && listed.named() != null) {
                    gone.add(listed.named());
                } else if (listed != null) {
                    LOG.error("{}; what its image left is not deleted", listed.damage());
                }
            }
        }
        return gone;
    }

    /** The newest version's object of each name; what is no version of a name is passed over. */
    private TreeMap<ImageAddress, StoredObject> versions(String prefix) throws IOException {
        TreeMap<ImageAddress, StoredObject> newest = new TreeMap<>();
        String after = "";
        List<StoredObject> page;
        do {
            page = store.list(prefix, after, LIST_PAGE);
            for (StoredObject object : page) {
                ImageAddress address = ObjectNames.addressOf(object.name());
                if (address != null && ObjectNames.versionOf(object.name()) >= 1) {
                    newest.put(address, object);
                }
            }
            after = page.isEmpty() ? after : page.get(page.size() - 1).name();
        } while (page.size() == LIST_PAGE);
        return newest;
    }
}

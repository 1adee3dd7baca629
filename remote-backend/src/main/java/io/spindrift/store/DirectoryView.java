package io.spindrift.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * A {@link DirectoryStore}'s folder that is only looked at: nothing in it is made, synced or removed, and whoever has it open as a store is not
 * disturbed. What would write is INVALID. Made by whoever checks a store; any thread.
 */
public final class DirectoryView implements SegmentStore {
    private final Path objects;

    /** @throws StoreException INVALID where {@code root} is no store of this format */
    public DirectoryView(Path root) throws StoreException {
        objects = DirectoryLayout.existing(root);
    }

    @Override
    public void put(String name, ByteBuffer... body) throws StoreException {
        throw refused(name);
    }

    @Override
    public boolean putIfAbsent(String name, ByteBuffer... body) throws StoreException {
        throw refused(name);
    }

    @Override
    public void delete(String name) throws StoreException {
        throw refused(name);
    }

    private static StoreException refused(String name) {
        return new StoreException(StoreException.Kind.INVALID, name + ": the store is only looked at");
    }

    @Override
    public void read(String name, long offset, ByteBuffer dst) throws StoreException {
        DirectoryStore.read(path(name), name, offset, dst);
    }

    @Override
    public long length(String name) throws StoreException {
        return DirectoryStore.length(path(name));
    }

    @Override
    public List<StoredObject> list(String prefix, String startAfter, int limit) throws StoreException {
        StoreNames.checkPrefix(prefix);
        try {
            return new DirectoryLister(objects, prefix, startAfter, limit).list();
        } catch (IOException e) {
            throw DirectoryLayout.failure("can't list " + objects, e);
        }
    }

    private Path path(String name) throws StoreException {
        StoreNames.checkName(name);
        return objects.resolve(name);
    }

    @Override
    public void close() {
        // There is nothing that it holds.
    }
}

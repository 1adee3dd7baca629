package io.spindrift.harness.image;

import io.spindrift.store.MemoryStore;
import io.spindrift.store.SegmentStore;
import io.spindrift.store.StoreException;
import io.spindrift.store.StoredObject;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A store that is only read: what is put stays in memory, above it, and nothing is deleted. Made and closed by a program of this package. */
final class LayeredStore implements SegmentStore {
    private final SegmentStore below;
    private final MemoryStore above = new MemoryStore();

    LayeredStore(SegmentStore below) {
        this.below = below;
    }

    private SegmentStore holder(String name) throws StoreException {
        return above.length(name) >= 0 ? above : below;
    }

    @Override
    public void put(String name, ByteBuffer... body) throws StoreException {
        above.put(name, body);
    }

    @Override
    public boolean putIfAbsent(String name, ByteBuffer... body) throws StoreException {
        return below.length(name) < 0 && above.putIfAbsent(name, body);
    }

    @Override
    public void read(String name, long offset, ByteBuffer dst) throws StoreException {
        holder(name).read(name, offset, dst);
    }

    @Override
    public long length(String name) throws StoreException {
        return holder(name).length(name);
    }

    @Override
    public List<StoredObject> list(String prefix, String startAfter, int limit) throws StoreException {
        List<StoredObject> page = new ArrayList<>(above.list(prefix, startAfter, limit));
        for (StoredObject object : below.list(prefix, startAfter, limit)) {
            if (above.length(object.name()) < 0) {
                page.add(object);
            }
        }
        page.sort(Comparator.comparing(StoredObject::name));
        return page.subList(0, Math.min(limit, page.size()));
    }

    @Override
    public void delete(String name) {
        // What lies below is not ours, and what lies above is gone with this program.
    }

    @Override
    public void close() {
        below.close();
    }
}

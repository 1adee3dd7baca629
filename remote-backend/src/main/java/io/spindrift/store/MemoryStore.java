package io.spindrift.store;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** A store that forgets everything when it is dropped: for tests and for trying things out. Closing it keeps its objects. */
public final class MemoryStore implements SegmentStore {
    private final ConcurrentSkipListMap<String, byte[]> objects = new ConcurrentSkipListMap<>();

    @Override
    public void put(String name, ByteBuffer... body) throws StoreException {
        StoreNames.checkName(name);
        objects.put(name, join(body));
    }

    @Override
    public boolean putIfAbsent(String name, ByteBuffer... body) throws StoreException {
        StoreNames.checkName(name);
        return objects.putIfAbsent(name, join(body)) == null;
    }

    @Override
    public void read(String name, long offset, ByteBuffer dst) throws StoreException {
        StoreNames.checkName(name);
        byte[] object = objects.get(name);
        if (object == null) {
            throw new StoreException(StoreException.Kind.ABSENT, "no object " + name);
        }
        if (offset < 0 || offset > object.length - dst.remaining()) {
            throw new StoreException(StoreException.Kind.ABSENT,
                    name + " has " + object.length + " bytes, not " + dst.remaining() + " from " + offset);
        }
        dst.put(object, (int) offset, dst.remaining());
    }

    @Override
    public long length(String name) throws StoreException {
        StoreNames.checkName(name);
        byte[] object = objects.get(name);
        return object == null ? -1 : object.length;
    }

    @Override
    public List<StoredObject> list(String prefix, String startAfter, int limit) throws StoreException {
        StoreNames.checkPrefix(prefix);
        boolean within = startAfter.compareTo(prefix) >= 0;
        Map<String, byte[]> tail = within ? objects.tailMap(startAfter, false) : objects.tailMap(prefix, true);
        List<StoredObject> page = new ArrayList<>();
        for (Map.Entry<String, byte[]> object : tail.entrySet()) {
            if (page.size() == limit || !object.getKey().startsWith(prefix)) {
                break;
            }
            page.add(new StoredObject(object.getKey(), object.getValue().length));
        }
        return page;
    }

    @Override
    public void delete(String name) throws StoreException {
        StoreNames.checkName(name);
        objects.remove(name);
    }

    @Override
    public void close() {
        // The objects are the point: a second engine opens the same store again.
    }

    private static byte[] join(ByteBuffer[] body) {
        int length = 0;
        for (ByteBuffer part : body) {
            length += part.remaining();
        }
        byte[] bytes = new byte[length];
        int at = 0;
        for (ByteBuffer part : body) {
            int n = part.remaining();
            part.get(bytes, at, n);
            at += n;
        }
        return bytes;
    }
}

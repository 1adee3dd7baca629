package io.spindrift.engine.read;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.UUID;

/** The indexes of the segments used last, bounded in bytes. Made by the engine, lives on its loop. */
public final class IndexCache {
    private record Key(UUID imageId, long number) {}

    private final LinkedHashMap<Key, SegmentIndex> indexes = new LinkedHashMap<>(64, 0.75f, true);
    private final long limitBytes;
    private long bytes;

    public IndexCache(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Null where it is not here. */
    public SegmentIndex get(UUID imageId, long number) {
        return indexes.get(new Key(imageId, number));
    }

    public void put(UUID imageId, long number, SegmentIndex index) {
        SegmentIndex before = indexes.put(new Key(imageId, number), index);
        bytes += index.memoryBytes() - (before == null ? 0 : before.memoryBytes());
        Iterator<SegmentIndex> oldest = indexes.values().iterator();
        while (bytes > limitBytes && indexes.size() > 1) {
            bytes -= oldest.next().memoryBytes();
            oldest.remove();
        }
    }
}

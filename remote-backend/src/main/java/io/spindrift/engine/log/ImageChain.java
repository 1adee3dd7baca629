package io.spindrift.engine.log;

import io.spindrift.engine.format.EntryContent;
import io.spindrift.engine.format.EntryKind;
import io.spindrift.engine.format.LogEntry;
import io.spindrift.engine.map.BlockMap;
import io.spindrift.engine.map.LiveTable;
import io.spindrift.engine.map.Place;
import io.spindrift.engine.map.RadixBlockMap;

/** What an image's log says, whole: its history, where each block lies, what is live in each entry. One thread at a time. */
public final class ImageChain {
    private final ImageHistory history;
    private final BlockMap map = new RadixBlockMap();
    private final LiveTable live = new LiveTable();
    /** Of the newest manifest this chain was loaded from or has written; what was taken since. */
    private long checkpointNumber;
    private long previousCheckpoint;
    private long checkpointBytes;
    private long changesSince;

    public ImageChain(ImageHistory history) {
        this.history = history;
    }

    /** Takes the next entry. @return whether it counts */
    public boolean apply(LogEntry entry) {
        boolean counts = history.accept(entry);
        changesSince++;
        if (entry.kind() != EntryKind.LEASE) {
            live.add(entry.number(), entry.slotCount());
        }
        for (long number : history.pruneSpans()) {
            if (number > 0) {
                live.add(number, 0);
            }
        }
        if (counts && entry.content() != null) {
            if (entry.kind() == EntryKind.COMPACT) {
                move(entry);
            } else {
                write(entry);
            }
        }
        return counts;
    }

    private void write(LogEntry entry) {
        EntryContent content = entry.content();
        int slot = 0;
        for (int i = 0; i < content.firstBlocks().length; i++) {
            long first = content.firstBlocks()[i];
            long count = content.blockCount(i);
            if (content.unmapped(i)) {
                map.unmap(first, count, (block, place) -> forget(place));
                continue;
            }
            for (long block = first; block < first + count; block++) {
                place(block, Place.of(entry.number(), slot++));
            }
        }
        changesSince += slot;
    }

    private void move(LogEntry entry) {
        EntryContent content = entry.content();
        int slot = 0;
        for (int i = 0; i < content.firstBlocks().length; i++) {
            long end = content.firstBlocks()[i] + content.blockCount(i);
            for (long block = content.firstBlocks()[i]; block < end; block++, slot++) {
                if (map.get(block) == content.oldPlaces()[slot]) {
                    place(block, Place.of(entry.number(), slot));
                }
            }
        }
        changesSince += slot;
    }

    /** As a checkpoint or an entry says. */
    void place(long block, long place) {
        long old = map.put(block, place);
        live.change(Place.number(place), 1);
        if (old != Place.NONE) {
            live.change(Place.number(old), -1);
        }
    }

    private boolean forget(long place) {
        live.change(Place.number(place), -1);
        return true;
    }

    void checkpointed(long number, long previous, long bytes) {
        checkpointNumber = number;
        previousCheckpoint = previous;
        checkpointBytes = bytes;
        changesSince = history.number() - number;
    }

    public ImageHistory history() {
        return history;
    }

    public BlockMap map() {
        return map;
    }

    public LiveTable live() {
        return live;
    }

    public long checkpointNumber() {
        return checkpointNumber;
    }

    public long previousCheckpoint() {
        return previousCheckpoint;
    }

    /** Size of the newest checkpoint. */
    public long checkpointBytes() {
        return checkpointBytes;
    }

    /** Blocks and entries taken since the newest checkpoint. */
    public long changesSince() {
        return changesSince;
    }
}

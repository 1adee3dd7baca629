package io.spindrift.engine.read;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.spindrift.engine.format.Checksums;
import io.spindrift.engine.format.EntryFormat;
import io.spindrift.engine.format.LogEntry;
import io.spindrift.engine.format.ObjectNames;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.store.SegmentStore;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads scattered slots of one segment in few large reads and checks every one of them. Has no state; runs on the blocking executor. */
public final class SlotReader {
    /** A gap up to this is read along with what lies around it. */
    private static final int MAX_GAP = 16;
    private static final int MAX_SLOTS_OF_READ = 1024;

    private final SegmentStore store;

    public SlotReader(SegmentStore store) {
        this.store = store;
    }

    /**
     * @param slots in rising order
     * @param into gets slot {@code slots[i]} at byte {@code destinations[i]}
     */
    public void read(LogEntry entry, int[] slots, int[] destinations, ByteBuf into) throws IOException, ImageException {
        ByteBuf scratch = ByteBufAllocator.DEFAULT.directBuffer(MAX_SLOTS_OF_READ * EntryFormat.PAGE, MAX_SLOTS_OF_READ * EntryFormat.PAGE);
        try {
            for (int from = 0; from < slots.length; ) {
                int to = from + 1;
                while (to < slots.length && slots[to] - slots[to - 1] <= MAX_GAP && slots[to] - slots[from] < MAX_SLOTS_OF_READ) {
                    to++;
                }
                read(entry, slots, from, to, scratch);
                for (int i = from; i < to; i++) {
                    into.setBytes(destinations[i], scratch, (slots[i] - slots[from]) * EntryFormat.PAGE, EntryFormat.PAGE);
                }
                from = to;
            }
        } finally {
            scratch.release();
        }
    }

    private void read(LogEntry entry, int[] slots, int from, int to, ByteBuf scratch) throws IOException, ImageException {
        String object = ObjectNames.logEntry(entry.imageId(), entry.number());
        int bytes = (slots[to - 1] - slots[from] + 1) * EntryFormat.PAGE;
        long offset = EntryFormat.bodyOffset(entry) + (long) slots[from] * EntryFormat.PAGE;
        int wrong = -1;
        for (int attempt = 1; attempt <= 2; attempt++) {
            ByteBuffer window = scratch.nioBuffer(0, bytes);
            store.read(object, offset, window.duplicate());
            wrong = firstWrong(entry, slots, from, to, window);
            if (wrong < 0) {
                return;
            }
        }
        throw new ImageException(ImageFailure.CORRUPT, "image " + entry.imageId() + ", slot " + wrong + ", object " + object + ": fails its checksum");
    }

    private static int firstWrong(LogEntry entry, int[] slots, int from, int to, ByteBuffer window) {
        for (int i = from; i < to; i++) {
            int at = (slots[i] - slots[from]) * EntryFormat.PAGE;
            if (Checksums.of(window, at, EntryFormat.PAGE) != entry.content().checksums()[slots[i]]) {
                return slots[i];
            }
        }
        return -1;
    }
}

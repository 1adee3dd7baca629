package io.spindrift.engine.check;

import io.spindrift.engine.format.Checksums;
import io.spindrift.engine.format.EntryContent;
import io.spindrift.engine.format.EntryFormat;
import io.spindrift.engine.format.FormatException;
import io.spindrift.engine.format.LogEntry;
import io.spindrift.engine.map.Place;
import io.spindrift.image.Damage.Blocks;
import io.spindrift.image.Damage.Harm;
import io.spindrift.store.StoredObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/** The entries of one image's log: header by header, slot by slot. */
final class SegmentCheck {
    private static final int SLOTS_A_STEP = 256;

    private final ObjectReader reader;
    private final UUID imageId;
    private final ImageCheck image;

    SegmentCheck(ObjectReader reader, UUID imageId, ImageCheck image) {
        this.reader = reader;
        this.imageId = imageId;
        this.image = image;
    }

    long entry(List<CheckStep> then, long number, StoredObject object) throws IOException {
        LogEntry entry;
        try {
            entry = header(object, number);
        } catch (FormatException e) {
            // Who is hurt by it is told when every block's place is looked for, or the image opened.
            image.tell(image.harmOf(number), null, object.name(), 0, e.getMessage());
            return object.length();
        }
        if (entry == null) {
            return 0;
        }
        image.readable(entry);
        int body = EntryFormat.bodyOffset(entry);
        long expected = body + (long) entry.slotCount() * EntryFormat.PAGE;
        if (object.length() != expected) {
            image.tell(Harm.REFUSED, null, object.name(), Math.min(object.length(), expected), "has " + object.length() + " bytes where " + expected
                    + " were written");
        }
        int slots = (int) Math.min(entry.slotCount(), Math.max(0, object.length() - body) / EntryFormat.PAGE);
        for (int from = 0; from < slots; from += SLOTS_A_STEP) {
            int first = from;
            int count = Math.min(SLOTS_A_STEP, slots - from);
            then.add(more -> slots(entry, object.name(), first, count));
        }
        return body;
    }

    private LogEntry header(StoredObject object, long number) throws IOException {
        ByteBuffer page = ByteBuffer.allocate((int) Math.min(object.length(), EntryFormat.PAGE));
        if (!reader.read(object.name(), 0, page)) {
            return null;
        }
        int length = EntryFormat.headerLength(page, object.name());
        ByteBuffer whole = ByteBuffer.allocate((int) Math.min(object.length(), EntryFormat.padded(length)));
        if (!reader.read(object.name(), 0, whole)) {
            return null;
        }
        return EntryFormat.decode(whole, imageId, number, object.name());
    }

    private long slots(LogEntry entry, String object, int first, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(count * EntryFormat.PAGE);
        long offset = EntryFormat.bodyOffset(entry) + (long) first * EntryFormat.PAGE;
        if (!reader.read(object, offset, bytes)) {
            return 0;
        }
        for (int i = 0; i < count; i++) {
            if (Checksums.of(bytes, i * EntryFormat.PAGE, EntryFormat.PAGE) != entry.content().checksums()[first + i]) {
                damaged(entry, object, first + i);
            }
        }
        return bytes.capacity();
    }

    private void damaged(LogEntry entry, String object, int slot) throws IOException {
        long block = blockOf(entry.content(), slot);
        boolean live = image.live(block, Place.of(entry.number(), slot));
        image.tell(live ? Harm.REFUSED : Harm.UNUSED, live ? new Blocks(image.name(), block, 1) : null, object,
                EntryFormat.bodyOffset(entry) + (long) slot * EntryFormat.PAGE, live ? "fails its checksum" : "fails its checksum; nothing refers to it");
    }

    static long blockOf(EntryContent content, int slot) {
        int left = slot;
        for (int i = 0; i < content.firstBlocks().length; i++) {
            if (!content.unmapped(i)) {
                if (left < content.blockCount(i)) {
                    return content.firstBlocks()[i] + left;
                }
                left -= (int) content.blockCount(i);
            }
        }
        throw new IllegalArgumentException("slot " + slot + " of " + content.slotCount());
    }
}

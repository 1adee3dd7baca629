package io.spindrift.engine.format;

import io.spindrift.engine.map.Place;
import io.spindrift.image.Batch;
import io.spindrift.image.Image;
import io.spindrift.image.ImageCatalog;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** The layout of a log entry's header, format 1; the README has the table. */
public final class EntryFormat {
    public static final int PAGE = 4096;
    /** No header is longer: it bounds what a reader allocates. */
    public static final int MAX_HEADER = 1 << 20;
    public static final int MAX_CUTS = 1024;
    public static final int MAX_EXTENTS = Batch.MAX_EXTENTS;
    static final int MAGIC = 0x53704c65;
    static final int VERSION = 1;
    private static final int CHECKSUM_AT = 8;
    private static final int FIXED = 128;
    private static final int MAX_HOST_NAME = 255;

    private EntryFormat() {}

    /** The header, padded so that the body behind it begins on a page. */
    public static ByteBuffer encode(LogEntry entry) {
        byte[] hostName = entry.lease() == null ? new byte[0] : entry.lease().hostName().getBytes(StandardCharsets.UTF_8);
        int length = length(entry, hostName.length);
        ByteBuffer out = ByteBuffer.allocate(padded(length));
        out.putInt(MAGIC).putShort((short) VERSION).put((byte) entry.kind().ordinal()).put((byte) 0);
        out.putInt(0).putInt(length);
        uuid(out, entry.imageId()).putLong(entry.epoch()).putLong(entry.number());
        uuid(out, entry.leaseId()).putLong(entry.timeMs()).putLong(entry.allocatedBlocks()).putLong(entry.sizeBlocks());
        EntryContent content = entry.content();
        out.putInt(content == null ? 0 : content.cutFrom().length);
        out.putInt(content == null ? 0 : content.firstBlocks().length);
        out.putInt(entry.slotCount());
        out.position(FIXED);
        if (content != null) {
            encode(out, content);
        }
        if (entry.lease() != null) {
            uuid(out, entry.lease().hostId());
            uuid(out, entry.lease().journalId()).putShort((short) hostName.length).put(hostName);
        }
        assert out.position() == length : "an entry of " + length + " bytes ends at " + out.position();
        out.putInt(CHECKSUM_AT, Checksums.ofHeader(out, length, CHECKSUM_AT));
        return out.rewind();
    }

    private static void encode(ByteBuffer out, EntryContent content) {
        for (int i = 0; i < content.cutFrom().length; i++) {
            out.putLong(content.cutFrom()[i]).putLong(content.cutTo()[i]).putInt(content.cutExtents()[i]);
        }
        for (int i = 0; i < content.firstBlocks().length; i++) {
            out.putLong(content.firstBlocks()[i]).putLong(content.blockCounts()[i]);
        }
        if (content.oldPlaces() != null) {
            for (long place : content.oldPlaces()) {
                out.putLong(place);
            }
        }
        for (int checksum : content.checksums()) {
            out.putInt(checksum);
        }
    }

    private static int length(LogEntry entry, int hostNameBytes) {
        int length = FIXED;
        EntryContent content = entry.content();
        if (content != null) {
            length += 20 * content.cutFrom().length + 16 * content.firstBlocks().length + 4 * content.slotCount()
                    + (content.oldPlaces() == null ? 0 : 8 * content.slotCount());
        }
        return entry.lease() == null ? length : length + 34 + hostNameBytes;
    }

    /** Where the body begins behind a header of this length. */
    public static int padded(int headerLength) {
        return headerLength + PAGE - 1 & -PAGE;
    }

    /** Where the body of this entry begins. */
    public static int bodyOffset(LogEntry entry) {
        int name = entry.lease() == null ? 0 : entry.lease().hostName().getBytes(StandardCharsets.UTF_8).length;
        return padded(length(entry, name));
    }

    /**
     * How long the header is, told by its first page.
     *
     * @throws FormatException where this is no entry that this version reads
     */
    public static int headerLength(ByteBuffer firstPage, String object) throws FormatException {
        if (firstPage.limit() < FIXED || firstPage.getInt(0) != MAGIC) {
            throw new FormatException(object, "not an entry of an image's log");
        }
        int version = firstPage.getShort(4);
        if (version != VERSION) {
            throw new FormatException(object, "written in format " + version + ", this version reads format " + VERSION);
        }
        int length = firstPage.getInt(12);
        if (length < FIXED || length > MAX_HEADER) {
            throw new FormatException(object, "its header claims " + length + " bytes");
        }
        return length;
    }

    /** @param bytes the whole header from 0 on, perhaps more */
    public static LogEntry decode(ByteBuffer bytes, UUID imageId, long number, String object) throws FormatException {
        int length = headerLength(bytes, object);
        if (bytes.limit() < length || Checksums.ofHeader(bytes, length, CHECKSUM_AT) != bytes.getInt(CHECKSUM_AT)) {
            throw new FormatException(object, "its header fails its checksum");
        }
        ByteBuffer in = bytes.duplicate().position(16).limit(length);
        try {
            LogEntry entry = decode(in, EntryKind.of(bytes.get(6)), bytes.get(7));
            if (in.hasRemaining() || !entry.imageId().equals(imageId) || entry.number() != number) {
                throw new FormatException(object, "holds entry " + entry.number() + " of image " + entry.imageId());
            }
            return entry;
        } catch (IllegalArgumentException | java.nio.BufferUnderflowException e) {
            throw new FormatException(object, "its header makes no sense: " + e.getMessage());
        }
    }

    private static LogEntry decode(ByteBuffer in, EntryKind kind, int codec) {
        require(kind != null && codec == 0, "kind or codec unknown");
        UUID imageId = uuid(in);
        long epoch = in.getLong();
        long number = in.getLong();
        UUID leaseId = uuid(in);
        long timeMs = in.getLong();
        long allocated = in.getLong();
        long size = in.getLong();
        require(size >= 0 && size <= ImageCatalog.MAX_SIZE_BYTES / Image.BLOCK_BYTES, "size");
        int cuts = in.getInt();
        int extents = in.getInt();
        int slots = in.getInt();
        in.position(FIXED);
        boolean hasContent = kind == EntryKind.SEGMENT || kind == EntryKind.COMPACT;
        require(cuts >= 0 && cuts <= MAX_CUTS && extents >= 0 && extents <= MAX_EXTENTS && slots >= 0 && slots <= Place.MAX_SLOTS, "counts");
        EntryContent content = hasContent ? content(in, kind, cuts, extents, slots) : null;
        LogEntry.LeaseFacts lease = kind == EntryKind.LEASE ? lease(in) : null;
        return new LogEntry(kind, imageId, number, epoch, leaseId, timeMs, allocated, size, lease, content);
    }

    private static EntryContent content(ByteBuffer in, EntryKind kind, int cuts, int extents, int slots) {
        require(cuts > 0 == (kind == EntryKind.SEGMENT), "cuts");
        long[] from = new long[cuts];
        long[] to = new long[cuts];
        int[] cutExtents = new int[cuts];
        for (int i = 0; i < cuts; i++) {
            from[i] = in.getLong();
            to[i] = in.getLong();
            cutExtents[i] = in.getInt();
            require(to[i] >= from[i] && (i == 0 || from[i] == to[i - 1]), "cuts");
        }
        long[] first = new long[extents];
        long[] count = new long[extents];
        long data = 0;
        for (int i = 0; i < extents; i++) {
            first[i] = in.getLong();
            count[i] = in.getLong();
            data += count[i] < 0 ? 0 : count[i];
            require(first[i] >= 0 && (count[i] & ~EntryContent.UNMAPPED) > 0 && data <= slots, "extents");
        }
        require(data == slots, "extents");
        long[] old = kind == EntryKind.COMPACT ? new long[slots] : null;
        for (int i = 0; old != null && i < slots; i++) {
            old[i] = in.getLong();
        }
        int[] checksums = new int[slots];
        for (int i = 0; i < slots; i++) {
            checksums[i] = in.getInt();
        }
        return new EntryContent(from, to, cutExtents, first, count, old, checksums);
    }

    private static LogEntry.LeaseFacts lease(ByteBuffer in) {
        UUID hostId = uuid(in);
        UUID journalId = uuid(in);
        int length = in.getShort();
        require(length >= 0 && length <= MAX_HOST_NAME, "host name");
        byte[] name = new byte[length];
        in.get(name);
        return new LogEntry.LeaseFacts(hostId, new String(name, StandardCharsets.UTF_8), journalId);
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException(what);
        }
    }

    public static ByteBuffer uuid(ByteBuffer out, UUID id) {
        return out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    public static UUID uuid(ByteBuffer in) {
        return new UUID(in.getLong(), in.getLong());
    }
}

package io.spindrift.engine.manifest;

import io.spindrift.engine.format.Checksums;
import io.spindrift.engine.format.EntryFormat;
import io.spindrift.engine.format.FormatException;
import io.spindrift.engine.format.LogEntry;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The layout of a manifest, format 1; the README has the table. */
public final class ManifestFormat {
    /** No manifest is longer: it bounds what a reader allocates. */
    public static final int MAX_BYTES = 16 << 20;
    static final int MAGIC = 0x53704d66;
    static final int VERSION = 1;
    private static final int CHECKSUM_AT = 8;
    private static final int FIXED = 128;
    private static final int SPAN = 110;

    private ManifestFormat() {}

    public static ByteBuffer encode(Manifest manifest) {
        List<byte[]> names = new ArrayList<>();
        int length = FIXED;
        for (LeaseSpan span : manifest.spans()) {
            byte[] name = span.facts().hostName().getBytes(StandardCharsets.UTF_8);
            names.add(name);
            length += SPAN + name.length;
        }
        length += 16 * manifest.marks().size() + 24 * manifest.unmaps().size() + 8 * manifest.pieces().size();
        ByteBuffer out = ByteBuffer.allocate(length);
        out.putInt(MAGIC).putShort((short) VERSION).putShort((short) 0).putInt(0).putInt(length);
        EntryFormat.uuid(out, manifest.imageId()).putLong(manifest.number()).putLong(manifest.nonce()).putLong(manifest.previous());
        out.putLong(manifest.sizeBlocks()).putLong(manifest.allocatedBlocks()).putLong(manifest.appliedSequence());
        out.putLong(manifest.appliedMs()).putLong(manifest.unmapFloor());
        out.putInt(manifest.spans().size()).putInt(manifest.marks().size()).putInt(manifest.unmaps().size()).putInt(manifest.pieces().size());
        out.position(FIXED);
        for (int i = 0; i < names.size(); i++) {
            encode(out, manifest.spans().get(i), names.get(i));
        }
        manifest.marks().forEach(mark -> out.putLong(mark.sequence()).putLong(mark.number()));
        manifest.unmaps().forEach(unmap -> out.putLong(unmap.number()).putLong(unmap.firstBlock()).putLong(unmap.blockCount()));
        manifest.pieces().forEach(piece -> out.putInt(piece.lengthBytes()).putInt(piece.checksum()));
        out.putInt(CHECKSUM_AT, Checksums.ofHeader(out, length, CHECKSUM_AT));
        return out.rewind();
    }

    private static void encode(ByteBuffer out, LeaseSpan span, byte[] name) {
        out.putLong(span.epoch());
        EntryFormat.uuid(out, span.leaseId());
        EntryFormat.uuid(out, span.facts().hostId());
        EntryFormat.uuid(out, span.facts().journalId());
        out.putLong(span.number()).putLong(span.fromSequence()).putLong(span.toSequence()).putLong(span.timeMs());
        out.putInt(span.released() ? 1 : 0).putLong(0).putLong(0).putShort((short) name.length).put(name);
    }

    public static Manifest decode(ByteBuffer in, UUID imageId, long number, String object) throws FormatException {
        checkFrame(in, object);
        try {
            in.position(16);
            UUID id = EntryFormat.uuid(in);
            Manifest head = head(in, id);
            if (!id.equals(imageId) || head.number() != number) {
                throw new FormatException(object, "holds checkpoint " + head.number() + " of image " + id);
            }
            return head;
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new FormatException(object, "the manifest makes no sense: " + e.getMessage());
        }
    }

    private static void checkFrame(ByteBuffer in, String object) throws FormatException {
        if (in.limit() < FIXED || in.getInt(0) != MAGIC) {
            throw new FormatException(object, "not a manifest");
        }
        if (in.getShort(4) != VERSION) {
            throw new FormatException(object, "written in format " + in.getShort(4) + ", this version reads format " + VERSION);
        }
        if (in.getInt(12) != in.limit() || Checksums.ofHeader(in, in.limit(), CHECKSUM_AT) != in.getInt(CHECKSUM_AT)) {
            throw new FormatException(object, "the manifest fails its checksum");
        }
    }

    private static Manifest head(ByteBuffer in, UUID id) {
        long number = in.getLong();
        long nonce = in.getLong();
        long previous = in.getLong();
        long size = in.getLong();
        long allocated = in.getLong();
        long sequence = in.getLong();
        long appliedMs = in.getLong();
        long unmapFloor = in.getLong();
        int spanCount = in.getInt();
        int markCount = in.getInt();
        int unmapCount = in.getInt();
        int pieceCount = in.getInt();
        in.position(FIXED);
        List<LeaseSpan> spans = new ArrayList<>();
        for (int i = 0; i < spanCount; i++) {
            spans.add(span(in));
        }
        List<Manifest.Mark> marks = new ArrayList<>();
        for (int i = 0; i < markCount; i++) {
            marks.add(new Manifest.Mark(in.getLong(), in.getLong()));
        }
        List<Manifest.Unmap> unmaps = new ArrayList<>();
        for (int i = 0; i < unmapCount; i++) {
            unmaps.add(new Manifest.Unmap(in.getLong(), in.getLong(), in.getLong()));
        }
        List<Manifest.Piece> pieces = new ArrayList<>();
        for (int i = 0; i < pieceCount; i++) {
            pieces.add(new Manifest.Piece(in.getInt(), in.getInt()));
        }
        if (spans.isEmpty() || in.hasRemaining()) {
            throw new IllegalArgumentException(spanCount + " leases, " + in.remaining() + " bytes left over");
        }
        return new Manifest(id, number, nonce, previous, size, allocated, sequence, appliedMs, unmapFloor, spans, marks, unmaps, pieces);
    }

    private static LeaseSpan span(ByteBuffer in) {
        long epoch = in.getLong();
        UUID leaseId = EntryFormat.uuid(in);
        UUID hostId = EntryFormat.uuid(in);
        UUID journalId = EntryFormat.uuid(in);
        long number = in.getLong();
        long from = in.getLong();
        long to = in.getLong();
        long timeMs = in.getLong();
        boolean released = in.getInt() == 1;
        in.getLong();
        in.getLong();
        byte[] name = new byte[Math.min(in.getShort() & 0xffff, in.remaining())];
        in.get(name);
        LogEntry.LeaseFacts facts = new LogEntry.LeaseFacts(hostId, new String(name, StandardCharsets.UTF_8), journalId);
        return new LeaseSpan(epoch, leaseId, facts, number, from, to, released, timeMs);
    }
}

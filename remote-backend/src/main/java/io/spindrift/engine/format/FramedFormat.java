package io.spindrift.engine.format;

import io.spindrift.image.Image;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * The layouts of the small objects, all in one frame: magic, version, CRC32C of what follows, length. A version of an image's name, the
 * hint about who was heard of, a sidecar.
 */
public final class FramedFormat {
    /** No framed object is longer. */
    public static final int MAX_BYTES = Image.MAX_SIDECAR_BYTES + 16;
    private static final int VERSION = 1;
    private static final int HEADER = 16;
    private static final int NAME = 0x53704e61;
    private static final int HEARD = 0x53704865;
    private static final int SIDECAR = 0x53705363;

    private FramedFormat() {}

    /**
     * What one version of a name says.
     *
     * @param deleted whether from this version on there is no image of the name; {@code imageId} then is the one that was
     */
    public record NameVersion(UUID imageId, boolean deleted, long sizeBlocks, long timeMs) {}

    /** When the holder of a lease was heard of, and its dirty bytes: a hint, replaced in place. */
    public record Heard(long epoch, long timeMs, long dirtyBytes) {}

    public static ByteBuffer encode(NameVersion version) {
        ByteBuffer out = begin(40);
        EntryFormat.uuid(out, version.imageId()).putInt(version.deleted() ? 1 : 0).putInt(0);
        out.putLong(version.sizeBlocks()).putLong(version.timeMs());
        return end(out, NAME);
    }

    public static NameVersion nameVersion(ByteBuffer bytes, String object) throws FormatException {
        ByteBuffer in = open(bytes, NAME, 40, object);
        UUID id = EntryFormat.uuid(in);
        boolean deleted = in.getInt() == 1;
        in.getInt();
        return new NameVersion(id, deleted, in.getLong(), in.getLong());
    }

    public static ByteBuffer encode(Heard heard) {
        return end(begin(24).putLong(heard.epoch()).putLong(heard.timeMs()).putLong(heard.dirtyBytes()), HEARD);
    }

    public static Heard heard(ByteBuffer bytes, String object) throws FormatException {
        ByteBuffer in = open(bytes, HEARD, 24, object);
        return new Heard(in.getLong(), in.getLong(), in.getLong());
    }

    public static ByteBuffer encodeSidecar(byte[] value) {
        return end(begin(value.length).put(value), SIDECAR);
    }

    public static byte[] sidecar(ByteBuffer bytes, String object) throws FormatException {
        ByteBuffer in = open(bytes, SIDECAR, -1, object);
        byte[] value = new byte[in.remaining()];
        in.get(value);
        return value;
    }

    private static ByteBuffer begin(int contentBytes) {
        return ByteBuffer.allocate(HEADER + contentBytes).position(HEADER);
    }

    private static ByteBuffer end(ByteBuffer out, int magic) {
        int length = out.position() - HEADER;
        out.putInt(0, magic).putInt(4, VERSION).putInt(8, Checksums.of(out, HEADER, length)).putInt(12, length);
        return out.flip();
    }

    private static ByteBuffer open(ByteBuffer in, int magic, int contentBytes, String object) throws FormatException {
        if (in.limit() < HEADER || in.getInt(0) != magic) {
            throw new FormatException(object, "not what its name says");
        }
        if (in.getInt(4) != VERSION) {
            throw new FormatException(object, "written in format " + in.getInt(4) + ", this version reads format " + VERSION);
        }
        int length = in.limit() - HEADER;
        boolean whole = in.getInt(12) == length && (contentBytes < 0 || contentBytes == length);
        if (!whole || Checksums.of(in, HEADER, length) != in.getInt(8)) {
            throw new FormatException(object, "fails its checksum");
        }
        return in.position(HEADER);
    }
}

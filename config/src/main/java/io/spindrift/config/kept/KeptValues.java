package io.spindrift.config.kept;

import io.spindrift.scsi.UnitStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The values that one unit keeps, as they stand in the image's sidecar and in the host's file alike. Bytes, big endian: magic {@code SDUS} (4),
 * version 1 (2), number of values (2), image id (16), lease id (16), serial (8); for each value, in the order of the names, the length of its
 * name (1), the name in ASCII, the length of the value (4), the value; at the end the CRC32C (4) of everything before it.
 *
 * @param imageId whose they are: a clone of an image has none of its parent's
 * @param leaseId the lease that they were saved or taken over under
 * @param serial rises with every save
 */
record KeptValues(UUID imageId, UUID leaseId, long serial, Map<String, byte[]> values) {
    static final int MAX_BYTES = 52 + UnitStore.MAX_NAMES * (UnitStore.MAX_VALUE_BYTES + 64);
    private static final int MAGIC = 0x53445553;
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 48;

    byte[] encode() {
        int bytes = HEADER_BYTES + 4;
        for (Map.Entry<String, byte[]> each : values.entrySet()) {
            bytes += 1 + each.getKey().length() + 4 + each.getValue().length;
        }
        ByteBuffer out = ByteBuffer.allocate(bytes);
        out.putInt(MAGIC).putShort((short) VERSION).putShort((short) values.size());
        out.putLong(imageId.getMostSignificantBits()).putLong(imageId.getLeastSignificantBits());
        out.putLong(leaseId.getMostSignificantBits()).putLong(leaseId.getLeastSignificantBits()).putLong(serial);
        new TreeMap<>(values).forEach((name, value) -> {
            out.put((byte) name.length()).put(name.getBytes(StandardCharsets.US_ASCII)).putInt(value.length).put(value);
        });
        return out.putInt(checksum(out.array(), out.position())).array();
    }

    /** @throws IllegalArgumentException with the reason, where these are not the bytes of kept values */
    static KeptValues decode(byte[] bytes) {
        if (bytes.length < HEADER_BYTES + 4 || bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("kept values have " + (HEADER_BYTES + 4) + " to " + MAX_BYTES + " bytes, not " + bytes.length);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getInt() != MAGIC || in.getShort() != VERSION) {
            throw new IllegalArgumentException("no kept values of version " + VERSION);
        }
        if (checksum(bytes, bytes.length - 4) != in.getInt(bytes.length - 4)) {
            throw new IllegalArgumentException("the checksum of the kept values is wrong");
        }
        in.limit(bytes.length - 4);
        int count = in.getShort() & 0xFFFF;
        UUID imageId = new UUID(in.getLong(), in.getLong());
        UUID leaseId = new UUID(in.getLong(), in.getLong());
        long serial = in.getLong();
        Map<String, byte[]> values = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            String name = new String(take(in, in.hasRemaining() ? in.get() & 0xFF : -1), StandardCharsets.US_ASCII);
            byte[] value = take(in, in.remaining() < 4 ? -1 : in.getInt());
            UnitStore.check(name, value);
            values.put(name, value);
        }
        if (in.hasRemaining() || values.size() != count || count > UnitStore.MAX_NAMES) {
            throw new IllegalArgumentException("the kept values are not the " + count + " that they say");
        }
        return new KeptValues(imageId, leaseId, serial, values);
    }

    private static byte[] take(ByteBuffer in, int length) {
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("a kept value is cut");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}

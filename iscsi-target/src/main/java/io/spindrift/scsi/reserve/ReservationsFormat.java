package io.spindrift.scsi.reserve;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The bytes of registrations and reservation that survive power loss (APTPL), big endian: magic {@code SDPR} (4), version 1 (2), type of the
 * reservation as in SPC-5, 0 for none (1), zero (1), number of registrations (2), the holder's place among them, FFFFh where there is none or
 * where all hold it (2); then for each registration, in the order they were made, its key (8), the relative target port identifier (2), the
 * length of the initiator port's name (2) and that name in UTF-8; at the end the CRC32C (4) of everything before it. The generation is not kept:
 * it begins at 0 with each power on.
 */
final class ReservationsFormat {
    private static final int MAGIC = 0x53445052;
    private static final int VERSION = 1;
    private static final int NO_HOLDER = 0xFFFF;
    private static final int HEADER_BYTES = 12;
    private static final int REGISTRATION_BYTES = 12;

    private ReservationsFormat() {}

    static byte[] encode(PersistentReservations state) {
        int bytes = HEADER_BYTES + 4;
        for (Registrant each : state.keys().keySet()) {
            bytes += REGISTRATION_BYTES + each.initiatorPort().getBytes(StandardCharsets.UTF_8).length;
        }
        ByteBuffer out = ByteBuffer.allocate(bytes);
        out.putInt(MAGIC).putShort((short) VERSION).put((byte) (state.type() == null ? 0 : state.type().code())).put((byte) 0);
        out.putShort((short) state.keys().size()).putShort((short) place(state));
        state.keys().forEach((registrant, key) -> {
            byte[] name = registrant.initiatorPort().getBytes(StandardCharsets.UTF_8);
            out.putLong(key).putShort((short) registrant.targetPort()).putShort((short) name.length).put(name);
        });
        return out.putInt(checksum(out.array(), out.position())).array();
    }

    private static int place(PersistentReservations state) {
        int place = 0;
        for (Registrant each : state.keys().keySet()) {
            if (each.equals(state.holder())) {
                return place;
            }
            place++;
        }
        return NO_HOLDER;
    }

    /** @throws IllegalArgumentException with the reason, where these are not the bytes of registrations */
    static PersistentReservations decode(byte[] bytes) {
        if (bytes.length < HEADER_BYTES + 4) {
            throw new IllegalArgumentException("registrations have 16 bytes or more, not " + bytes.length);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getInt() != MAGIC || in.getShort() != VERSION) {
            throw new IllegalArgumentException("no registrations of version " + VERSION);
        }
        if (checksum(bytes, bytes.length - 4) != in.getInt(bytes.length - 4)) {
            throw new IllegalArgumentException("the checksum of the registrations is wrong");
        }
        in.limit(bytes.length - 4);
        int code = in.get() & 0xFF;
        in.get();
        int count = in.getShort() & 0xFFFF;
        int holder = in.getShort() & 0xFFFF;
        Map<Registrant, Long> keys = keys(in, count);
        ReservationType type = ReservationType.of(code);
        if (code != 0 && type == null || keys.size() != count || in.hasRemaining()) {
            throw new IllegalArgumentException("the registrations contradict themselves");
        }
        Registrant[] places = keys.keySet().toArray(new Registrant[0]);
        return new PersistentReservations(0, true, keys, type, holder < places.length ? places[holder] : null);
    }

    private static Map<Registrant, Long> keys(ByteBuffer in, int count) {
        Map<Registrant, Long> keys = new LinkedHashMap<>();
        for (int i = 0; i < count && in.remaining() >= REGISTRATION_BYTES; i++) {
            long key = in.getLong();
            int targetPort = in.getShort() & 0xFFFF;
            byte[] name = new byte[in.getShort() & 0xFFFF];
            if (name.length > in.remaining()) {
                return Map.of();
            }
            in.get(name);
            keys.put(new Registrant(new String(name, StandardCharsets.UTF_8), targetPort), key);
        }
        return keys;
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}

package io.spindrift.scsi.reserve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.scsi.UnitStore;
import io.spindrift.scsi.data.ParameterData;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TransportIDs, and the form in which registrations are kept. */
class ReservationBytesTest {
    private static final Registrant A = new Registrant("iqn.a:x,i,0x000000000001", 1);
    private static final Registrant B = new Registrant("iqn.b:y,i,0x000000000002", 7);

    private static PersistentReservations two() {
        Map<Registrant, Long> keys = new LinkedHashMap<>();
        keys.put(A, 5L);
        keys.put(B, -1L);
        return new PersistentReservations(9, true, keys, ReservationType.EXCLUSIVE_ACCESS, B);
    }

    @Test
    void theKeptFormIsAsItIsDocumented() {
        String expected = "53445052" + "0001" + "03" + "00" + "0002" + "0001"
                + "0000000000000005" + "0001" + "0018" + hex(A.initiatorPort())
                + "ffffffffffffffff" + "0007" + "0018" + hex(B.initiatorPort());
        String actual = HexFormat.of().formatHex(ReservationsFormat.encode(two()));
        assertEquals(expected, actual.substring(0, actual.length() - 8));
        assertEquals(new PersistentReservations(0, true, two().keys(), ReservationType.EXCLUSIVE_ACCESS, B),
                ReservationsFormat.decode(ReservationsFormat.encode(two())));
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void everyByteThatChangesIsFound() {
        byte[] good = ReservationsFormat.encode(two());
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 0x10;
            assertThrows(IllegalArgumentException.class, () -> ReservationsFormat.decode(bad), "byte " + i);
        }
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThrows(IllegalArgumentException.class, () -> ReservationsFormat.decode(cut), length + " bytes");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "53445052 0001 02 00 0000 FFFF, a type that is none",
        "53445052 0001 01 00 0000 FFFF, a type and nobody",
        "53445052 0001 00 00 0002 FFFF, fewer than it says",
        "53445052 0001 00 00 0000 FFFF 00, a byte too many",
        "53445052 0001 00 00 0001 FFFF 0000000000000000 0001 0001 61, key 0",
        "53445052 0001 00 00 0001 FFFF 0000000000000001 0001 0009 61, a name that is cut",
        "53445052 0001 01 00 0001 0001 0000000000000001 0001 0001 61, a holder who is not there"})
    void contradictionsAreRefused(String body, String what) {
        byte[] bytes = HexFormat.of().parseHex(body.replace(" ", ""));
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        byte[] whole = new ParameterData().bytes(bytes).u32(crc.getValue()).toBytes();
        assertThrows(IllegalArgumentException.class, () -> ReservationsFormat.decode(whole), what);
    }

    @Test
    void theMostRegistrationsFitInOneValue() {
        Map<Registrant, Long> keys = new LinkedHashMap<>();
        for (int i = 0; i < PersistentReservations.MAX_REGISTRATIONS; i++) {
            keys.put(new Registrant(String.format("%0223d,i,0x%012x", i, i), 65535), -1L);
        }
        byte[] bytes = ReservationsFormat.encode(new PersistentReservations(0, true, keys, null, null));
        assertTrue(bytes.length <= UnitStore.MAX_VALUE_BYTES, bytes.length + " bytes");
        assertEquals(keys, ReservationsFormat.decode(bytes).keys());
    }

    @Test
    void aPortIsNamedWithItsIsid() {
        byte[] id = TransportId.of(A.initiatorPort());
        assertEquals("4500001c" + hex(A.initiatorPort()) + "00000000", HexFormat.of().formatHex(id));
        assertEquals(new TransportId(A.initiatorPort(), 32), TransportId.read(id, 0, id.length));
        byte[] small = TransportId.of("iqn.a:x,i,0x1");
        assertEquals(24, small.length);
        assertEquals("iqn.a:x,i,0x000000000001", TransportId.read(small, 0, 24).name());
    }

    @Test
    void aNameThatIsTooLongIsNone() {
        byte[] name = new ParameterData().u8(0x05).u8(0).u16(228).bytes("n".repeat(224).getBytes(StandardCharsets.UTF_8)).zeros(4).toBytes();
        assertNull(TransportId.read(name, 0, name.length));
    }
}

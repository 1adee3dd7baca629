package io.spindrift.scsi.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.spindrift.block.BlockFailure;
import io.spindrift.block.BlockGeometry;
import io.spindrift.block.ErrorDevice;
import io.spindrift.block.MemoryDevice;
import io.spindrift.block.NullDevice;
import io.spindrift.scsi.target.ScsiFixture;
import io.spindrift.scsi.unit.LogicalUnitSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** COMPARE AND WRITE, WRITE ATOMIC and ORWRITE, one at a time. */
class AtomicCommandsTest {
    private static final String READ_2 = "28 00 00 00 00 10 00 00 02 00";

    private final List<String> asked = new ArrayList<>();
    private final ErrorDevice device = new ErrorDevice(new MemoryDevice(ScsiFixture.GEOMETRY));
    private final ScsiFixture scsi = ScsiFixture.over(device);

    private void listen() {
        asked.clear();
        device.rule((verb, lba, count) -> {
            asked.add(verb + " " + lba + "+" + count);
            return null;
        });
    }

    private static byte[] pair(byte[] compare, byte[] write) {
        byte[] both = Arrays.copyOf(compare, compare.length + write.length);
        System.arraycopy(write, 0, both, compare.length, write.length);
        return both;
    }

    private ScsiFixture.Call compareAndWrite(byte[] compare, byte[] write) {
        return scsi.out(String.format("89 00 00 00 00 00 00 00 00 10 00 00 00 %02X 00 00", compare.length / 512), pair(compare, write));
    }

    @Test
    void whatIsEqualIsWritten() {
        byte[] first = ScsiFixture.pattern(1024, 1);
        ScsiFixture.Call call = compareAndWrite(new byte[1024], first).good();
        assertEquals(2048, call.planned);
        assertEquals(2048, call.command.transferLength);
        assertArrayEquals(first, scsi.in(READ_2).data);
        compareAndWrite(first, ScsiFixture.pattern(1024, 2)).good();
        assertArrayEquals(ScsiFixture.pattern(1024, 2), scsi.in(READ_2).data);
    }

    @Test
    void whatDiffersIsToldByItsOffset() {
        byte[] first = ScsiFixture.pattern(1024, 1);
        scsi.out("2A 00 00 00 00 10 00 00 02 00", first).good();
        listen();
        byte[] other = first.clone();
        other[700] ^= 1;
        other[900] ^= 1;
        ScsiFixture.Call call = compareAndWrite(other, new byte[1024]).failed(0xE, 0x1D00);
        assertArrayEquals(ScsiFixture.hex("F0 00 0E 00 00 02 BC"), Arrays.copyOf(call.command.sense, 7));
        assertEquals(List.of("READ 16+2"), asked);
        device.heal();
        assertArrayEquals(first, scsi.in(READ_2).data);
    }

    @Test
    void aMiscompareInDescriptorFormat() {
        scsi.out("15 10 00 00 10 00", ScsiFixture.hex("00 00 00 00 0A 0A 04 10 00 00 00 00 01 2C 00 00")).good();
        byte[] other = new byte[512];
        other[511] = 1;
        byte[] sense = compareAndWrite(other, new byte[512]).command.sense;
        assertArrayEquals(ScsiFixture.hex("72 0E 1D 00 00 00 00 0C 00 0A 80 00 00 00 00 00 00 00 01 FF"), sense);
    }

    @ParameterizedTest
    @CsvSource({
        // number of blocks, bytes that the initiator announces, LBA, what is refused
        "02, 1024, 0010, 2400",
        "02, 4096, 0010, 2400",
        "01, 0, 0010, 2400",
        "81, 132096, 0010, 2400",
        "02, 2048, 3FFF, 2100",
        "00, 0, 4000, 2100",
        "00, 262144, 0010, 2400",
    })
    void compareAndWriteIsRefusedBeforeItsDataComes(String blocks, int bytes, String lba, String codes) {
        listen();
        ScsiFixture.Call call = scsi.out(String.format("89 00 00 00 00 00 00 00 %s 00 00 00 %s 00 00", lba, blocks), new byte[bytes]);
        call.failed(0x5, Integer.parseInt(codes, 16));
        assertEquals(List.of(), asked);
    }

    @Test
    void noBlocksAreEqual() {
        scsi.none("89 00 00 00 00 00 00 00 00 10 00 00 00 00 00 00").good();
    }

    @ParameterizedTest
    @CsvSource({"89, 20, 01", "9C, 40, 00", "8B, 80, 00"})
    void protectionInformationIsRefused(String code, String byte1, String blocks) {
        scsi.out(String.format("%s %s 00 00 00 00 00 00 00 10 00 00 00 %s 00 00", code, byte1, blocks), new byte[1024]).failed(0x5, 0x2400);
    }

    @Test
    void writeProtectionHoldsForAllOfThem() {
        ScsiFixture readOnly = new ScsiFixture(ScsiFixture.settings().withReadOnly(true), device);
        readOnly.out("89 00 00 00 00 00 00 00 00 10 00 00 00 01 00 00", new byte[1024]).failed(0x7, 0x2700);
        readOnly.out("9C 00 00 00 00 00 00 00 00 10 00 00 00 01 00 00", new byte[512]).failed(0x7, 0x2700);
        readOnly.out("8B 00 00 00 00 00 00 00 00 10 00 00 00 01 00 00", new byte[512]).failed(0x7, 0x2700);
        readOnly.out("8E 00 00 00 00 00 00 00 00 10 00 00 00 01 00 00", new byte[512]).failed(0x7, 0x2700);
    }

    @Test
    void aReadThatFailsWritesNothing() {
        List<String> verbs = new ArrayList<>();
        device.rule((verb, lba, count) -> {
            verbs.add(verb.name());
            return verb == ErrorDevice.Verb.READ ? BlockFailure.CORRUPT : null;
        });
        ScsiFixture.Call call = compareAndWrite(new byte[512], new byte[512]).failed(0x3, 0x1100);
        assertArrayEquals(ScsiFixture.hex("00 00 00 10"), Arrays.copyOfRange(call.command.sense, 3, 7));
        scsi.out("8B 00 00 00 00 00 00 00 00 10 00 00 00 01 00 00", new byte[512]).failed(0x3, 0x1100);
        assertEquals(List.of("READ", "READ"), verbs);
    }

    @Test
    void aSmallDeviceLimitsWhatIsAtomic() {
        ScsiFixture small = ScsiFixture.over(new NullDevice(new BlockGeometry(1024, 4096, 4096)));
        small.out("89 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00", new byte[8192]).good();
        small.out("89 00 00 00 00 00 00 00 00 00 00 00 00 02 00 00", new byte[16384]).failed(0x5, 0x2400);
        small.out("9C 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00", new byte[4096]).good();
        small.out("9C 00 00 00 00 00 00 00 00 00 00 00 00 02 00 00", new byte[8192]).failed(0x5, 0x2400);
        assertEquals("01 01 00 01", small.in("12 01 B0 00 FF 00").good().hexData().substring(12, 23));
    }

    @Test
    void anAtomicWriteIsOneWriteOfTheDevice() {
        byte[] data = ScsiFixture.pattern(1 << 20, 4);
        listen();
        scsi.out("9C 08 00 00 00 00 00 00 00 10 00 00 08 00 00 00", data).good();
        assertEquals(List.of("WRITE 16+2048"), asked);
        assertArrayEquals(data, scsi.in("28 00 00 00 00 10 00 08 00 00").data);
        scsi.none("9C 00 00 00 00 00 00 00 00 10 00 00 00 00 00 00").good();
    }

    @ParameterizedTest
    @CsvSource({
        // boundary, blocks, bytes announced, LBA, codes
        "0008, 0010, 8192, 0010, 2400",
        "0000, 2001, 4194816, 0010, 2400",
        "0000, 0002, 512, 0010, 2400",
        "0000, 0002, 1024, 3FFF, 2100",
    })
    void anAtomicWriteIsRefusedWhole(String boundary, String blocks, int bytes, String lba, String codes) {
        listen();
        scsi.out(String.format("9C 00 00 00 00 00 00 00 %s %s %s 00 00", lba, boundary, blocks), new byte[bytes])
                .failed(0x5, Integer.parseInt(codes, 16));
        assertEquals(List.of(), asked);
    }

    @Test
    void bitsAreAdded() {
        byte[] first = new byte[1024];
        Arrays.fill(first, (byte) 0x51);
        byte[] bits = ScsiFixture.pattern(1024, 9);
        scsi.out("2A 00 00 00 00 10 00 00 02 00", first).good();
        assertEquals(1024, scsi.out("8B 00 00 00 00 00 00 00 00 10 00 00 00 02 00 00", bits).good().command.transferLength);
        byte[] expected = new byte[1024];
        for (int at = 0; at < expected.length; at++) {
            expected[at] = (byte) (first[at] | bits[at]);
        }
        assertArrayEquals(expected, scsi.in(READ_2).data);
        scsi.none("8B 00 00 00 00 00 00 00 00 10 00 00 00 00 00 00").good();
        scsi.out("8B 00 00 00 00 00 00 00 3F FF 00 00 00 02 00 00", bits).failed(0x5, 0x2100);
    }

    @Test
    void limitsOfTheSettingsHold() {
        LogicalUnitSettings settings = ScsiFixture.settings().withLimits(new LogicalUnitSettings.Limits(8192, 1 << 20, 1, 1 << 20));
        ScsiFixture limited = new ScsiFixture(settings, device);
        limited.out("9C 00 00 00 00 00 00 00 00 10 00 00 00 11 00 00", new byte[8704]).failed(0x5, 0x2400);
        limited.out("89 00 00 00 00 00 00 00 00 10 00 00 00 11 00 00", new byte[17408]).failed(0x5, 0x2400);
        limited.out("8B 00 00 00 00 00 00 00 00 10 00 00 00 11 00 00", new byte[8704]).failed(0x5, 0x2400);
    }
}

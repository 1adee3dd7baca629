package io.spindrift.scsi.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.spindrift.block.ErrorDevice;
import io.spindrift.block.MemoryDevice;
import io.spindrift.scsi.target.ScsiFixture;
import io.spindrift.scsi.unit.LogicalUnitSettings;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** UNMAP, WRITE SAME and VERIFY. */
class ProvisioningCommandsTest {
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

    /** Pairs of LBA and number of blocks. */
    private static byte[] unmapList(long... pairs) {
        ByteBuffer list = ByteBuffer.allocate(8 + pairs.length * 8);
        list.putShort((short) (list.capacity() - 2)).putShort((short) (list.capacity() - 8)).putInt(0);
        for (int i = 0; i < pairs.length; i += 2) {
            list.putLong(pairs[i]).putInt((int) pairs[i + 1]).putInt(0);
        }
        return list.array();
    }

    private ScsiFixture.Call unmap(byte[] list) {
        return scsi.out(String.format("42 00 00 00 00 00 00 %04X 00", list.length), list);
    }

    @Test
    void unmapDeallocatesEachDescriptor() {
        scsi.out("2A 00 00 00 00 00 00 00 08 00", ScsiFixture.pattern(4096, 1)).good();
        listen();
        unmap(unmapList(1, 2, 9, 0, 5, 1)).good();
        assertEquals(List.of("UNMAP 1+2", "UNMAP 5+1"), asked);
        byte[] expected = ScsiFixture.pattern(4096, 1);
        Arrays.fill(expected, 512, 1536, (byte) 0);
        Arrays.fill(expected, 2560, 3072, (byte) 0);
        assertArrayEquals(expected, scsi.in("28 00 00 00 00 00 00 00 08 00").data);
    }

    @Test
    void unmapChecksAllBeforeItChangesAnything() {
        listen();
        unmap(unmapList(0, 8, 16380, 5)).failed(0x5, 0x2100);
        unmap(unmapList(0, 8, -1, 1)).failed(0x5, 0x2100);
        unmap(unmapList(0, 8, Long.MAX_VALUE, 0xFFFF_FFFFL)).failed(0x5, 0x2100);
        unmap(unmapList(new long[257 * 2])).failed(0x5, 0x2600);
        scsi.out("42 01 00 00 00 00 00 00 18 00", unmapList(0, 8)).failed(0x5, 0x2400);
        scsi.out("42 00 00 00 00 00 00 00 07 00", new byte[7]).failed(0x5, 0x1A00);
        scsi.out("42 00 00 00 00 00 00 00 18 00", new byte[16]).failed(0x5, 0x1A00);
        assertEquals(List.of(), asked);
        scsi.out("42 00 00 00 00 00 00 00 00 00", new byte[0]).good();
        unmap(unmapList()).good();
        unmap(unmapList(16384, 0)).good();
    }

    @Test
    void unmapHasALimitInBlocksToo() {
        LogicalUnitSettings.Limits limits = new LogicalUnitSettings.Limits(1 << 20, 1 << 20, 16, 1 << 20);
        ScsiFixture limited = new ScsiFixture(ScsiFixture.settings().withLimits(limits), device);
        limited.out("42 00 00 00 00 00 00 00 28 00", unmapList(0, 1024, 2048, 1024)).good();
        limited.out("42 00 00 00 00 00 00 00 28 00", unmapList(0, 1024, 2048, 1025)).failed(0x5, 0x2600);
    }

    @Test
    void writeSameOfZerosIsOneUnmap() {
        listen();
        scsi.out("41 00 00 00 00 10 00 08 00 00", new byte[512]).good();
        scsi.out("93 08 00 00 00 00 00 00 00 10 00 00 08 00 00 00", new byte[512]).good();
        scsi.none("93 01 00 00 00 00 00 00 00 10 00 00 08 00 00 00").good();
        assertEquals(List.of("UNMAP 16+2048", "UNMAP 16+2048", "UNMAP 16+2048"), asked);
    }

    @Test
    void writeSameOfAPatternIsWrittenInPieces() {
        listen();
        byte[] block = ScsiFixture.pattern(512, 3);
        scsi.out("93 08 00 00 00 00 00 00 00 01 00 00 05 DC 00 00", block).good();
        assertEquals(List.of("WRITE 1+512", "WRITE 513+512", "WRITE 1025+476"), asked);
        byte[] back = scsi.in("28 00 00 00 00 00 00 05 DE 00").data;
        for (int i = 0; i < 1502; i++) {
            byte[] expected = i == 0 || i == 1501 ? new byte[512] : block;
            assertArrayEquals(expected, Arrays.copyOfRange(back, i * 512, i * 512 + 512), "block " + i);
        }
    }

    @Test
    void writeSameOfNoNumberOfBlocksGoesToTheEndWhereItMay() {
        ScsiFixture toEnd = new ScsiFixture(ScsiFixture.settings().withWriteSameToEnd(true), device);
        listen();
        toEnd.out("41 00 00 00 00 10 00 00 00 00", new byte[512]).good();
        toEnd.none("93 01 00 00 00 00 00 00 3F F8 00 00 00 00 00 00").good();
        toEnd.out("93 00 00 00 00 00 00 00 3D FF 00 00 00 00 00 00", ScsiFixture.pattern(512, 3)).good();
        assertEquals(List.of("UNMAP 16+16368", "UNMAP 16376+8", "WRITE 15871+512", "WRITE 16383+1"), asked);
    }

    @Test
    void writeSameHasAGreatestLengthUnlessItGoesToTheEnd() {
        LogicalUnitSettings limits = ScsiFixture.settings().withLimits(new LogicalUnitSettings.Limits(1 << 20, 1 << 20, 16, 1 << 20));
        listen();
        for (LogicalUnitSettings settings : List.of(limits, limits.withWriteSameToEnd(false))) {
            ScsiFixture limited = new ScsiFixture(settings, device);
            limited.none("93 01 00 00 00 00 00 00 00 00 00 00 08 00 00 00").good();
            limited.none("93 01 00 00 00 00 00 00 00 00 00 00 08 01 00 00").failed(0x5, 0x2400);
            limited.none("93 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00").failed(0x5, 0x2400);
            assertEquals("01 80 00 08", limited.in("12 01 B0 00 FF 00").good().hexData().substring(12, 23));
        }
        ScsiFixture toEnd = new ScsiFixture(limits.withWriteSameToEnd(true), device);
        toEnd.none("93 01 00 00 00 00 00 00 00 00 00 00 40 00 00 00").good();
        assertEquals(List.of("UNMAP 0+2048", "UNMAP 0+2048", "UNMAP 0+16384"), asked);
        assertEquals("00 80 00 08", toEnd.in("12 01 B0 00 FF 00").good().hexData().substring(12, 23));
        assertEquals("00 00 00 00 00 00 00 00", toEnd.in("12 01 B0 00 FF 00").good().hexData().substring(108, 131));
    }

    @ParameterizedTest
    @CsvSource({
        "41 00 00 00 00 00 00 00 00 00, 512, 2400",
        "41 00 00 00 40 00 00 00 00 00, 512, 2100",
        "93 00 80 00 00 00 00 00 00 00 00 00 00 00 00 00, 512, 2100",
        "41 10 00 00 00 00 00 00 01 00, 512, 2400",
        "41 20 00 00 00 00 00 00 01 00, 512, 2400",
        "41 00 00 00 00 00 00 00 01 00, 256, 2400",
        "41 00 00 00 00 00 00 00 01 00, 1024, 2400",
        "41 00 00 00 3F FF 00 00 02 00, 512, 2100",
    })
    void writeSameRefusesWhatItCantDo(String cdb, int bytes, String codes) {
        scsi.out(cdb, new byte[bytes]).failed(0x5, Integer.parseInt(codes, 16));
    }

    @Test
    void aFailureInTheMiddleEndsTheCommand() {
        device.rule((verb, lba, count) -> lba >= 512 ? io.spindrift.block.BlockFailure.FULL : null);
        scsi.out("93 00 00 00 00 00 00 00 00 00 00 00 08 00 00 00", ScsiFixture.pattern(512, 1)).failed(0x7, 0x2707);
    }

    @Test
    void verifyReadsInPiecesAndComparesWhenAsked() {
        byte[] data = ScsiFixture.pattern(1024 * 512, 9);
        scsi.out("2A 00 00 00 00 08 00 04 00 00", data).good();
        listen();
        scsi.none("2F 00 00 00 00 08 00 04 00 00").good();
        assertEquals(List.of("READ 8+512", "READ 520+512"), asked);
        ScsiFixture.Call equal = scsi.out("8F 02 00 00 00 00 00 00 00 08 00 00 04 00 00 00", data).good();
        assertEquals(data.length, equal.planned);
        data[data.length - 1] ^= 1;
        scsi.out("AF 02 00 00 00 08 00 00 04 00 00 00", data).failed(0xE, 0x1D00);
    }

    @Test
    void verifyComparesEachBlockWithOne() {
        byte[] block = ScsiFixture.pattern(512, 4);
        scsi.out("41 00 00 00 00 00 00 00 20 00", block).good();
        assertEquals(512, scsi.out("2F 06 00 00 00 00 00 00 20 00", block).good().planned);
        scsi.out("2F 06 00 00 00 00 00 00 21 00", block).failed(0xE, 0x1D00);
        scsi.out("2F 04 00 00 00 00 00 00 20 00", block).failed(0x5, 0x2400);
    }
}

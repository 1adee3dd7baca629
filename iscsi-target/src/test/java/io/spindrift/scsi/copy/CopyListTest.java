package io.spindrift.scsi.copy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.util.concurrent.ImmediateEventExecutor;
import io.spindrift.block.ErrorDevice;
import io.spindrift.block.MemoryDevice;
import io.spindrift.scsi.copy.CopyFixture.ListOf;
import io.spindrift.scsi.target.ScsiFixture;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused of a parameter list before anything is copied. */
class CopyListTest {
    private final List<String> asked = new ArrayList<>();
    private final ErrorDevice device = new ErrorDevice(new MemoryDevice(ScsiFixture.GEOMETRY));
    private final ScsiFixture disk = new CopyFixture().disk(1, ImmediateEventExecutor.INSTANCE, device);

    @BeforeEach
    void listen() {
        device.rule((verb, lba, count) -> {
            asked.add(verb + " " + lba + "+" + count);
            return null;
        });
    }

    private static ListOf good() {
        return new ListOf().unit(1).segment(0, 0, 8, 0, 64);
    }

    private void refused(byte[] list, int codes) {
        CopyFixture.copy(disk, list).failed(0x5, codes);
        assertEquals(List.of(), asked);
    }

    @Test
    void anEmptyListCopiesNothing() {
        CopyFixture.copy(disk, new byte[0]).good();
        CopyFixture.copy(disk, new ListOf()).good();
        CopyFixture.copy(disk, new ListOf().unit(1)).good();
        CopyFixture.copy(disk, new ListOf().unit(1).segment(0, 0, 0, 16384, 0)).good();
        assertEquals(List.of(), asked);
    }

    @Test
    void aListThatIsCutIsRefused() {
        byte[] list = good().bytes();
        for (int length : new int[] {1, 15, 16, 16 + 31, 16 + 32 + 27}) {
            refused(Arrays.copyOf(list, length), 0x1A00);
        }
        ScsiFixture.Call call = disk.out(String.format("83 00 00 00 00 00 00 00 00 00 %08X 00 00", list.length), Arrays.copyOf(list, 40));
        call.failed(0x5, 0x1A00);
    }

    @Test
    void whatIsLongerThanAnyListIsRefusedBeforeItsDataIsTaken() {
        ScsiFixture.Call call = disk.call("83 00 00 00 00 00 00 00 00 00 FF FF FF FF 00 00").sends(new byte[64]).go();
        call.failed(0x5, 0x1A00);
        assertEquals(-1, call.planned);
    }

    /** The number of CSCD descriptors, the number of segment descriptors and what is answered. */
    @ParameterizedTest
    @CsvSource({"17, 1, 2606", "1, 17, 2608", "17, 17, 1A00"})
    void descriptorsAreCounted(int cscds, int segments, String codes) {
        ListOf list = new ListOf();
        for (int i = 0; i < cscds; i++) {
            list.unit(1);
        }
        for (int i = 0; i < segments; i++) {
            list.segment(0, 0, 8, 0, 64);
        }
        refused(list.bytes(), Integer.parseInt(codes, 16));
    }

    @Test
    void asManyDescriptorsAsAreAnnouncedAreTaken() {
        ListOf list = new ListOf();
        for (int i = 0; i < 16; i++) {
            list.unit(1);
        }
        for (int i = 0; i < 16; i++) {
            list.segment(i, 15 - i, 8, 0, 64 + 8 * i);
        }
        CopyFixture.copy(disk, list).good();
    }

    /** A byte of the list, what it is set to, what is answered, and the field that the sense points to. */
    @ParameterizedTest
    @CsvSource({
        "1, 08, 2600, 1",
        "1, 18, 2600, 0",
        "15, 01, 260B, -1",
        "16, E0, 2607, -1",
        "21, 13, 2600, 21",
        "23, 00, 2600, 23",
        "23, 15, 2600, 23",
        "48, 03, 2609, -1",
        "51, 17, 2600, 50",
    })
    void fieldsAreChecked(int at, String value, String codes, int field) {
        byte[] list = good().bytes();
        list[at] = (byte) Integer.parseInt(value, 16);
        ScsiFixture.Call call = CopyFixture.copy(disk, list).failed(0x5, Integer.parseInt(codes, 16));
        assertEquals(field, (call.command.sense[15] & 0x80) == 0 ? -1 : ByteBuffer.wrap(call.command.sense).getShort(16));
        assertEquals(0, call.command.sense[15] & 0x40, "it is a field of the list");
        assertEquals(List.of(), asked);
    }

    @Test
    void aSegmentMayNotBeLongerThanAnnounced() {
        byte[] large = CopyFixture.unitBytes(1);
        ByteBuffer.wrap(large).putInt(28, 4096);
        refused(new ListOf().cscd(large).segment(0, 0, 8193, 0, 0).bytes(), 0x2600);
        CopyFixture.copy(disk, new ListOf().cscd(large).segment(0, 0, 8192, 0, 0)).failed(0xA, 0x0D03);
    }

    @Test
    void reservedFieldsAndHintsAreNotLookedAt() {
        disk.out("2A 00 00 00 00 00 00 00 08 00", ScsiFixture.pattern(4096, 1)).good();
        byte[] list = good().bytes();
        list[1] = 0x27; // STR, PRIORITY 7
        Arrays.fill(list, 4, 8, (byte) 0xA5);
        list[17] = (byte) 0xC0; // LU ID TYPE
        list[18] = 1; // RELATIVE INITIATOR PORT IDENTIFIER
        Arrays.fill(list, 32, 44, (byte) 0xA5);
        list[56] = (byte) 0xA5;
        CopyFixture.copy(disk, list).good();
        assertArrayEquals(ScsiFixture.pattern(4096, 1), disk.in("28 00 00 00 00 40 00 00 08 00").data);
    }

    @Test
    void otherServiceActionsAreRefused() {
        disk.out("83 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00", new byte[0]).failed(0x5, 0x2400);
        disk.in("84 01 00 00 00 00 00 00 00 00 00 00 01 00 00 00").failed(0x5, 0x2400);
    }
}

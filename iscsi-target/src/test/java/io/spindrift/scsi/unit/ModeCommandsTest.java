package io.spindrift.scsi.unit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.util.concurrent.ImmediateEventExecutor;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.MemoryDevice;
import io.spindrift.block.Readiness;
import io.spindrift.block.TracedDevice;
import io.spindrift.scsi.MemoryUnitStore;
import io.spindrift.scsi.target.LogicalUnitTarget;
import io.spindrift.scsi.target.ScsiFixture;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModeCommandsTest {
    private static final String RECOVERY = "81 0A 00 00 00 00 00 80 00 00 00 00";
    private static final String CACHING = "88 12 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00";
    private static final String CONTROL = "8A 0A 00 10 00 00 00 00 01 2C 00 00";
    private static final String EXCEPTIONS = "9C 0A 00 06 00 00 00 00 00 00 00 00";
    private static final String PROVISIONING = "DC 02 00 24 00 00 00 00 00 00 00 00 00 00 00 00 "
            + "89 03 00 00 00 00 00 0F 00 01 00 00 00 00 00 00 01 02 00 00 00 00 00 00";
    private static final String SWP_ON = "00 00 00 00 0A 0A 00 10 08 00 00 00 01 2C 00 00";
    private static final String WCE_OFF = "00 00 00 00 08 12 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00";
    private static final String WCE_ON = "00 00 00 00 08 12 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00";
    private static final String WRITE = "2A 00 00 00 00 00 00 00 01 00";

    private final MemoryDevice memory = new MemoryDevice(ScsiFixture.GEOMETRY);
    private final TracedDevice device = new TracedDevice(memory);
    private final MemoryUnitStore store = new MemoryUnitStore();
    private final ScsiFixture scsi = unit();

    private ScsiFixture unit() {
        ScsiFixture made = new ScsiFixture(new LogicalUnitTarget(ImmediateEventExecutor.INSTANCE));
        made.target.addUnit(0, ScsiFixture.settings(), device, store).join();
        made.establish(ScsiFixture.NEXUS);
        return made;
    }

    private ScsiFixture.Call select6(String list) {
        byte[] bytes = ScsiFixture.hex(list);
        return scsi.out(String.format("15 10 00 00 %02X 00", bytes.length), bytes);
    }

    private String sense6(String pageAndControl) {
        return scsi.in("1A 08 " + pageAndControl + " 00 FF 00").good().hexData();
    }

    @Test
    void sixByteHeaderDescriptorAndPages() {
        assertEquals("1F 00 10 08 00 00 40 00 00 00 02 00 " + CACHING, scsi.in("1A 00 08 00 FF 00").good().hexData());
        assertEquals("0F 00 10 00 " + CONTROL, sense6("0A"));
        assertEquals("3B 00 10 00 " + RECOVERY + " " + CACHING + " " + CONTROL + " " + EXCEPTIONS, sense6("3F"));
        assertEquals("63 00 10 00", scsi.in("1A 08 3F FF 04 00").good().hexData());
    }

    @Test
    void subpagesComeWhereTheyAreNamed() {
        assertEquals("0F 00 10 00 " + EXCEPTIONS, scsi.in("1A 08 1C 00 FF 00").good().hexData());
        assertEquals("2B 00 10 00 " + PROVISIONING, scsi.in("1A 08 1C 02 FF 00").good().hexData());
        assertEquals("37 00 10 00 " + EXCEPTIONS + " " + PROVISIONING, scsi.in("1A 08 1C FF FF 00").good().hexData());
        assertEquals("0F 00 10 00 " + CONTROL, scsi.in("1A 08 0A FF FF 00").good().hexData());
    }

    @Test
    void tenByteHeaderWithShortAndLongDescriptor() {
        assertEquals("00 1A 00 10 00 00 00 08 00 00 40 00 00 00 02 00 " + CONTROL, scsi.in("5A 00 0A 00 00 00 00 00 FF 00").good().hexData());
        assertEquals("00 22 00 10 01 00 00 10 00 00 00 00 00 00 40 00 00 00 00 00 00 00 02 00 " + CONTROL,
                scsi.in("5A 10 0A 00 00 00 00 00 FF 00").good().hexData());
    }

    /** The field pointer names the page, with its highest bit, or the subpage. */
    @ParameterizedTest
    @CsvSource({"1A 08 07 00 FF 00, CD 00 02", "1A 08 C7 00 FF 00, CD 00 02", "1A 08 08 01 FF 00, C0 00 03", "1A 08 3F 01 FF 00, C0 00 03",
        "1A 08 1C 01 FF 00, C0 00 03"})
    void whatIsNotThereIsRefused(String cdb, String pointer) {
        ScsiFixture.Call call = scsi.in(cdb);
        call.failed(0x5, 0x2400);
        assertEquals(pointer, pointer(call));
    }

    private static String pointer(ScsiFixture.Call call) {
        return HexFormat.ofDelimiter(" ").withUpperCase().formatHex(call.command.sense, 15, 18);
    }

    @Test
    void whatCanBeChangedIsToldAndChanged() {
        assertEquals("0F 00 10 00 81 0A 00 00 00 00 00 80 00 00 00 00", sense6("41"));
        assertEquals("17 00 10 00 88 12 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", sense6("48"));
        assertEquals("0F 00 10 00 8A 0A 04 00 08 00 00 00 FF FF 00 00", sense6("4A"));
        assertEquals("0F 00 10 00 9C 0A 0C 0F 00 00 00 00 00 00 00 00", sense6("5C"));
        assertEquals("2B 00 10 00 DC 02 00 24 00 00 00 00 00 00 00 00 00 00 00 00 80 00 00 00 FF FF FF FF 80 00 00 00 FF FF FF FF 80 00 00 00 FF FF FF FF",
                scsi.in("1A 08 5C 02 FF 00").good().hexData());
        scsi.establish(ScsiFixture.OTHER);
        select6(SWP_ON).good();
        scsi.out(WRITE, new byte[512]).failed(0x7, 0x2702);
        assertEquals("0F 00 90 00 8A 0A 00 10 08 00 00 00 01 2C 00 00", sense6("0A"));
        assertEquals("0F 00 90 00 " + CONTROL, sense6("8A"), "default values");
        assertEquals("0F 00 90 00 " + CONTROL, sense6("CA"), "saved values");
        scsi.call("00 00 00 00 00 00").from(ScsiFixture.OTHER).go().failed(0x6, 0x2A01);
        scsi.none("00 00 00 00 00 00").good();
        scsi.target.resetLogicalUnit(0, ScsiFixture.NEXUS);
        scsi.none("00 00 00 00 00 00").failed(0x6, 0x2903);
        scsi.out(WRITE, new byte[512]).good();
    }

    @Test
    void whatChangesNothingIsToldToNobody() {
        scsi.establish(ScsiFixture.OTHER);
        select6("00 00 10 00 " + CONTROL).good();
        scsi.call("00 00 00 00 00 00").from(ScsiFixture.OTHER).go().good();
        scsi.out("15 10 00 00 00 00", new byte[0]).good();
        scsi.call("00 00 00 00 00 00").from(ScsiFixture.OTHER).go().good();
    }

    @Test
    void withoutAWriteCacheEveryWriteIsDurable() {
        scsi.out(WRITE, new byte[512]).good();
        select6(WCE_OFF).good();
        scsi.out(WRITE, new byte[512]).good();
        scsi.out("93 00 00 00 00 00 00 00 00 08 00 00 00 02 00 00", ScsiFixture.pattern(512, 3)).good();
        scsi.out("42 00 00 00 00 00 00 00 18 00", ScsiFixture.hex("00 16 00 10 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 08 00 00 00 00")).good();
        select6(WCE_ON).good();
        scsi.out(WRITE, new byte[512]).good();
        assertEquals(List.of("write 0+1", "flush", "write 0+1 fua", "write 8+2 fua", "unmap 0+8", "flush", "write 0+1"), device.calls);
    }

    @Test
    void whatWasWrittenBeforeIsMadeDurableWhereThatIsPromised() {
        device.flushFailure = BlockFailure.UNAVAILABLE;
        select6(WCE_OFF).failed(0x2, 0x0401);
        assertEquals("17 00 10 00 88 12 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", sense6("08"), "it holds from here on");
        select6(SWP_ON).failed(0x2, 0x0401);
        memory.readiness(Readiness.BECOMING_READY);
        scsi.none("00 00 00 00 00 00").failed(0x6, 0x2A06);
        select6(WCE_ON).good();
        select6(WCE_OFF).good();
        assertEquals(List.of("flush", "flush"), device.calls, "nothing is to be flushed where nothing is served");
    }

    @Test
    void savedPagesOutliveTheUnit() {
        scsi.out("15 11 00 00 10 00", ScsiFixture.hex(SWP_ON)).good();
        scsi.out("15 10 00 00 18 00", ScsiFixture.hex(WCE_OFF)).good();
        assertEquals("0F 00 90 00 8A 0A 00 10 08 00 00 00 01 2C 00 00", sense6("CA"));
        assertEquals("17 00 90 00 " + CACHING, sense6("C8"));
        ScsiFixture again = unit();
        assertEquals("3B 00 90 00 " + RECOVERY + " " + CACHING + " 8A 0A 00 10 08 00 00 00 01 2C 00 00 " + EXCEPTIONS,
                again.in("1A 08 3F 00 FF 00").good().hexData());
        again.target.resetLogicalUnit(0, ScsiFixture.NEXUS);
        again.none("00 00 00 00 00 00").failed(0x6, 0x2903);
        again.out(WRITE, new byte[512]).failed(0x7, 0x2702);
    }

    @Test
    void theSavedFormIsStable() {
        scsi.out("15 11 00 00 10 00", ScsiFixture.hex(SWP_ON)).good();
        byte[] kept = store.load("mode-pages");
        assertEquals("53 50 4D 50 01 00 00 00 00 00 00 60", HexFormat.ofDelimiter(" ").withUpperCase().formatHex(kept, 0, 12));
        assertEquals(12 + 12 + 20 + 12 + 12 + 40 + 4, kept.length);
        for (int i = 0; i < kept.length; i++) {
            byte[] damaged = kept.clone();
            damaged[i] ^= 0x10;
            MemoryUnitStore other = new MemoryUnitStore();
            other.save("mode-pages", damaged).join();
            ScsiFixture unit = new ScsiFixture(new LogicalUnitTarget(ImmediateEventExecutor.INSTANCE));
            unit.target.addUnit(0, ScsiFixture.settings(), memory, other).join();
            unit.establish(ScsiFixture.NEXUS);
            assertEquals("0F 00 10 00 " + CONTROL, unit.in("1A 08 0A 00 FF 00").good().hexData(), "byte " + i);
        }
    }

    /** Kept by a version that had another page, one that was shorter, another method of reporting, and another busy timeout. */
    @Test
    void pagesOfAnotherVersionAreTakenAsFarAsTheyAreKnown() {
        byte[] pages = ScsiFixture.hex("08 02 00 00 0A 0A 01 10 08 00 00 00 01 2C 00 00 1C 0A 00 03 00 00 00 00 00 00 00 00 3E 01 FF 01 0A 00 00 00 00 00 00 00 00 00 00");
        ByteBuffer kept = ByteBuffer.allocate(12 + pages.length + 4).putInt(0x53504D50).put((byte) 1).put(new byte[3]).putInt(pages.length).put(pages);
        CRC32C sum = new CRC32C();
        sum.update(kept.array(), 0, 12 + pages.length);
        kept.putInt((int) sum.getValue());
        store.settle(Map.of("mode-pages", kept.array()));
        scsi.none("00 00 00 00 00 00").failed(0x6, 0x2A01);
        assertEquals("3B 00 90 00 81 0A 00 00 00 00 00 00 00 00 00 00 " + CACHING + " 8A 0A 00 10 08 00 00 00 01 2C 00 00 " + EXCEPTIONS, sense6("3F"));
    }

    @Test
    void aSaveThatFailsChangesNothing() {
        store.failing(true);
        scsi.establish(ScsiFixture.OTHER);
        scsi.out("15 11 00 00 10 00", ScsiFixture.hex(SWP_ON)).failed(0x4, 0x4400);
        assertEquals("0F 00 10 00 " + CONTROL, sense6("0A"));
        assertEquals("0F 00 10 00 " + CONTROL, sense6("CA"));
        scsi.call("00 00 00 00 00 00").from(ScsiFixture.OTHER).go().good();
        assertNull(store.load("mode-pages"));
    }

    @Test
    void pagesThatComeLateAreTakenAndTold() {
        scsi.out("15 11 00 00 10 00", ScsiFixture.hex(SWP_ON)).good();
        byte[] kept = store.load("mode-pages");
        assertNotNull(kept);
        store.settle(Map.of("mode-pages", kept));
        scsi.none("00 00 00 00 00 00").good();
        scsi.out("15 13 00 00 00 00", new byte[0]).good();
        assertEquals("0F 00 10 00 " + CONTROL, sense6("CA"));
        store.settle(Map.of("mode-pages", kept));
        scsi.none("00 00 00 00 00 00").failed(0x6, 0x2A01);
        scsi.out(WRITE, new byte[512]).failed(0x7, 0x2702);
    }

    @Test
    void revertingGoesBackToTheDefaults() {
        scsi.out("15 11 00 00 10 00", ScsiFixture.hex(SWP_ON)).good();
        scsi.out("15 02 00 00 04 00", ScsiFixture.hex("FF FF FF FF")).good();
        assertEquals("0F 00 10 00 " + CONTROL, sense6("0A"));
        assertEquals("0F 00 10 00 8A 0A 00 10 08 00 00 00 01 2C 00 00", sense6("CA"), "saved values stay without SP");
        byte[] before = store.load("mode-pages");
        scsi.out("55 03 00 00 00 00 00 00 00 00", new byte[0]).good();
        assertEquals("0F 00 10 00 " + CONTROL, sense6("CA"));
        assertTrue(before.length == store.load("mode-pages").length && !Arrays.equals(before, store.load("mode-pages")));
    }

    @Test
    void descriptorSenseIsUsedWhenAskedFor() {
        scsi.out("55 10 00 00 00 00 00 00 14 00", ScsiFixture.hex("00 00 00 00 00 00 00 00 0A 0A 04 10 00 00 00 00 01 2C 00 00")).good();
        byte[] sense = scsi.none("28 00 00 00 40 00 00 00 01 00").command.sense;
        assertArrayEquals(ScsiFixture.hex("72052100 00000008 0206 0000 C0000200"), sense);
    }

    @Test
    void blockDescriptorsMaySayWhatIsSo() {
        select6("00 00 00 08 00 00 40 00 00 00 02 00 " + CONTROL).good();
        select6("00 00 00 08 00 00 00 00 00 00 02 00").good();
        scsi.out("55 10 00 00 00 00 00 00 18 00", ScsiFixture.hex("00 00 00 00 01 00 00 10 00 00 00 00 00 00 40 00 00 00 00 00 00 00 02 00")).good();
    }

    /** Each with the field pointer: the byte of the list, and the highest wrong bit where that is told. */
    @ParameterizedTest
    @CsvSource({
        "15 10 00 00 10 00, 00 00 00 00 0A 0A 00 20 00 00 00 00 01 2C 00 00, 2600, 8D 00 07",
        "15 10 00 00 10 00, 00 00 00 00 0A 0A 01 10 00 00 00 00 01 2C 00 00, 2600, 88 00 06",
        "15 10 00 00 10 00, 00 00 00 00 0B 0A 00 10 00 00 00 00 01 2C 00 00, 2600, 8D 00 04",
        "15 10 00 00 10 00, 00 00 00 00 0A 0B 00 10 00 00 00 00 01 2C 00 00, 2600, 80 00 05",
        "15 10 00 00 10 00, 00 00 00 00 4A 00 00 08 00 00 00 00 00 00 00 00, 2600, 8D 00 04",
        "15 10 00 00 10 00, 00 00 00 00 1C 0A 00 03 00 00 00 00 00 00 00 00, 2600, 80 00 07",
        "15 10 00 00 10 00, 00 00 00 00 1C 0A 80 06 00 00 00 00 00 00 00 00, 2600, 8F 00 06",
        "15 10 00 00 10 00, 00 01 00 00 0A 0A 00 10 00 00 00 00 01 2C 00 00, 2600, 80 00 01",
        "15 10 00 00 0C 00, 00 00 00 00 0A 0A 04 10 00 00 00 00, 1A00, 00 00 00",
        "15 10 00 00 05 00, 00 00 00 00 0A, 1A00, 00 00 00",
        "15 10 00 00 07 00, 00 00 00 00 5C 02 00, 1A00, 00 00 00",
        "15 10 00 00 02 00, 00 00, 1A00, 00 00 00",
        "15 10 00 00 04 00, 00 00 00 08, 1A00, 00 00 00",
        "15 00 00 00 04 00, 00 00 00 00, 2400, CC 00 01",
        "15 10 00 00 0C 00, 00 00 00 08 00 00 00 00 00 00 10 00, 2600, 80 00 09",
        "15 10 00 00 0C 00, 00 00 00 08 00 00 00 07 00 00 02 00, 2600, 80 00 04",
        "15 10 00 00 14 00, 00 00 00 10 00 00 00 00 00 00 02 00 00 00 00 00 00 00 00 00, 2600, 80 00 03",
        "55 10 00 00 00 00 00 00 10 00, 00 00 00 00 01 00 00 08 00 00 00 00 00 00 02 00, 2600, 80 00 06",
    })
    void aWrongListChangesNothing(String cdb, String list, String codes, String pointer) {
        ScsiFixture.Call call = scsi.out(cdb, ScsiFixture.hex(list));
        call.failed(0x5, Integer.parseInt(codes, 16));
        assertEquals(pointer, pointer(call));
        assertEquals("3B 00 10 00 " + RECOVERY + " " + CACHING + " " + CONTROL + " " + EXCEPTIONS, sense6("3F"));
    }

    @Test
    void oneWrongPageOfSeveralStopsAll() {
        select6(SWP_ON + " 08 12 05 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00").failed(0x5, 0x2600);
        assertEquals("0F 00 10 00 " + CONTROL, sense6("0A"));
        select6("00 00 00 00 " + PROVISIONING.replace("00 00 00 0F", "00 00 00 65")).failed(0x5, 0x2600);
        select6("00 00 00 00 " + PROVISIONING.replace("00 00 00 0F", "00 00 00 64")).good();
    }

    @Test
    void dataThatDidNotComeIsAListThatIsTooShort() {
        scsi.call("15 10 00 00 10 00").sends(new byte[8]).go().failed(0x5, 0x1A00);
    }
}

package io.spindrift.scsi.copy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.BlockGeometry;
import io.spindrift.block.ErrorDevice;
import io.spindrift.block.MemoryDevice;
import io.spindrift.scsi.Nexus;
import io.spindrift.scsi.copy.CopyFixture.ListOf;
import io.spindrift.scsi.target.ScsiFixture;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Copying itself, where every unit answers at once. */
class CopyOperationTest {
    private static final EventExecutor HOME = ImmediateEventExecutor.INSTANCE;
    private static final BlockGeometry LARGE_BLOCKS = new BlockGeometry(2048, 4096, 4096);

    private final CopyFixture copies = new CopyFixture();
    private final ErrorDevice firstDevice = new ErrorDevice(new MemoryDevice(ScsiFixture.GEOMETRY));
    private final ErrorDevice secondDevice = new ErrorDevice(new MemoryDevice(ScsiFixture.GEOMETRY));
    private final ScsiFixture first = copies.disk(1, HOME, firstDevice);
    private final ScsiFixture second = copies.disk(2, HOME, secondDevice);

    private static ListOf between() {
        return new ListOf().unit(1).unit(2);
    }

    private static void write(ScsiFixture disk, int lba, byte[] data) {
        disk.out(String.format("2A 00 %08X 00 %04X 00", lba, data.length / 512), data).good();
    }

    private static byte[] read(ScsiFixture disk, int lba, int blocks) {
        return disk.in(String.format("28 00 %08X 00 %04X 00", lba, blocks)).good().data;
    }

    @Test
    void copiesInsideOfAUnit() {
        byte[] data = ScsiFixture.pattern(2048 * 512, 1);
        write(first, 3, data);
        ScsiFixture.Call call = CopyFixture.copy(first, new ListOf().unit(1).segment(0, 0, 2048, 3, 16384 - 2048)).good();
        assertArrayEquals(data, read(first, 16384 - 2048, 2048));
        assertArrayEquals(data, read(first, 3, 2048));
        assertEquals(16 + 32 + 28, call.command.transferLength);
    }

    @Test
    void copiesBetweenUnitsWhicheverIsAsked() {
        byte[] data = ScsiFixture.pattern(16 * 512, 5);
        write(first, 0, data);
        CopyFixture.copy(first, between().segment(0, 1, 16, 0, 100)).good();
        assertArrayEquals(data, read(second, 100, 16));
        CopyFixture.copy(second, between().segment(0, 1, 16, 0, 200)).good();
        assertArrayEquals(data, read(second, 200, 16));
        CopyFixture.copy(first, between().segment(1, 0, 8, 100, 300)).good();
        assertArrayEquals(Arrays.copyOf(data, 8 * 512), read(first, 300, 8));
    }

    @Test
    void segmentsAreCopiedInTheirOrderAndInChunks() {
        List<String> asked = new ArrayList<>();
        secondDevice.rule((verb, lba, count) -> {
            asked.add(verb + " " + lba + "+" + count);
            return null;
        });
        byte[] data = ScsiFixture.pattern(2500 * 512, 7);
        write(first, 0, data);
        CopyFixture.copy(first, between().segment(0, 1, 2500, 0, 10).segment(0, 1, 1, 1, 10)).good();
        assertEquals(List.of("WRITE 10+1024", "WRITE 1034+1024", "WRITE 2058+452", "WRITE 10+1"), asked);
        System.arraycopy(data, 512, data, 0, 512);
        assertArrayEquals(data, read(second, 10, 2500));
    }

    /** The memory device is deallocated in pieces of 64 KiB, 128 blocks. */
    @Test
    void whatIsDeallocatedIsCopiedAsSuch() {
        write(first, 128, ScsiFixture.pattern(512, 1));
        write(first, 1024, ScsiFixture.pattern(512, 2));
        write(second, 0, ScsiFixture.pattern(2048 * 512, 3));
        List<String> asked = new ArrayList<>();
        firstDevice.rule((verb, lba, count) -> {
            asked.add(verb + " " + lba + "+" + count);
            return null;
        });
        secondDevice.rule((verb, lba, count) -> {
            asked.add("second " + verb + " " + lba + "+" + count);
            return null;
        });
        CopyFixture.copy(first, between().segment(0, 1, 2048, 0, 4)).good();
        assertEquals(List.of("second UNMAP 4+128", "READ 128+128", "second WRITE 132+128", "second UNMAP 260+768", "READ 1024+128",
                "second WRITE 1028+128", "second UNMAP 1156+896"), asked.stream().filter(each -> !each.startsWith("EXTENTS")).toList());
        assertArrayEquals(read(first, 0, 2044), read(second, 4, 2044));
        assertArrayEquals(ScsiFixture.pattern(4 * 512, 3), read(second, 0, 4));
    }

    /** A physical block of 128 KiB is two pieces of the memory device: the second half of the first one has data, the next one is a hole. */
    @Test
    void whatStandsBeforeTheNextPhysicalBlockIsCopied() {
        ScsiFixture coarse = copies.disk(3, HOME, new MemoryDevice(new BlockGeometry(16384, 512, 128 << 10)));
        byte[] data = ScsiFixture.pattern(128 * 512, 6);
        write(coarse, 128, data);
        write(first, 0, ScsiFixture.pattern(512 * 512, 3));
        CopyFixture.copy(first, new ListOf().unit(3).unit(1).segment(0, 1, 400, 130, 0)).good();
        assertArrayEquals(read(coarse, 130, 400), read(first, 0, 400));
        assertArrayEquals(Arrays.copyOfRange(data, 2 * 512, 128 * 512), read(first, 0, 126));
    }

    @Test
    void aHoleThatIsNotWholeBlocksOfTheDestinationIsCopiedAsData() {
        ScsiFixture large = copies.disk(3, HOME, new MemoryDevice(LARGE_BLOCKS));
        large.out("2A 00 00 00 00 00 00 00 40 00", ScsiFixture.pattern(64 * 4096, 9)).good();
        write(first, 130, ScsiFixture.pattern(512, 4));
        byte[] largeCscd = CopyFixture.unitBytes(3);
        ByteBuffer.wrap(largeCscd).putInt(28, 4096);
        CopyFixture.copy(first, new ListOf().unit(1).cscd(largeCscd).segment(0, 1, 256, 1, 0)).good();
        assertArrayEquals(read(first, 1, 256), large.in("28 00 00 00 00 00 00 00 20 00").data);
    }

    @Test
    void theUuidIsANameToo() {
        byte[] uuid = CopyFixture.settings(2).designators().get(1).bytes();
        byte[] cscd = ByteBuffer.allocate(32).put(0, (byte) 0xE4).put(4, (byte) 1).put(5, (byte) 0xA).put(7, (byte) 18).putInt(28, 512).put(8, uuid).array();
        write(first, 0, ScsiFixture.pattern(512, 1));
        CopyFixture.copy(first, new ListOf().unit(1).cscd(cscd).segment(0, 1, 1, 0, 0)).good();
        assertArrayEquals(ScsiFixture.pattern(512, 1), read(second, 0, 1));
    }

    /** Flags of the segment (DC is 2), which way it goes, its blocks and the bytes that are copied; 0 where it does not come out even. */
    @ParameterizedTest
    @CsvSource({"0, 0, 1, 16, 8192", "0, 0, 1, 12, 0", "2, 0, 1, 3, 12288", "0, 1, 0, 2, 8192", "2, 1, 0, 8, 4096", "2, 1, 0, 9, 0"})
    void blocksMayDifferInLength(int flags, int source, int destination, int blocks, int bytes) {
        ScsiFixture large = copies.disk(3, HOME, new MemoryDevice(LARGE_BLOCKS));
        byte[] data = ScsiFixture.pattern(16384, 3);
        large.out("2A 00 00 00 00 00 00 00 04 00", data).good();
        write(first, 0, data);
        byte[] largeCscd = CopyFixture.unitBytes(3);
        ByteBuffer.wrap(largeCscd).putInt(28, 4096);
        ListOf list = new ListOf().unit(1).cscd(largeCscd).segment(CopyFixture.segmentBytes(flags, source, destination, blocks, 0, 40));
        ScsiFixture.Call call = CopyFixture.copy(large, list);
        if (bytes == 0) {
            call.failed(0xA, 0x260A);
        } else {
            call.good();
        }
        byte[] copied = destination == 0 ? read(first, 40, 32) : large.in("28 00 00 00 00 28 00 00 04 00").data;
        assertArrayEquals(Arrays.copyOf(Arrays.copyOf(data, bytes), 16384), copied);
    }

    /** Bytes of the first CSCD descriptor or of the segment, what is answered, and the field of the segment that the sense points to. */
    @ParameterizedTest
    @CsvSource({
        "segment, 5, 03, 0804, 4",
        "segment, 7, 03, 0804, 6",
        "cscd, 1, 20, 0804, 4",
        "cscd, 1, 01, 0D03, 4",
        "cscd, 30, 10, 0D03, 4",
        "cscd, 15, FF, 0D02, 4",
        "cscd, 4, 02, 0D02, 4",
        "segment, 18, 7F, 0D02, 12",
        "segment, 12, 80, 0D02, 12",
        "segment, 26, 7F, 0D02, 20",
    })
    void aSegmentThatCannotBeCopiedIsNamed(String where, int at, String value, String codes, int field) {
        write(first, 0, ScsiFixture.pattern(512, 1));
        byte[] cscd = CopyFixture.unitBytes(1);
        byte[] segment = CopyFixture.segmentBytes(0, 0, 1, 256, 0, 0);
        (where.equals("cscd") ? cscd : segment)[at] = (byte) Integer.parseInt(value, 16);
        ListOf list = new ListOf().cscd(cscd).unit(2).cscd(CopyFixture.unitBytes(1)).segment(2, 1, 1, 0, 50).segment(segment);
        byte[] sense = CopyFixture.copy(first, list).failed(0xA, Integer.parseInt(codes, 16)).command.sense;
        assertEquals(18, sense.length);
        assertEquals(0x0000_0001, ByteBuffer.wrap(sense).getInt(8), "the second segment, and nobody's answer");
        assertEquals(0xA0, sense[15] & 0xFF);
        assertEquals(field, ByteBuffer.wrap(sense).getShort(16));
        assertArrayEquals(ScsiFixture.pattern(512, 1), read(second, 50, 1), "the first segment was copied");
        assertArrayEquals(new byte[512], read(second, 0, 1));
    }

    @Test
    void whatTheDestinationAnswersIsPassedOn() {
        ScsiFixture readOnly = copies.disk(CopyFixture.settings(4).withReadOnly(true), 4, HOME, new MemoryDevice(ScsiFixture.GEOMETRY));
        byte[] sense = CopyFixture.copy(first, new ListOf().unit(1).unit(4).segment(0, 1, 8, 0, 0)).failed(0xA, 0x0D01).command.sense;
        assertEquals(18 + 1 + 18, sense.length);
        assertEquals(sense.length - 8, sense[7]);
        assertEquals(18 << 16, ByteBuffer.wrap(sense).getInt(8));
        assertEquals(0x02, sense[18]);
        assertEquals(0x7, sense[19 + 2]);
        assertEquals(0x2700, ByteBuffer.wrap(sense).getShort(19 + 12));
        assertArrayEquals(new byte[512], read(readOnly, 0, 1));
    }

    @Test
    void whatTheSourceAnswersIsPassedOn() {
        write(first, 0, ScsiFixture.pattern(2000 * 512, 1));
        write(second, 1500, ScsiFixture.pattern(512, 2));
        firstDevice.rule((verb, lba, count) -> lba >= 1024 ? BlockFailure.CORRUPT : null);
        byte[] sense = CopyFixture.copy(second, between().segment(0, 1, 2000, 0, 0)).failed(0xA, 0x0D01).command.sense;
        assertEquals(18 << 24, ByteBuffer.wrap(sense).getInt(8));
        assertEquals(0x3, sense[19 + 2]);
        assertEquals(0x1100, ByteBuffer.wrap(sense).getShort(19 + 12));
        assertArrayEquals(ScsiFixture.pattern(512, 2), read(second, 1500, 1), "what was not read is not written");
    }

    @Test
    void descriptorSenseCarriesTheSame() {
        byte[] modes = first.in("1A 08 0A 00 10 00").good().data;
        Arrays.fill(modes, 0, 4, (byte) 0);
        modes[4] &= 0x7F;
        modes[6] |= 0x04; // D_SENSE
        first.out("15 10 00 00 10 00", modes).good();
        write(second, 0, ScsiFixture.pattern(512, 1));
        secondDevice.rule((verb, lba, count) -> BlockFailure.FULL);
        byte[] sense = CopyFixture.copy(first, between().segment(1, 0, 0, 0, 0).segment(1, 0, 1, 0, 0)).command.sense;
        ByteBuffer bytes = ByteBuffer.wrap(sense);
        assertEquals(0x720A_0D01, bytes.getInt(0));
        assertEquals(sense.length - 8, sense[7]);
        assertEquals(0x010A, bytes.getShort(8));
        assertEquals(1, bytes.getLong(12), "the segment");
        assertEquals(0x0C14, bytes.getShort(20));
        assertEquals(0x0102, bytes.getShort(22), "the source, CHECK CONDITION");
        assertEquals(0x70, sense[24]);
        assertEquals(0x7, sense[26]);

        sense = CopyFixture.copy(first, between().segment(0, 5, 1, 0, 0)).command.sense;
        assertEquals("72 0A 08 04 00 00 00 14 01 0A 00 00 00 00 00 00 00 00 00 00 02 06 00 00 A0 00 06 00",
                java.util.HexFormat.ofDelimiter(" ").withUpperCase().formatHex(sense));
    }

    @Test
    void anInitiatorReachesOnlyWhatItIsLoggedInTo() {
        write(first, 0, ScsiFixture.pattern(512, 1));
        write(second, 9, ScsiFixture.pattern(512, 2));
        second.target.nexusLost(CopyFixture.nexus(2));
        CopyFixture.copy(first, between().segment(1, 0, 1, 9, 0)).failed(0xA, 0x0D02);
        CopyFixture.copy(first, between().segment(0, 1, 1, 0, 9)).failed(0xA, 0x0D02);
        second.target.nexusEstablished(new Nexus("iqn.2026-11.test:somebody,i,0x000000000001", "iqn.2026-11.test:disk2,t,0x0001", 1));
        CopyFixture.copy(first, between().segment(0, 1, 1, 0, 9)).failed(0xA, 0x0D02);
        second.target.nexusEstablished(CopyFixture.nexus(2));
        second.none("00 00 00 00 00 00").failed(0x6, 0x2900);
        assertArrayEquals(ScsiFixture.pattern(512, 2), read(second, 9, 1));
        assertArrayEquals(ScsiFixture.pattern(512, 1), read(first, 0, 1));
    }

    /** The reservation of somebody else stops the copy at the unit that has it, whichever that is. */
    @Test
    void reservationsOfOthersAreHonoured() {
        second.establish(ScsiFixture.OTHER);
        second.call("16 00 00 00 00 00").from(ScsiFixture.OTHER).go().good();
        write(first, 0, ScsiFixture.pattern(512, 1));
        ScsiFixture.Call call = CopyFixture.copy(first, between().segment(0, 1, 1, 0, 9)).failed(0xA, 0x0D01);
        assertEquals(0x18, call.command.sense[18], "what the destination answered");
        CopyFixture.copy(second, between().segment(1, 0, 1, 0, 9)).conflicts();
        second.call("17 00 00 00 00 00").from(ScsiFixture.OTHER).go().good();
        CopyFixture.copy(first, between().segment(0, 1, 1, 0, 9)).good();
        assertArrayEquals(ScsiFixture.pattern(512, 1), read(second, 9, 1));
    }

    @Test
    void unitAttentionsStayForTheInitiatorsOwnCommands() {
        second.target.resetLogicalUnit(0, CopyFixture.nexus(2));
        CopyFixture.copy(first, between().segment(0, 1, 1, 0, 9)).good();
        second.none("00 00 00 00 00 00").failed(0x6, 0x2903);
    }

    @Test
    void aUnitThatIsGoneIsNotReached() {
        second.target.removeUnit(0).join();
        CopyFixture.copy(first, between().segment(0, 1, 1, 0, 9)).failed(0xA, 0x0D02);
        ScsiFixture again = copies.disk(2, HOME, new MemoryDevice(ScsiFixture.GEOMETRY));
        write(first, 0, ScsiFixture.pattern(512, 1));
        CopyFixture.copy(first, between().segment(0, 1, 1, 0, 9)).good();
        assertArrayEquals(ScsiFixture.pattern(512, 1), read(again, 9, 1));
    }
}

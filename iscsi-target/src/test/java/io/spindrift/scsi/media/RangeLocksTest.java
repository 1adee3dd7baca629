package io.spindrift.scsi.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.spindrift.block.Completion;
import io.spindrift.block.ForwardingDevice;
import io.spindrift.block.MemoryDevice;
import io.spindrift.scsi.MemoryUnitStore;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.target.ScsiFixture;
import io.spindrift.scsi.unit.CommandFamily;
import io.spindrift.scsi.unit.LogicalUnit;
import io.spindrift.scsi.unit.OpcodeTable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands beside each other, over a device that carries requests out when it is told to, in any order. */
class RangeLocksTest {
    private static final String COMPARE_AND_WRITE = "89 00 00 00 00 00 00 00 %04X 00 00 00 %02X 00 00";
    private static final String WRITE = "2A 00 00 00 %04X 00 00 %02X 00";
    private static final String READ = "28 00 00 00 %04X 00 00 %02X 00";

    private final Held device = new Held();
    private final ScsiFixture scsi = ScsiFixture.over(device);

    /** Keeps requests until they are released; a read or write happens whole when it is. */
    private static final class Held extends ForwardingDevice {
        private final List<Runnable> requests = new ArrayList<>();
        private final List<String> asked = new ArrayList<>();

        Held() {
            super(new MemoryDevice(ScsiFixture.GEOMETRY));
        }

        @Override
        public void read(long lba, int blockCount, ByteBuf dst, Completion completion) {
            asked.add("read " + lba);
            requests.add(() -> super.read(lba, blockCount, dst, completion));
        }

        @Override
        public void write(long lba, int blockCount, ByteBuf src, boolean fua, Completion completion) {
            asked.add("write " + lba);
            requests.add(() -> super.write(lba, blockCount, src, fua, completion));
        }

        @Override
        public void unmap(long lba, long blockCount, Completion completion) {
            asked.add("unmap " + lba);
            requests.add(() -> super.unmap(lba, blockCount, completion));
        }

        void release(int index) {
            requests.remove(index).run();
        }

        void releaseAll() {
            while (!requests.isEmpty()) {
                release(0);
            }
        }
    }

    private ScsiFixture.Call write(int lba, int blocks) {
        return scsi.out(String.format(WRITE, lba, blocks), new byte[blocks * 512]);
    }

    private ScsiFixture.Call read(int lba, int blocks) {
        return scsi.in(String.format(READ, lba, blocks));
    }

    private ScsiFixture.Call compare(int lba, int blocks) {
        return scsi.out(String.format(COMPARE_AND_WRITE, lba, blocks), new byte[blocks * 1024]);
    }

    @Test
    void anAtomicCommandWaitsForWhatCameBeforeIt() {
        ScsiFixture.Call earlier = write(10, 4);
        ScsiFixture.Call alone = compare(12, 4);
        ScsiFixture.Call elsewhere = compare(20, 4);
        assertEquals(List.of("write 10", "read 20"), device.asked);
        device.releaseAll();
        earlier.good();
        alone.good();
        elsewhere.good();
        assertEquals(List.of("write 10", "read 20", "read 12", "write 20", "write 12"), device.asked);
    }

    @Test
    void whatComesAfterItWaitsToo() {
        compare(12, 4);
        ScsiFixture.Call later = write(15, 1);
        ScsiFixture.Call reader = read(12, 1);
        ScsiFixture.Call beside = write(16, 1);
        assertEquals(List.of("read 12", "write 16"), device.asked);
        device.release(0);
        assertEquals(List.of("read 12", "write 16", "write 12"), device.asked);
        assertEquals(0, later.completions + reader.completions);
        device.releaseAll();
        later.good();
        reader.good();
        beside.good();
    }

    @Test
    void nobodyOvertakesOneThatWaits() {
        write(10, 4);
        compare(13, 4);
        write(15, 1);
        read(10, 1);
        assertEquals(List.of("write 10", "read 10"), device.asked);
        device.releaseAll();
        assertEquals(List.of("write 10", "read 10", "read 13", "write 13", "write 15"), device.asked);
    }

    @Test
    void ordinaryCommandsNeverWaitForEachOther() {
        write(10, 4);
        write(11, 1);
        read(10, 4);
        scsi.out("42 00 00 00 00 00 00 00 18 00", ScsiFixture.hex("0016 0010 00000000 000000000000000A 00000004 00000000"));
        assertEquals(List.of("write 10", "write 11", "read 10", "unmap 10"), device.asked);
        device.releaseAll();
    }

    @Test
    void anUnmapWaitsForAnAtomicCommandOnAnyOfItsRanges() {
        compare(30, 1);
        ScsiFixture.Call unmap = scsi.out("42 00 00 00 00 00 00 00 28 00",
                ScsiFixture.hex("0026 0020 00000000 000000000000000A 00000004 00000000 000000000000001E 00000001 00000000"));
        assertEquals(List.of("read 30"), device.asked);
        device.releaseAll();
        unmap.good();
    }

    @Test
    void oneThatWaitsIsTakenBack() {
        write(10, 4);
        ScsiFixture.Call alone = compare(12, 4);
        ScsiFixture.Call behind = write(14, 2);
        assertTrue(scsi.target.abort(alone.command));
        assertEquals(List.of("write 10", "write 14"), device.asked);
        assertFalse(scsi.target.abort(alone.command));
        device.releaseAll();
        assertEquals(0, alone.completions);
        behind.good();
        compare(12, 1);
        assertEquals("read 12", device.asked.get(2));
        device.releaseAll();
    }

    @Test
    void oneThatIsAbortedBetweenItsPartsChangesNothing() {
        ScsiFixture.Call alone = compare(12, 1);
        ScsiFixture.Call behind = read(12, 1);
        assertFalse(scsi.target.abort(alone.command));
        device.releaseAll();
        alone.failed(0xB, 0x0000);
        behind.good();
        assertEquals(List.of("read 12", "read 12"), device.asked);
    }

    @Test
    void unitsDoNotWaitForEachOther() {
        scsi.target.addUnit(1, ScsiFixture.settings(), new Held()).join();
        scsi.call("00 00 00 00 00 00").at(1L << 48).go().failed(0x6, 0x2900);
        scsi.call("00 00 00 00 00 00").go().failed(0x6, 0x3F0E);
        compare(12, 4);
        Held other = new Held();
        scsi.target.addUnit(2, ScsiFixture.settings(), other).join();
        scsi.call("00 00 00 00 00 00").at(2L << 48).go().failed(0x6, 0x2900);
        scsi.call(String.format(WRITE, 12, 1)).sends(new byte[512]).at(2L << 48).go();
        assertEquals(List.of("write 12"), other.asked);
        other.releaseAll();
        device.releaseAll();
    }

    /**
     * Counters that many clients raise with COMPARE AND WRITE, each told by what it read before, while others write and read beside them. Each
     * counter must be what was added to it, however requests are reordered; a read must never see half of a write.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void countersAreNeverLost(long seed) {
        Random random = new Random(seed);
        int[] raised = new int[4];
        List<Client> clients = new ArrayList<>();
        for (int at = 0; at < 12; at++) {
            clients.add(new Client(at % raised.length, raised));
        }
        for (int step = 0; step < 4000; step++) {
            if (random.nextInt(3) == 0) {
                clients.get(random.nextInt(clients.size())).go();
            } else if (!device.requests.isEmpty()) {
                device.release(random.nextInt(device.requests.size()));
            }
        }
        while (clients.stream().anyMatch(client -> client.running != null)) {
            device.releaseAll();
            clients.forEach(Client::settle);
        }
        for (int counter = 0; counter < raised.length; counter++) {
            ScsiFixture.Call last = read(100 + 2 * counter, 2);
            device.releaseAll();
            assertEquals(raised[counter], ByteBuffer.wrap(last.data).getLong(), "counter " + counter);
        }
        assertTrue(raised[0] + raised[1] + raised[2] + raised[3] > 50, "raised " + List.of(raised[0], raised[1], raised[2], raised[3]));
    }

    /** Reads a counter of two blocks, which hold it twice, and tries to raise it. */
    private final class Client {
        private final int counter;
        private final int[] raised;
        private ScsiFixture.Call running;
        private boolean reading;
        private long value;

        Client(int counter, int[] raised) {
            this.counter = counter;
            this.raised = raised;
        }

        void go() {
            settle();
            if (running != null) {
                return;
            }
            reading = !reading;
            running = reading ? read(100 + 2 * counter, 2) : scsi.out(String.format(COMPARE_AND_WRITE, 100 + 2 * counter, 2), raise());
        }

        private byte[] raise() {
            ByteBuffer data = ByteBuffer.allocate(2048);
            data.putLong(0, value).putLong(512, value).putLong(1024, value + 1).putLong(1536, value + 1);
            return data.array();
        }

        void settle() {
            if (running == null || running.completions == 0) {
                return;
            }
            if (reading) {
                value = ByteBuffer.wrap(running.good().data).getLong(0);
                assertEquals(value, ByteBuffer.wrap(running.data).getLong(512), "a torn read");
            } else if (running.command.status == 0) {
                raised[counter]++;
            } else {
                running.failed(0xE, 0x1D00);
            }
            running = null;
        }
    }

    @Test
    void aClaimIsOneOfThem() {
        MediaFamily family = new MediaFamily(ByteBufAllocator.DEFAULT);
        List<CommandFamily> families = List.of(family);
        LogicalUnit unit = new LogicalUnit(0, ScsiFixture.settings(), device, new MemoryUnitStore(), new OpcodeTable(families), families);
        MediaPart part = MediaPart.of(unit);
        List<String> begun = new ArrayList<>();
        MediaPart.Claim first = part.claim(0, 10, false, () -> begun.add("first"));
        MediaPart.Claim second = part.claim(5, 10, false, () -> begun.add("second"));
        MediaPart.Claim alone = part.claim(8, 1, true, () -> begun.add("alone"));
        MediaPart.Claim given = part.claim(8, 1, false, () -> begun.add("given up"));
        MediaPart.Claim behind = part.claim(8, 1, false, () -> begun.add("behind"));
        assertEquals(List.of("first", "second"), begun);
        first.release();
        given.release();
        second.release();
        assertEquals(List.of("first", "second", "alone"), begun);
        alone.release();
        alone.release();
        assertEquals(List.of("first", "second", "alone", "behind"), begun);
        behind.release();
        assertFalse(family.abort(new ScsiCommand()));
        part.claim(0, 100, true, () -> begun.add("last")).release();
        assertEquals("last", begun.get(4));
    }
}

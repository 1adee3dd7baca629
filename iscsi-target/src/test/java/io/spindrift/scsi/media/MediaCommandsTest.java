package io.spindrift.scsi.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.spindrift.block.BlockDevice;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.BlockGeometry;
import io.spindrift.block.ErrorDevice;
import io.spindrift.block.MemoryDevice;
import io.spindrift.scsi.ScsiTarget;
import io.spindrift.scsi.target.ScsiFixture;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MediaCommandsTest {
    private final MemoryDevice memory = new MemoryDevice(ScsiFixture.GEOMETRY);
    private final ErrorDevice device = new ErrorDevice(memory);
    private final ScsiFixture scsi = ScsiFixture.over(device);

    @ParameterizedTest
    @CsvSource({
        "0A 00 00 08 02 00, 08 00 00 08 02 00",
        "2A 00 00 00 00 08 00 00 02 00, 28 00 00 00 00 08 00 00 02 00",
        "2A 18 00 00 00 08 00 00 02 00, 28 18 00 00 00 08 00 00 02 00",
        "AA 00 00 00 00 08 00 00 00 02 00 00, A8 00 00 00 00 08 00 00 00 02 00 00",
        "8A 08 00 00 00 00 00 00 00 08 00 00 00 02 00 00, 88 08 00 00 00 00 00 00 00 08 00 00 00 02 00 00",
    })
    void whatIsWrittenIsRead(String write, String read) {
        byte[] data = ScsiFixture.pattern(1024, 3);
        ScsiFixture.Call written = scsi.out(write, data).good();
        assertEquals(1024, written.planned);
        assertEquals(1024, written.command.transferLength);
        ScsiFixture.Call back = scsi.in(read).good();
        assertArrayEquals(data, back.data);
        assertEquals(1024, back.command.transferLength);
        assertArrayEquals(new byte[512], scsi.in("28 00 00 00 00 07 00 00 01 00").good().data);
        assertArrayEquals(new byte[512], scsi.in("28 00 00 00 00 0A 00 00 01 00").good().data);
    }

    @Test
    void aSixByteLengthOfZeroStandsFor256Blocks() {
        byte[] data = ScsiFixture.pattern(256 * 512, 9);
        scsi.out("0A 00 00 00 00 00", data).good();
        assertArrayEquals(data, scsi.in("08 00 00 00 00 00").good().data);
    }

    @Test
    void longerLengthsOfZeroMoveNothing() {
        assertEquals(0, scsi.in("28 00 00 00 00 00 00 00 00 00").good().data.length);
        scsi.none("2A 00 00 00 00 00 00 00 00 00").good();
        scsi.none("28 00 00 00 40 00 00 00 00 00").failed(0x5, 0x2100);
    }

    @ParameterizedTest
    @ValueSource(longs = {16384, 16385, 0xFFFF_FFFFL, 0x1_0000_0000L, Long.MAX_VALUE, Long.MIN_VALUE, -1, -16384})
    void anLbaOutsideIsRefusedBeforeDataIsAskedFor(long lba) {
        for (String code : new String[] {"88", "8A", "8F", "91", "93"}) {
            for (long blocks : new long[] {0, 1, 8, 0xFFFF_FFFFL}) {
                String cdb = String.format("%s 00 %016X %08X 00 00", code, lba, blocks);
                ScsiFixture.Call call = scsi.call(cdb).sends(new byte[512]).go();
                call.failed(0x5, 0x2100);
                assertEquals(ScsiTarget.REFUSED, call.planned);
            }
        }
    }

    @Test
    void rangesNeverWrapWhateverTheNumbers() {
        Random random = new Random(7);
        for (int i = 0; i < 5000; i++) {
            long lba = random.nextLong() >>> random.nextInt(64);
            long blocks = random.nextInt(8192) >>> random.nextInt(13);
            boolean inside = lba >= 0 && lba < 16384 && lba + blocks <= 16384;
            ScsiFixture.Call call = scsi.in(String.format("88 00 %016X %08X 00 00", lba, blocks));
            if (inside) {
                call.good();
                assertEquals(blocks * 512, call.data.length);
            } else {
                call.failed(0x5, 0x2100);
            }
        }
    }

    @Test
    void moreThanTheTransferLimitIsRefusedInThePlan() {
        ScsiFixture.Call call = scsi.call("88 00 00 00 00 00 00 00 00 00 00 00 20 01 00 00").wants(1 << 24).go();
        call.failed(0x5, 0x2400);
        assertEquals(ScsiTarget.REFUSED, call.planned);
        assertArrayEquals(ScsiFixture.hex("C0 00 0A"), Arrays.copyOfRange(call.command.sense, 15, 18));
        scsi.in("88 00 00 00 00 00 00 00 00 00 00 00 20 00 00 00").good();
    }

    @ParameterizedTest
    @ValueSource(strings = {"28 20 00 00 00 00 00 00 01 00", "2A 40 00 00 00 00 00 00 01 00", "A8 80 00 00 00 00 00 00 00 01 00 00"})
    void protectionIsRefused(String cdb) {
        ScsiFixture.Call call = scsi.call(cdb).go();
        call.failed(0x5, 0x2400);
        assertArrayEquals(ScsiFixture.hex("CF 00 01"), Arrays.copyOfRange(call.command.sense, 15, 18));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "200, 200", "512, 512", "1000, 1000", "1024, 1024", "5000, 1024"})
    void aReadMovesWhatTheInitiatorHasRoomForAndTellsAll(int expected, int moved) {
        byte[] data = ScsiFixture.pattern(1024, 1);
        scsi.out("2A 00 00 00 00 00 00 00 02 00", data).good();
        ScsiFixture.Call call = scsi.call("28 00 00 00 00 00 00 00 02 00").wants(expected).go().good();
        assertEquals(1024, call.command.transferLength);
        assertArrayEquals(Arrays.copyOf(data, moved), call.data);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "200, 200, 0", "512, 512, 512", "1000, 1000, 512", "1024, 1024, 1024", "5000, 1024, 1024"})
    void aWriteWritesTheWholeBlocksThatCame(int sent, int planned, int written) {
        byte[] data = ScsiFixture.pattern(sent, 5);
        ScsiFixture.Call call = scsi.out("2A 00 00 00 00 00 00 00 02 00", data).good();
        assertEquals(planned, call.planned);
        assertEquals(1024, call.command.transferLength);
        byte[] expected = Arrays.copyOf(Arrays.copyOf(data, written), 1024);
        assertArrayEquals(expected, scsi.in("28 00 00 00 00 00 00 00 02 00").data);
    }

    @Test
    void aReadWithFuaMakesTheDeviceDurableFirst() {
        StringBuilder verbs = new StringBuilder();
        device.rule((verb, lba, count) -> {
            verbs.append(verb).append(' ');
            return null;
        });
        scsi.in("28 08 00 00 00 00 00 00 01 00").good();
        assertEquals("FLUSH READ ", verbs.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "UNAVAILABLE, 2, 0401",
        "FENCED, 2, 040C",
        "CORRUPT, 3, 1100",
        "FULL, 7, 2707",
        "INVALID, 4, 4400",
        "CLOSED, 2, 0400",
    })
    void everyFailureOfTheDeviceHasItsSense(BlockFailure failure, int key, String codes) {
        ScsiFixture unchecked = new ScsiFixture(device);
        device.rule((verb, lba, count) -> failure);
        int code = Integer.parseInt(codes, 16);
        unchecked.in("28 00 00 00 00 20 00 00 01 00").failed(key, code);
        unchecked.out("2A 00 00 00 00 20 00 00 01 00", new byte[512]).failed(key, code);
        unchecked.none("35 00 00 00 00 00 00 00 00 00").failed(key, code);
        unchecked.in("42 00 00 00 00 00 00 00 00 00").good();
    }

    @Test
    void aDeviceThatHoldsNoMoreIsATaskSetThatIsFull() {
        ScsiFixture unchecked = new ScsiFixture(device);
        device.rule((verb, lba, count) -> BlockFailure.BUSY);
        assertEquals(0x28, unchecked.in("28 00 00 00 00 20 00 00 01 00").go().command.status);
        assertEquals(0x28, unchecked.out("2A 00 00 00 00 20 00 00 01 00", new byte[512]).go().command.status);
        device.rule((verb, lba, count) -> null);
        unchecked.in("28 00 00 00 00 20 00 00 01 00").good();
    }

    @Test
    void corruptDataNamesItsBlock() {
        device.rule((verb, lba, count) -> BlockFailure.CORRUPT);
        byte[] sense = scsi.in("28 00 00 00 12 34 00 00 01 00").failed(0x3, 0x1100).command.sense;
        assertEquals((byte) 0xF0, sense[0]);
        assertArrayEquals(ScsiFixture.hex("00 00 12 34"), Arrays.copyOfRange(sense, 3, 7));
    }

    @Test
    void aReadOnlyUnitRefusesWrites() {
        ScsiFixture readOnly = new ScsiFixture(ScsiFixture.settings().withReadOnly(true), memory);
        readOnly.in("28 00 00 00 00 00 00 00 01 00").good();
        for (String cdb : new String[] {"2A 00 00 00 00 00 00 00 01 00", "42 00 00 00 00 00 00 00 00 00", "41 00 00 00 00 00 00 00 01 00"}) {
            readOnly.out(cdb, new byte[512]).failed(0x7, 0x2700);
        }
    }

    @Test
    void largeDisksAreReachedToTheirLastBlock() {
        BlockGeometry geometry = new BlockGeometry(1L << 50, 512, 4096);
        ScsiFixture large = ScsiFixture.over(new MemoryDevice(geometry));
        byte[] data = ScsiFixture.pattern(512, 77);
        large.out("8A 00 00 03 FF FF FF FF FF FF 00 00 00 01 00 00", data).good();
        assertArrayEquals(data, large.in("88 00 00 03 FF FF FF FF FF FF 00 00 00 01 00 00").data);
        large.in("88 00 00 03 FF FF FF FF FF FF 00 00 00 02 00 00").failed(0x5, 0x2100);
    }

    @Test
    void synchronizeCacheFlushes() {
        int[] flushes = {0};
        device.rule((verb, lba, count) -> {
            flushes[0] += verb == ErrorDevice.Verb.FLUSH ? 1 : 0;
            return null;
        });
        scsi.none("35 00 00 00 00 00 00 00 00 00").good();
        scsi.none("91 00 00 00 00 00 00 00 00 08 00 00 00 08 00 00").good();
        scsi.none("35 02 00 00 00 00 00 00 00 00").good();
        assertEquals(3, flushes[0]);
        scsi.none("35 00 00 00 40 00 00 00 00 00").failed(0x5, 0x2100);
        device.rule((verb, lba, count) -> BlockFailure.UNAVAILABLE);
        scsi.none("35 02 00 00 00 00 00 00 00 00").good();
    }

    /** A command that never ended would keep its session, and the daemon's end, waiting for ever. */
    @ParameterizedTest
    @ValueSource(strings = {"28 00 00 00 00 08 00 00 01 00", "28 08 00 00 00 08 00 00 01 00", "35 00 00 00 00 00 00 00 00 00"})
    void aDeviceThatThrowsFailsTheCommandAndNothingElse(String cdb) {
        boolean[] defect = {true};
        BlockDevice throwing = (BlockDevice) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {BlockDevice.class},
            (proxy, method, arguments) -> {
                if (defect[0] && (method.getName().equals("read") || method.getName().equals("flush"))) {
                    throw new ArrayIndexOutOfBoundsException("a defect of the device");
                }
                return method.invoke(memory, arguments);
            });
        ScsiFixture over = new ScsiFixture(throwing);
        for (int again = 0; again < 3; again++) {
            over.call(cdb).wants(512).go().failed(0x4, 0x4400);
        }
        defect[0] = false;
        over.call(cdb).wants(512).go().good();
    }
}

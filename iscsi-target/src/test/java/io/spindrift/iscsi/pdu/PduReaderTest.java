package io.spindrift.iscsi.pdu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the writer lays out, the reader finds, however it is cut in pieces. */
class PduReaderTest {
    private static final int PDUS = 25;
    private static final int SHORT = 4096;
    private static final int LONG = 40_000;

    /** Collects or places data by turns, and remembers what came. */
    private static final class Recorder implements PduSink {
        final List<String> seen = new ArrayList<>();
        final List<Malformation> faults = new ArrayList<>();
        private final ByteBuf place = Unpooled.directBuffer(LONG + 10, LONG + 10);
        private final int longest;
        private int limit;

        Recorder() {
            this(SHORT);
        }

        Recorder(int longest) {
            this.longest = longest;
        }

        @Override
        public int longestData() {
            return longest;
        }

        @Override
        public void header(Bhs bhs, PduReader reader) {
            limit = 0;
            if (bhs.initiatorTaskTag() % 3 == 0) {
                reader.collect();
            } else if (bhs.initiatorTaskTag() % 3 == 1) {
                limit = placed(bhs.dataLength());
                reader.placeAt(place, 7, 7 + limit);
            }
        }

        @Override
        public void payload(Bhs bhs, ByteBuf data) {
            String content = data != null ? ByteBufUtil.hexDump(data) : ByteBufUtil.hexDump(place, 7, limit);
            seen.add(bhs.opcode() + " " + bhs.initiatorTaskTag() + " " + bhs.dataLength() + " " + content);
            if (data != null) {
                data.release();
            }
        }

        /** Short data is cut, as that of a command is that sends too much. */
        static int placed(int length) {
            return length > SHORT ? length : Math.max(length - 10, 0);
        }

        @Override
        public void malformed(Bhs bhs, Malformation why) {
            faults.add(why);
        }

        @Override
        public void readComplete() {}

        @Override
        public void writabilityChanged(boolean writable) {}

        @Override
        public void closed() {}
    }

    private final SplittableRandom random = new SplittableRandom(17);

    private List<String> write(boolean headerDigest, boolean dataDigest, ByteBuf wire) {
        return write(headerDigest, dataDigest, wire, SHORT);
    }

    private List<String> write(boolean headerDigest, boolean dataDigest, ByteBuf wire, int longest) {
        EmbeddedChannel channel = new EmbeddedChannel(new PduReader(new Recorder()));
        PduWriter writer = new PduWriter(channel.pipeline().firstContext());
        writer.digests(headerDigest, dataDigest);
        List<String> expected = new ArrayList<>();
        for (int tag = 0; tag < PDUS; tag++) {
            byte[] data = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(1, random.nextBoolean() ? 20 : longest + 1)];
            random.nextBytes(data);
            writer.begin(tag % 64, 0x80).putInt(16, tag);
            if (data.length == 0) {
                writer.end();
            } else {
                writer.end(data);
            }
            String hex = ByteBufUtil.hexDump(data);
            String content = tag % 3 == 0 ? hex : tag % 3 == 1 ? hex.substring(0, 2 * Recorder.placed(data.length)) : "";
            expected.add(tag % 64 + " " + tag + " " + data.length + " " + content);
            if (random.nextInt(3) == 0) {
                writer.flush();
            }
        }
        writer.flush();
        writer.close();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            wire.writeBytes(part);
            part.release();
        }
        channel.finishAndReleaseAll();
        return expected;
    }

    @Test
    void roundTripInPieces() {
        for (int round = 0; round < 24; round++) {
            boolean headerDigest = (round & 1) != 0;
            boolean dataDigest = (round & 2) != 0;
            ByteBuf wire = Unpooled.buffer();
            List<String> expected = write(headerDigest, dataDigest, wire);
            Recorder recorder = new Recorder();
            PduReader reader = new PduReader(recorder);
            reader.digests(headerDigest, dataDigest);
            EmbeddedChannel channel = new EmbeddedChannel(reader);
            int longest = round < 4 ? 1 : 9000;
            while (wire.isReadable()) {
                int count = Math.min(wire.readableBytes(), random.nextInt(1, longest + 1));
                channel.writeInbound(channel.alloc().directBuffer(count).writeBytes(wire, count));
            }
            assertEquals(expected, recorder.seen);
            channel.finishAndReleaseAll();
        }
    }

    @Test
    void theRestOfLongDataIsReadIntoItsPlace() {
        int landed = 0;
        for (int round = 0; round < 8; round++) {
            boolean dataDigest = (round & 1) != 0;
            ByteBuf wire = Unpooled.buffer();
            List<String> expected = write(false, dataDigest, wire, LONG);
            Recorder recorder = new Recorder(LONG);
            PduReader reader = new PduReader(recorder);
            reader.digests(false, dataDigest);
            EmbeddedChannel channel = new EmbeddedChannel(reader);
            RecvByteBufAllocator.Handle buffers = new ReceiveBuffers(reader).newHandle();
            while (wire.isReadable()) {
                ByteBuf in = buffers.allocate(channel.alloc());
                long at = in.memoryAddress() - recorder.place.memoryAddress();
                landed += at >= 0 && at < LONG ? 1 : 0;
                int arrived = Math.min(wire.readableBytes(), random.nextInt(1, 70_000));
                channel.writeInbound(in.writeBytes(wire, Math.min(arrived, in.writableBytes())));
            }
            assertEquals(expected, recorder.seen);
            channel.finishAndReleaseAll();
            recorder.place.release();
        }
        assertTrue(landed > 4, "reads straight into the sink's buffer: " + landed);
    }

    @Test
    void aFlippedBitIsFound() {
        for (int round = 0; round < 60; round++) {
            ByteBuf wire = Unpooled.buffer();
            List<String> expected = write(true, true, wire);
            int bit = random.nextInt(wire.readableBytes() * 8);
            wire.setByte(bit / 8, wire.getByte(bit / 8) ^ 1 << bit % 8);
            Recorder recorder = new Recorder();
            PduReader reader = new PduReader(recorder);
            reader.digests(true, true);
            EmbeddedChannel channel = new EmbeddedChannel(reader);
            channel.writeInbound(channel.alloc().directBuffer(wire.readableBytes()).writeBytes(wire));
            assertFalse(recorder.seen.equals(expected));
            assertEquals(expected.subList(0, recorder.seen.size()), recorder.seen);
            channel.finishAndReleaseAll();
        }
    }

    @Test
    void aLengthIsCheckedBeforeAnythingElse() {
        Recorder recorder = new Recorder();
        EmbeddedChannel channel = new EmbeddedChannel(new PduReader(recorder));
        channel.writeInbound(Unpooled.buffer(48).writeInt(0).writeInt(0xffffff).writeZero(40), Unpooled.wrappedBuffer(new byte[500]));
        assertEquals(List.of(PduSink.Malformation.TOO_LONG), recorder.faults);
        assertEquals(List.of(), recorder.seen);
        channel.finishAndReleaseAll();
    }

    @Test
    void nothingIsHandedOnWhilePausedAndNothingIsLost() {
        Recorder recorder = new Recorder();
        PduReader reader = new PduReader(recorder);
        EmbeddedChannel channel = new EmbeddedChannel(reader);
        ByteBuf wire = Unpooled.buffer();
        List<String> expected = write(false, false, wire);
        reader.pause();
        int first = Math.min(wire.readableBytes(), 60_000);
        channel.writeInbound(wire.readRetainedSlice(first / 2), wire.readRetainedSlice(first - first / 2));
        assertEquals(List.of(), recorder.seen);
        reader.resume();
        channel.writeInbound(wire);
        assertEquals(expected, recorder.seen);
        channel.finishAndReleaseAll();
    }
}

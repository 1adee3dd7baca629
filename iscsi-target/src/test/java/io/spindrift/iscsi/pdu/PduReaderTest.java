package io.spindrift.iscsi.pdu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the writer lays out, the reader finds, however it is cut in pieces. */
class PduReaderTest {
    private static final int PDUS = 25;

    /** Collects or places data by turns, and remembers what came. */
    private static final class Recorder implements PduSink {
        final List<String> seen = new ArrayList<>();
        final List<Malformation> faults = new ArrayList<>();
        private final ByteBuf place = Unpooled.buffer(5000, 5000);
        private int limit;

        @Override
        public int longestData() {
            return 4096;
        }

        @Override
        public void header(Bhs bhs, PduReader reader) {
            limit = 0;
            if (bhs.initiatorTaskTag() % 3 == 0) {
                reader.collect();
            } else if (bhs.initiatorTaskTag() % 3 == 1) {
                limit = Math.max(bhs.dataLength() - 10, 0);
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
        EmbeddedChannel channel = new EmbeddedChannel(new PduReader(new Recorder()));
        PduWriter writer = new PduWriter(channel.pipeline().firstContext());
        writer.digests(headerDigest, dataDigest);
        List<String> expected = new ArrayList<>();
        for (int tag = 0; tag < PDUS; tag++) {
            byte[] data = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(1, random.nextBoolean() ? 20 : 4097)];
            random.nextBytes(data);
            writer.begin(tag % 64, 0x80).putInt(16, tag);
            if (data.length == 0) {
                writer.end();
            } else {
                writer.end(data);
            }
            String hex = ByteBufUtil.hexDump(data);
            String content = tag % 3 == 0 ? hex : tag % 3 == 1 ? hex.substring(0, Math.max(hex.length() - 20, 0)) : "";
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

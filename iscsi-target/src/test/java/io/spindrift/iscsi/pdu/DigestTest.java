package io.spindrift.iscsi.pdu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DigestTest {
    /** CRC32C bit by bit, as its definition says. */
    private static int slow(ByteBuf bytes) {
        int crc = -1;
        for (int i = bytes.readerIndex(); i < bytes.writerIndex(); i++) {
            crc ^= bytes.getUnsignedByte(i);
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) != 0 ? crc >>> 1 ^ 0x82f63b78 : crc >>> 1;
            }
        }
        return ~crc;
    }

    private static int digest(ByteBuf bytes) {
        Digest digest = new Digest();
        digest.update(bytes, bytes.readerIndex(), bytes.readableBytes());
        return digest.value();
    }

    /** The examples of RFC 7143, appendix A.4, as they stand on the wire. */
    @ParameterizedTest
    @CsvSource({"0, 0, aa36918a", "255, 0, 43aba862", "0, 1, 4e79dd46", "31, -1, 5cdb3f11"})
    void theStandardsExamples(int first, int step, String wire) {
        ByteBuf bytes = Unpooled.buffer();
        for (int i = 0; i < 32; i++) {
            bytes.writeByte(first + i * step);
        }
        assertEquals(wire, String.format("%08x", Integer.reverseBytes(digest(bytes))));
    }

    @Test
    void whereverTheBytesLie() {
        SplittableRandom random = new SplittableRandom(3);
        for (int round = 0; round < 50; round++) {
            byte[] content = new byte[random.nextInt(0, 3000)];
            random.nextBytes(content);
            int cut = content.length == 0 ? 0 : random.nextInt(content.length);
            ByteBuf direct = ByteBufAllocator.DEFAULT.directBuffer().writeZero(5).writeBytes(content).skipBytes(5);
            ByteBuf heap = ByteBufAllocator.DEFAULT.heapBuffer().writeZero(3).writeBytes(content).skipBytes(3);
            CompositeByteBuf parts = ByteBufAllocator.DEFAULT.compositeBuffer()
                .addComponent(true, Unpooled.copiedBuffer(content, 0, cut)).addComponent(true, Unpooled.copiedBuffer(content, cut, content.length - cut));
            int expected = slow(heap);
            assertEquals(expected, digest(direct));
            assertEquals(expected, digest(heap));
            assertEquals(expected, digest(parts));
            assertEquals(content.length, direct.readableBytes());
            direct.release();
            heap.release();
            parts.release();
        }
    }

    /** What the writer lays out, digests and padding included, byte by byte. */
    @ParameterizedTest
    @CsvSource({"true, true, 5", "true, false, 5", "false, true, 5", "false, false, 5", "true, true, 0", "true, true, 256", "false, true, 257", "true, true, 5000"})
    void onTheWire(boolean header, boolean data, int length) {
        EmbeddedChannel channel = new EmbeddedChannel(new io.netty.channel.ChannelInboundHandlerAdapter());
        PduWriter writer = new PduWriter(channel.pipeline().firstContext());
        writer.digests(header, data);
        byte[] content = new byte[length];
        new SplittableRandom(length).nextBytes(content);
        writer.begin(0x21, 0x80).putInt(16, 77).end(content);
        writer.flush();
        ByteBuf wire = Unpooled.buffer();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            wire.writeBytes(part);
            part.release();
        }
        int headerDigest = slow(wire.slice(0, 48));
        assertEquals(length, wire.readSlice(48).getUnsignedMedium(5));
        if (header) {
            assertEquals(headerDigest, wire.readIntLE());
        }
        ByteBuf segment = wire.readSlice((length + 3) / 4 * 4);
        assertEquals(Unpooled.wrappedBuffer(content), segment.slice(0, length));
        if (data && length > 0) {
            assertEquals(slow(segment), wire.readIntLE());
        }
        assertEquals(0, wire.readableBytes());
        writer.close();
        channel.finishAndReleaseAll();
    }
}

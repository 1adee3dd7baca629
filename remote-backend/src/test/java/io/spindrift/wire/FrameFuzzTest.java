package io.spindrift.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.spindrift.image.Batch;
import io.spindrift.image.Image;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Damaged frames, and damaged bodies in whole frames: refused, nothing kept, nothing but {@link WireException} thrown. */
class FrameFuzzTest {
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private int delivered;

    private MessageReader reader() {
        MessageReader reader = new MessageReader(allocator, new MessageReader.Sink() {
            @Override
            public boolean admit(FrameType type, int bodyBytes) {
                return true;
            }

            @Override
            public void message(FrameType type, long requestId, int image, ByteBuf body) {
                delivered++;
                body.release();
            }
        });
        reader.peerIsKnown();
        return reader;
    }

    private byte[] frames(Random random) {
        ByteBuf all = Unpooled.buffer();
        for (int i = 0; i < 4; i++) {
            byte[] body = new byte[random.nextInt(300)];
            random.nextBytes(body);
            FrameHeader header = new FrameHeader();
            header.type = FrameType.ANSWER;
            header.requestId = i;
            header.payloadBytes = header.bodyBytes = body.length;
            header.payloadCrc = WireFormat.crc32c(new CRC32C(), Unpooled.wrappedBuffer(body), 0, body.length);
            header.write(all);
            all.writeBytes(body);
        }
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }

    /** In pieces of random length. @return whether it was refused */
    private boolean feed(byte[] bytes, Random random) {
        MessageReader reader = reader();
        try {
            for (int at = 0; at < bytes.length; ) {
                int length = Math.min(bytes.length - at, 1 + random.nextInt(200));
                reader.read(allocator.directBuffer(length).writeBytes(bytes, at, length));
                at += length;
            }
            return false;
        } catch (WireException expected) {
            return true;
        } finally {
            reader.close();
        }
    }

    @Test
    void everySingleDamageIsFound() {
        Random random = new Random(20261121);
        for (int round = 0; round < 100_000; round++) {
            byte[] bytes = frames(random);
            if (round % 100 == 0) {
                delivered = 0;
                assertTrue(!feed(bytes, random) && delivered == 4, "undamaged frames arrive");
            }
            delivered = 0;
            int at = random.nextInt(bytes.length);
            bytes[at] ^= (byte) (1 + random.nextInt(255));
            assertTrue(feed(bytes, random), "damage at " + at + " of round " + round);
            assertTrue(delivered < 4);
        }
        assertEquals(0, allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory(), "nothing is kept");
    }

    @Test
    void damagedBatchesLeakNothing() {
        Random random = new Random(7);
        for (int round = 0; round < 20_000; round++) {
            ByteBuf data = allocator.directBuffer().writeZero(2 * Image.BLOCK_BYTES);
            Batch batch = new Batch(1, 2, 3, List.of(new Batch.BatchExtent(4, 2, data), new Batch.BatchExtent(9, 900, null)));
            ByteBuf encoded = BatchCodec.encode(allocator, batch);
            ByteBuf body = allocator.directBuffer().writeBytes(encoded);
            encoded.release();
            body.setByte(random.nextInt(64), random.nextInt(256));
            try {
                BatchCodec.decode(body).release();
            } catch (WireException refused) {
                // as it should
            }
            body.release();
        }
        assertEquals(0, allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory(), "nothing is kept");
    }
}

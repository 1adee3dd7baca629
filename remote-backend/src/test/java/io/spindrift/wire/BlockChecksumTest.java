package io.spindrift.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.spindrift.image.Batch;
import io.spindrift.image.Image;
import io.spindrift.image.ReadResult;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A bit that flips in a body whose frame is right, as it would in a peer's memory, is found by the block's own checksum. */
class BlockChecksumTest {
    private static final UUID OWNER = new UUID(4, 5);
    private final Random random = new Random(3);

    private ByteBuf bytes(int blocks) {
        byte[] bytes = new byte[blocks * Image.BLOCK_BYTES];
        random.nextBytes(bytes);
        return Unpooled.buffer().writeBytes(bytes);
    }

    private static ByteBuf flat(ByteBuf body) {
        ByteBuf flat = Unpooled.copiedBuffer(body);
        body.release();
        return flat;
    }

    private ReadResult result() {
        ByteBuf data = bytes(3).writeZero(2 * Image.BLOCK_BYTES).writeBytes(bytes(1));
        List<ReadResult.OwnedRun> runs = List.of(new ReadResult.OwnedRun(7, 3, OWNER), new ReadResult.OwnedRun(10, 2, null),
                new ReadResult.OwnedRun(12, 1, OWNER));
        return new ReadResult(data, runs);
    }

    @Test
    void aReadIsDecodedAsItWasAndRefusedWithAnyBitOfItsBlocksFlipped() throws Exception {
        ReadResult sent = result();
        byte[] expected = io.netty.buffer.ByteBufUtil.getBytes(sent.data());
        ByteBuf body = flat(ReadCodec.encode(ByteBufAllocator.DEFAULT, sent));
        int head = body.readableBytes() - 4 * Image.BLOCK_BYTES;
        ReadResult read = ReadCodec.decode(ByteBufAllocator.DEFAULT, body, 7, 6);
        assertArrayEquals(expected, io.netty.buffer.ByteBufUtil.getBytes(read.data()));
        assertArrayEquals(new int[2], java.util.Arrays.copyOfRange(read.checksums(), 3, 5));
        read.data().release();
        for (int trial = 0; trial < 300; trial++) {
            // The last 16 bytes of the head are the checksums themselves.
            int at = head - 16 + random.nextInt(body.readableBytes() - head + 16);
            byte before = body.getByte(at);
            body.setByte(at, before ^ 1 << random.nextInt(8));
            WireException refused = assertThrows(WireException.class, () -> ReadCodec.decode(ByteBufAllocator.DEFAULT, body, 7, 6));
            assertTrue(refused.getMessage().contains("checksum"), refused.getMessage());
            body.setByte(at, before);
        }
    }

    @Test
    void aBatchBringsTheChecksumsThatItHadNotThoseOfWhatArrived() throws Exception {
        Batch.BatchExtent first = new Batch.BatchExtent(3, 2, bytes(2));
        Batch.BatchExtent last = new Batch.BatchExtent(50, 1, bytes(1));
        Batch batch = new Batch(1, 5, 9, List.of(first, new Batch.BatchExtent(10, 30, null), last));
        ByteBuf body = flat(BatchCodec.encode(ByteBufAllocator.DEFAULT, batch));
        Batch whole = BatchCodec.decode(body);
        assertEquals(-1, whole.firstWrong());
        assertArrayEquals(first.checksums(), whole.extents().get(0).checksums());
        assertArrayEquals(last.checksums(), whole.extents().get(2).checksums());
        int data = body.readableBytes() - 3 * Image.BLOCK_BYTES;
        for (int trial = 0; trial < 300; trial++) {
            int at = data + random.nextInt(3 * Image.BLOCK_BYTES);
            byte before = body.getByte(at);
            body.setByte(at, before ^ 1 << random.nextInt(8));
            int block = (at - data) / Image.BLOCK_BYTES;
            assertEquals(block < 2 ? 3 + block : 50, BatchCodec.decode(body).firstWrong());
            body.setByte(at, before);
        }
    }
}

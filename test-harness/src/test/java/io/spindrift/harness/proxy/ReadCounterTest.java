package io.spindrift.harness.proxy;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ReadCounterTest {
    private static ByteBuffer read16(long lba, int count) {
        return ByteBuffer.allocate(48).put(0, (byte) 1).put(32, (byte) 0x88).putLong(34, lba).putInt(42, count);
    }

    private static ByteBuffer writeWithData(int bytes) {
        return ByteBuffer.allocate(48 + (bytes + 3 & ~3)).put(0, (byte) 1).putInt(4, bytes).put(32, (byte) 0x8a);
    }

    @Test
    void blocksAreCountedOnceHoweverTheBytesCome() {
        ReadCounter counter = new ReadCounter();
        ByteTap stream = counter.stream();
        ByteBuffer all = ByteBuffer.allocate(4096);
        all.put(read16(0, 8)).put(writeWithData(513)).put(read16(4, 8)).put(read16(800, 1)).put(read16(0, 8)).flip();
        while (all.hasRemaining()) {
            int piece = Math.min(7, all.remaining());
            stream.passed(all.slice(all.position(), piece));
            all.position(all.position() + piece);
        }
        assertTrue(counter.json().contains("\"read_commands\":4"), counter.json());
        assertTrue(counter.json().contains("\"distinct_blocks\":3"), counter.json());
        assertTrue(counter.json().contains("\"read_bytes\":12800"), counter.json());
    }
}

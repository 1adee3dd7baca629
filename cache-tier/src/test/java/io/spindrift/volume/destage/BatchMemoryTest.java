package io.spindrift.volume.destage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchMemoryTest {
    private static final int LIMIT = 64 << 20;
    private static final int BATCH = 4096;
    private final BatchMemory memory = new BatchMemory(LIMIT);
    private final List<String> given = new ArrayList<>();
    private final List<ByteBuf[]> taken = new ArrayList<>();

    private void take(String who, int blocks) {
        memory.take(blocks, ImmediateEventExecutor.INSTANCE, pieces -> {
            given.add(who);
            taken.add(pieces);
        });
    }

    private void release(int which) {
        for (ByteBuf piece : taken.get(which)) {
            piece.release();
        }
    }

    @Test
    void whoNeedsMoreThanIsLeftWaitsItsTurn() {
        for (int batch = 0; batch < 4; batch++) {
            take("first" + batch, BATCH);
        }
        take("large", 2 * BATCH);
        take("small", 1);
        assertEquals(4, given.size(), "the small one does not overtake");
        release(0);
        assertEquals(4, given.size());
        release(1);
        assertEquals(List.of("first0", "first1", "first2", "first3", "large"), given);
        release(2);
        assertEquals("small", given.get(5));
        assertTrue(memory.usedBytes() <= LIMIT);
        release(3);
        release(4);
        release(5);
        assertEquals(0, memory.usedBytes());
    }

    @Test
    void piecesAreUsedAgainWhenTheLastOneLetsGo() {
        take("one", 300);
        ByteBuf[] pieces = taken.get(0);
        assertEquals(2, pieces.length);
        assertEquals(256 * 4096, pieces[0].capacity());
        assertEquals(44 * 4096, pieces[1].capacity());
        ByteBuf slice = pieces[0].retainedSlice(4096, 4096);
        pieces[0].setByte(4096, 7);
        release(0);
        assertEquals(1 << 20, memory.usedBytes(), "a slice is still under way");
        take("two", 256);
        taken.get(1)[0].setByte(4096, 9);
        assertEquals(7, slice.getByte(0), "what is under way is nobody else's");
        slice.release();
        release(1);
        assertEquals(0, memory.usedBytes());
    }

    @Test
    void piecesBeginOnPages() {
        take("one", 16);
        take("two", 17);
        for (ByteBuf[] pieces : taken) {
            assertEquals(0, pieces[0].nioBuffer().alignmentOffset(0, 4096));
        }
        assertEquals((64 << 10) + (1 << 20), memory.usedBytes());
        release(0);
        release(1);
    }

    @Test
    void theLimitHoldsTwoOfTheLargestBatches() {
        assertThrows(IllegalArgumentException.class, () -> new BatchMemory(32 << 20));
    }
}

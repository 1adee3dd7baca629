package io.spindrift.fuzz;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;

/**
 * Counts to the byte what is in use, because it has no caches, and fills what it gives out with a mark: where that comes to a peer, it was shown
 * memory that nobody had written.
 */
final class PoisonedAllocator extends PooledByteBufAllocator {
    private static final byte[] MARK = {(byte) 0x9e, (byte) 0xa5, (byte) 0xc3, 0x7b, (byte) 0xd1, (byte) 0xe8, 0x4f};
    private static final byte[] MARKS = new byte[MARK.length * 1024];

    static {
        for (int i = 0; i < MARKS.length; i++) {
            MARKS[i] = MARK[i % MARK.length];
        }
    }

    PoisonedAllocator() {
        super(true, 1, 1, 8192, 6, 0, 0, false);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        ByteBuf buffer = super.newDirectBuffer(initialCapacity, maxCapacity);
        for (int at = 0; at < initialCapacity; at += MARKS.length) {
            buffer.setBytes(at, MARKS, 0, Math.min(MARKS.length, initialCapacity - at));
        }
        return buffer;
    }

    long inUse() {
        return pinnedDirectMemory() + pinnedHeapMemory();
    }

    /** Whether the mark stands somewhere in {@code data}. */
    static boolean shows(byte[] data) {
        int matched = 0;
        for (int i = 0; i < data.length; i++) {
            matched = data[i] == MARK[matched] ? matched + 1 : data[i] == MARK[0] ? 1 : 0;
            if (matched == MARK.length) {
                return true;
            }
        }
        return false;
    }
}

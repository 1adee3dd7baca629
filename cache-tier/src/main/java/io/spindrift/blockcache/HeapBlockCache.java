package io.spindrift.blockcache;

import io.netty.buffer.ByteBuf;
import io.spindrift.image.BlockBytes;
import io.spindrift.image.BlockChecksums;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.Image;

/**
 * A cache in the heap, bounded and evicting like the one on disk, gone with its process: for tests and the simulator. Made by the assembly;
 * lives on the home loop.
 */
public final class HeapBlockCache implements BlockCache {
    private final SlotTable table;
    private final byte[][] slots;
    private final int[] checksums;
    private HistoryPoint point;
    private long puts;
    private long evictions;
    private long corrupt;

    /** @param capacityBlocks 1 or more */
    public HeapBlockCache(int capacityBlocks) {
        if (capacityBlocks < 1) {
            throw new IllegalArgumentException("a cache holds 1 block or more, not " + capacityBlocks);
        }
        table = new SlotTable(capacityBlocks);
        slots = new byte[capacityBlocks][];
        checksums = new int[capacityBlocks];
    }

    @Override
    public int get(long firstBlock, int blockCount, ByteBuf dst, int dstIndex) {
        for (int i = 0; i < blockCount; i++) {
            int slot = table.slotOf(firstBlock + i);
            if (slot == SlotTable.NONE) {
                return i;
            }
            dst.setBytes(dstIndex + i * Image.BLOCK_BYTES, slots[slot]);
            if (BlockChecksums.of(dst, dstIndex + i * Image.BLOCK_BYTES) != checksums[slot]) {
                corrupt++;
                table.remove(slot);
                return i;
            }
            table.hit(slot);
        }
        return blockCount;
    }

    @Override
    public boolean contains(long block) {
        return table.slotOf(block) != SlotTable.NONE;
    }

    @Override
    public int putRun(long firstBlock, int blockCount, long sequence, BlockBytes src, boolean evict) {
        int done = 0;
        while (done < blockCount && put(firstBlock + done, src.bytes(), src.index(done), src.checksum(done), evict)) {
            done++;
        }
        return done;
    }

    private boolean put(long block, ByteBuf src, int srcIndex, int checksum, boolean evict) {
        int slot = table.slotOf(block);
        if (slot == SlotTable.NONE) {
            if (table.isFull()) {
                if (!evict) {
                    return false;
                }
                table.remove(table.victim());
                evictions++;
            }
            slot = table.freeSlotFor(block);
            table.put(block, slot);
        }
        if (slots[slot] == null) {
            slots[slot] = new byte[Image.BLOCK_BYTES];
        }
        src.getBytes(srcIndex, slots[slot]);
        checksums[slot] = checksum;
        puts++;
        return true;
    }

    @Override
    public void invalidate(long firstBlock, long blockCount) {
        if (blockCount < table.slots()) {
            for (long block = firstBlock; block < firstBlock + blockCount; block++) {
                int slot = table.slotOf(block);
                if (slot != SlotTable.NONE) {
                    table.remove(slot);
                }
            }
            return;
        }
        for (int slot = 0; slot < table.slots(); slot++) {
            long block = table.blockIn(slot);
            if (block != SlotTable.NONE && block - firstBlock >= 0 && block - firstBlock < blockCount) {
                table.remove(slot);
            }
        }
    }

    @Override
    public void clear() {
        table.clear();
        point = null;
    }

    @Override
    public HistoryPoint point() {
        return point;
    }

    @Override
    public void advance(HistoryPoint newPoint) {
        point = newPoint;
    }

    @Override
    public CacheStats stats() {
        return new CacheStats(table.used(), table.slots(), puts, evictions, corrupt);
    }

    @Override
    public void close() {
        table.clear();
    }
}

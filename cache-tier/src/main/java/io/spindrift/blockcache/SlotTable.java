package io.spindrift.blockcache;

import org.agrona.collections.Long2LongHashMap;

/**
 * Which block lies in which slot, and which slot is given up next: SIEVE, with one bit a slot that a hit sets and the passing hand clears.
 * Slots are in the order of their numbers, not of their filling, which makes the hand's walk a CLOCK and keeps neighbours together.
 * Primitive arrays only: 8 bytes and a bit a slot and some 21 bytes for the index. Lives on the home loop.
 */
final class SlotTable {
    static final int NONE = -1;
    private final Long2LongHashMap slotOfBlock = new Long2LongHashMap(16, 0.75f, NONE);
    /** The block in each slot plus one; 0 where it is free. */
    private final long[] blocks;
    private final long[] asked;
    private int used;
    private int hand;
    private int fill;

    SlotTable(int slots) {
        blocks = new long[slots];
        asked = new long[(slots + 63) / 64];
    }

    int slots() {
        return blocks.length;
    }

    int used() {
        return used;
    }

    boolean isFull() {
        return used == blocks.length;
    }

    /** The block's slot, or {@link #NONE}. */
    int slotOf(long block) {
        return (int) slotOfBlock.get(block);
    }

    /** The block in a slot, or {@link #NONE}. */
    long blockIn(int slot) {
        return blocks[slot] - 1;
    }

    void hit(int slot) {
        asked[slot >> 6] |= 1L << (slot & 63);
    }

    /** A slot that is free: the one after the block's neighbour where it can be, else the next in order. The table must not be full. */
    int freeSlotFor(long block) {
        int before = slotOf(block - 1);
        if (before != NONE && before + 1 < blocks.length && blocks[before + 1] == 0) {
            return before + 1;
        }
        while (blocks[fill] != 0) {
            fill = fill + 1 == blocks.length ? 0 : fill + 1;
        }
        return fill;
    }

    /** The slot to give up: the first that was not asked for since the hand passed last. Nothing is free when this is called. */
    int victim() {
        while ((asked[hand >> 6] & 1L << (hand & 63)) != 0) {
            asked[hand >> 6] &= ~(1L << (hand & 63));
            hand = hand + 1 == blocks.length ? 0 : hand + 1;
        }
        int victim = hand;
        hand = hand + 1 == blocks.length ? 0 : hand + 1;
        return victim;
    }

    void put(long block, int slot) {
        slotOfBlock.put(block, slot);
        blocks[slot] = block + 1;
        used++;
    }

    /** Forgets what lies in a slot. */
    void remove(int slot) {
        slotOfBlock.remove(blocks[slot] - 1);
        blocks[slot] = 0;
        asked[slot >> 6] &= ~(1L << (slot & 63));
        used--;
    }

    void clear() {
        slotOfBlock.clear();
        java.util.Arrays.fill(blocks, 0);
        java.util.Arrays.fill(asked, 0);
        used = 0;
        hand = 0;
        fill = 0;
    }
}

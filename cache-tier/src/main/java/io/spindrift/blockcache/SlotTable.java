package io.spindrift.blockcache;

import java.util.Arrays;

/**
 * Which block lies in which slot, and which slot is given up next: a CLOCK, with one bit a slot that a hit sets and the passing hand clears.
 * Blocks that nobody asked for go at the hand's first pass. Some 17 to 25 bytes a slot, in three primitive arrays: the blocks, an
 * open-addressed index of slots, the bits. Lives on the home loop.
 */
final class SlotTable {
    static final int NONE = -1;
    /** The block in each slot plus one; 0 where it is free. */
    private final long[] blocks;
    /** Slot plus one at the hash of its block or after it; 0 ends a search. */
    private final int[] index;
    private final int mask;
    private final long[] asked;
    private int used;
    private int hand;
    private int fill;

    SlotTable(int slots) {
        blocks = new long[slots];
        asked = new long[(slots + 63) / 64];
        mask = Integer.highestOneBit(Math.max(2, slots + slots / 4)) * 2 - 1;
        index = new int[mask + 1];
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

    private int home(long block) {
        long hash = block * 0x9E3779B97F4A7C15L;
        return (int) (hash ^ hash >>> 32) & mask;
    }

    /** The block's slot, or {@link #NONE}. */
    int slotOf(long block) {
        for (int at = home(block); index[at] != 0; at = at + 1 & mask) {
            int slot = index[at] - 1;
            if (blocks[slot] == block + 1) {
                return slot;
            }
        }
        return NONE;
    }

    /** The block in a slot, or {@link #NONE}. */
    long blockIn(int slot) {
        return blocks[slot] - 1;
    }

    void hit(int slot) {
        asked[slot >> 6] |= 1L << (slot & 63);
    }

    /** A slot that is free: the one after the neighbour's where it can be, else the next in order. The table must not be full. */
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

    /** As {@link #victim}, also where slots are free: none of those. {@link #NONE} where so few are taken that the search would be long. */
    int occupiedVictim() {
        if (used <= blocks.length / 64) {
            return NONE;
        }
        int victim = victim();
        while (blocks[victim] == 0) {
            victim = victim();
        }
        return victim;
    }

    /** Whether {@link #victim} would name this slot. */
    boolean isNextVictim(int slot) {
        return hand == slot && (asked[slot >> 6] & 1L << (slot & 63)) == 0;
    }

    /** Notes a block that is in no slot in a slot that is free. */
    void put(long block, int slot) {
        int at = home(block);
        while (index[at] != 0) {
            at = at + 1 & mask;
        }
        index[at] = slot + 1;
        blocks[slot] = block + 1;
        used++;
    }

    /** Forgets what lies in a slot. */
    void remove(int slot) {
        int at = home(blocks[slot] - 1);
        while (index[at] != slot + 1) {
            at = at + 1 & mask;
        }
        closeGap(at);
        blocks[slot] = 0;
        asked[slot >> 6] &= ~(1L << (slot & 63));
        used--;
    }

    /** Moves later entries of the same run up, so that no search ends too early. */
    private void closeGap(int removed) {
        int gap = removed;
        for (int at = gap + 1 & mask; index[at] != 0; at = at + 1 & mask) {
            int wanted = home(blocks[index[at] - 1] - 1);
            if ((at - wanted & mask) >= (at - gap & mask)) {
                index[gap] = index[at];
                gap = at;
            }
        }
        index[gap] = 0;
    }

    void clear() {
        Arrays.fill(index, 0);
        Arrays.fill(blocks, 0);
        Arrays.fill(asked, 0);
        used = 0;
        hand = 0;
        fill = 0;
    }
}

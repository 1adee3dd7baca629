package io.spindrift.engine.map;

/**
 * A radix tree of 512-way nodes, four levels for 2^36 blocks (256 TiB).
 *
 * <p>A leaf is a {@code long[]}: dense with 512 places, or, below a quarter of that, sparse and sorted, each long with the block's 9
 * low bits on top of the 55 bits of its place, and zeros at the end for what is not used yet. Inner nodes hold only the children that
 * exist. So random content costs some 40 bytes a block and sequential content 8.
 */
public final class RadixBlockMap implements BlockMap {
    private static final int BITS = 9;
    private static final int WAYS = 1 << BITS;
    private static final int TOP_SHIFT = 3 * BITS;
    private static final int PLACE_BITS = Place.SLOT_BITS + Place.NUMBER_BITS;
    private static final long PLACE_MASK = (1L << PLACE_BITS) - 1;
    private static final int MAX_SPARSE = 128;
    private static final int GROWTH = 8;

    private final RadixNode root = new RadixNode();
    private long allocated;

    @Override
    public long allocatedBlocks() {
        return allocated;
    }

    @Override
    public long get(long block) {
        RadixNode node = root;
        for (int shift = TOP_SHIFT; shift > BITS; shift -= BITS) {
            node = (RadixNode) node.child(way(block, shift));
            if (node == null) {
                return Place.NONE;
            }
        }
        long[] leaf = (long[]) node.child(way(block, BITS));
        return leaf == null ? Place.NONE : leafGet(leaf, way(block, 0));
    }

    @Override
    public long put(long block, long place) {
        RadixNode node = root;
        for (int shift = TOP_SHIFT; shift > BITS; shift -= BITS) {
            node = node.childOrNew(way(block, shift));
        }
        int way = way(block, BITS);
        long[] leaf = (long[]) node.child(way);
        if (leaf == null) {
            node.set(way, new long[] {sparse(way(block, 0), place)});
            allocated++;
            return Place.NONE;
        }
        return leafPut(node, way, leaf, way(block, 0), place);
    }

    @Override
    public void unmap(long firstBlock, long blockCount, PlaceVisitor forgotten) {
        unmap(root, TOP_SHIFT, 0, firstBlock, firstBlock + blockCount, forgotten);
    }

    @Override
    public void visit(long firstBlock, long endBlock, PlaceVisitor visitor) {
        visit(root, TOP_SHIFT, 0, firstBlock, endBlock, visitor);
    }

    private static int way(long block, int shift) {
        return (int) (block >>> shift) & WAYS - 1;
    }

    private static long sparse(int key, long place) {
        return (long) key << PLACE_BITS | place;
    }

    private static long leafGet(long[] leaf, int key) {
        if (leaf.length == WAYS) {
            return leaf[key];
        }
        int at = find(leaf, key);
        return at < leaf.length && leaf[at] != 0 && leaf[at] >>> PLACE_BITS == key ? leaf[at] & PLACE_MASK : Place.NONE;
    }

    /** The index of the first entry with this key or a larger one, or of the first that is unused. */
    private static int find(long[] leaf, int key) {
        int low = 0;
        int high = leaf.length;
        while (low < high) {
            int middle = low + high >>> 1;
            if (leaf[middle] != 0 && leaf[middle] >>> PLACE_BITS < key) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private long leafPut(RadixNode node, int way, long[] leaf, int key, long place) {
        if (leaf.length == WAYS) {
            long old = leaf[key];
            leaf[key] = place;
            allocated += old == Place.NONE ? 1 : 0;
            return old;
        }
        int at = find(leaf, key);
        if (at < leaf.length && leaf[at] != 0 && leaf[at] >>> PLACE_BITS == key) {
            long old = leaf[at] & PLACE_MASK;
            leaf[at] = sparse(key, place);
            return old;
        }
        allocated++;
        int used = used(leaf);
        if (used == MAX_SPARSE) {
            long[] dense = dense(leaf);
            dense[key] = place;
            node.set(way, dense);
            return Place.NONE;
        }
        long[] target = used < leaf.length ? leaf : new long[used < GROWTH ? used + 1 : used + GROWTH];
        System.arraycopy(leaf, at, target, at + 1, used - at);
        if (target != leaf) {
            System.arraycopy(leaf, 0, target, 0, at);
            node.set(way, target);
        }
        target[at] = sparse(key, place);
        return Place.NONE;
    }

    private static int used(long[] leaf) {
        int used = leaf.length;
        while (used > 0 && leaf[used - 1] == 0) {
            used--;
        }
        return used;
    }

    private static long[] dense(long[] leaf) {
        long[] dense = new long[WAYS];
        for (long entry : leaf) {
            if (entry != 0) {
                dense[(int) (entry >>> PLACE_BITS)] = entry & PLACE_MASK;
            }
        }
        return dense;
    }

    private void unmap(RadixNode node, int shift, long base, long first, long end, PlaceVisitor forgotten) {
        int way = node.next(first <= base ? 0 : (int) Math.min(WAYS, first - base >>> shift));
        while (way < WAYS) {
            long childFirst = base + ((long) way << shift);
            long childEnd = childFirst + (1L << shift);
            if (childFirst >= end) {
                return;
            }
            Object child = node.child(way);
            if (child instanceof long[] leaf) {
                unmapLeaf(node, way, leaf, childFirst, Math.max(first, childFirst), Math.min(end, childEnd), forgotten);
            } else {
                RadixNode inner = (RadixNode) child;
                unmap(inner, shift - BITS, childFirst, first, end, forgotten);
                if (inner.isEmpty()) {
                    node.remove(way);
                }
            }
            way = node.next(way + 1);
        }
    }

    private void unmapLeaf(RadixNode node, int way, long[] leaf, long base, long first, long end, PlaceVisitor forgotten) {
        int kept = 0;
        boolean isDense = leaf.length == WAYS;
        for (int i = 0; i < leaf.length; i++) {
            long entry = leaf[i];
            if (entry == 0) {
                continue;
            }
            long block = base + (isDense ? i : entry >>> PLACE_BITS);
            if (block >= first && block < end) {
                allocated--;
                forgotten.place(block, entry & PLACE_MASK);
                leaf[i] = 0;
            } else if (isDense) {
                kept++;
            } else {
                leaf[i] = 0;
                leaf[kept++] = entry;
            }
        }
        if (kept == 0) {
            node.remove(way);
        } else if (isDense && kept < MAX_SPARSE / 2) {
            node.set(way, sparseOf(leaf, kept));
        }
    }

    private static long[] sparseOf(long[] dense, int count) {
        long[] leaf = new long[count];
        int at = 0;
        for (int i = 0; i < WAYS; i++) {
            if (dense[i] != 0) {
                leaf[at++] = sparse(i, dense[i]);
            }
        }
        return leaf;
    }

    private static boolean visit(RadixNode node, int shift, long base, long first, long end, PlaceVisitor visitor) {
        int way = node.next(first <= base ? 0 : (int) Math.min(WAYS, first - base >>> shift));
        while (way < WAYS) {
            long childFirst = base + ((long) way << shift);
            if (childFirst >= end) {
                return true;
            }
            Object child = node.child(way);
            boolean goOn = child instanceof long[] leaf
                    ? visitLeaf(leaf, childFirst, first, end, visitor)
                    : visit((RadixNode) child, shift - BITS, childFirst, first, end, visitor);
            if (!goOn) {
                return false;
            }
            way = node.next(way + 1);
        }
        return true;
    }

    private static boolean visitLeaf(long[] leaf, long base, long first, long end, PlaceVisitor visitor) {
        boolean isDense = leaf.length == WAYS;
        int from = isDense ? (int) Math.max(0, first - base) : 0;
        for (int i = from; i < leaf.length; i++) {
            long entry = leaf[i];
            if (entry == 0) {
                continue;
            }
            long block = base + (isDense ? i : entry >>> PLACE_BITS);
            if (block >= end) {
                return true;
            }
            if (block >= first && !visitor.place(block, entry & PLACE_MASK)) {
                return false;
            }
        }
        return true;
    }
}

package io.spindrift.engine.check;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.engine.format.EntryFormat;
import io.spindrift.engine.format.FormatException;
import io.spindrift.engine.format.LogEntry;
import io.spindrift.engine.format.ObjectNames;
import io.spindrift.engine.log.CompactAppend;
import io.spindrift.engine.log.ImageChain;
import io.spindrift.engine.log.ImageLoader;
import io.spindrift.engine.map.Place;
import io.spindrift.image.BlockChecksums;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.Image;
import io.spindrift.store.SegmentStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts good copies of damaged blocks into an image that no engine of this process has open: as an entry that moves each block from its damaged place to
 * the good copy, committed and fenced like any other, so it may be done beside whoever uses the store. Blocks; one thread.
 */
public final class StoreRepair {
    private static final int MAX_BLOCKS = 2048;
    private static final int MAX_ATTEMPTS = 16;

    private final SegmentStore store;
    private final ImageLoader loader;
    private final InstantSource clock;

    /** Has copies of blocks. */
    public interface Copies {
        /** Up to where the copies are those of the image; null where that is not known. */
        HistoryPoint point();

        /** @return whether there is a copy that is what its own checksum says; it is in {@code dst} from 0 on then */
        boolean copy(long block, ByteBuf dst);
    }

    public StoreRepair(SegmentStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
        loader = new ImageLoader(store);
    }

    /**
     * Repairs what there is a copy for. A copy is believed where its checksum is the one that the segment's header has for the block; where that
     * header is lost, where the image has not changed the block after the copies' point.
     *
     * @param blocks in rising order
     * @return the blocks that are good now
     */
    public List<Long> repair(StoreImage image, List<Long> blocks, Copies copies) throws IOException {
        List<Long> repaired = new ArrayList<>();
        for (int from = 0; from < blocks.size(); from += MAX_BLOCKS) {
            repaired.addAll(some(image, blocks.subList(from, Math.min(blocks.size(), from + MAX_BLOCKS)), copies));
        }
        return repaired;
    }

    private List<Long> some(StoreImage image, List<Long> blocks, Copies copies) throws IOException {
        ByteBuf block = Unpooled.buffer(Image.BLOCK_BYTES, Image.BLOCK_BYTES).writeZero(Image.BLOCK_BYTES);
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            ImageChain chain = loader.load(image.fresh());
            List<Long> good = new ArrayList<>();
            List<Integer> checksums = new ArrayList<>();
            ByteBuf data = Unpooled.buffer();
            for (long number : blocks) {
                if (copies.copy(number, block) && believed(chain, number, BlockChecksums.of(block, 0), copies.point())) {
                    good.add(number);
                    checksums.add(BlockChecksums.of(block, 0));
                    data.writeBytes(block, 0, Image.BLOCK_BYTES);
                }
            }
            if (good.isEmpty() || put(chain, good, checksums, data)) {
                return good;
            }
        }
        throw new IOException("image " + image.address() + " changes too quickly to be repaired");
    }

    private boolean believed(ImageChain chain, long block, int checksum, HistoryPoint point) throws IOException {
        long place = chain.map().get(block);
        if (place == Place.NONE) {
            return false;
        }
        try {
            LogEntry entry = loader.entry(chain.history().imageId(), Place.number(place), -1);
            if (entry != null && entry.content() != null && Place.slot(place) < entry.slotCount()) {
                return entry.content().checksums()[Place.slot(place)] == checksum;
            }
        } catch (FormatException lost) {
            // Its header can't tell; the history can.
        }
        long known = point == null ? -1 : chain.history().numberAt(point);
        return known >= Place.number(place);
    }

    private boolean put(ImageChain chain, List<Long> blocks, List<Integer> checksums, ByteBuf data) throws IOException {
        long[] numbers = blocks.stream().mapToLong(Long::longValue).toArray();
        long[] places = blocks.stream().mapToLong(chain.map()::get).toArray();
        int[] sums = checksums.stream().mapToInt(Integer::intValue).toArray();
        CompactAppend moved = new CompactAppend(chain.history().lease(), new CompactAppend.Moves(numbers, places, sums), data, clock::millis);
        LogEntry entry = moved.entry(chain, chain.history().number() + 1);
        List<ByteBuffer> parts = new ArrayList<>(List.of(EntryFormat.encode(entry)));
        parts.addAll(moved.body(entry));
        return store.putIfAbsent(ObjectNames.logEntry(entry.imageId(), entry.number()), parts.toArray(ByteBuffer[]::new));
    }
}

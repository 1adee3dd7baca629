package io.spindrift.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.engine.format.FormatException;
import io.spindrift.engine.format.LogEntry;
import io.spindrift.engine.log.CompactAppend;
import io.spindrift.engine.map.Place;
import io.spindrift.image.BlockChecksums;
import io.spindrift.image.BlockRun;
import io.spindrift.image.Image;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.Lease;
import io.spindrift.image.ReadPriority;
import io.spindrift.image.RunPage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds damaged blocks of one image, and takes good copies for them: a copy gets a place of its own, in an entry that moves the block there, and counts only
 * where the map still names the damaged one. Made by the image, lives on the engine's loop.
 */
final class BlockRepair {
    private static final Logger LOG = LoggerFactory.getLogger(BlockRepair.class);

    private final SegmentedImage image;
    private final EngineParts parts;

    BlockRepair(SegmentedImage image, EngineParts parts) {
        this.image = image;
        this.parts = parts;
    }

    /** The range was checked. */
    CompletableFuture<RunPage> verify(long firstBlock, int blockCount, Lease lease) {
        List<BlockRun> damaged = new ArrayList<>();
        return verify(firstBlock, blockCount, lease, damaged).thenApply(nothing -> new RunPage(damaged, firstBlock + blockCount));
    }

    /** Halves a range that can't be read until the damaged blocks stand alone. */
    private CompletableFuture<Void> verify(long first, int count, Lease lease, List<BlockRun> damaged) {
        return image.read(first, count, ReadPriority.BULK, lease).handle((result, failure) -> {
            if (failure == null) {
                result.data().release();
                return CompletableFuture.<Void>completedFuture(null);
            }
            if (ImageException.of(failure).failure() != ImageFailure.CORRUPT) {
                return CompletableFuture.<Void>failedFuture(failure);
            }
            if (count == 1) {
                add(damaged, first);
                return CompletableFuture.<Void>completedFuture(null);
            }
            return verify(first, count / 2, lease, damaged)
                    .thenCompose(nothing -> verify(first + count / 2, count - count / 2, lease, damaged));
        }).thenCompose(result -> result);
    }

    private static void add(List<BlockRun> damaged, long block) {
        BlockRun last = damaged.isEmpty() ? null : damaged.get(damaged.size() - 1);
        if (last != null && last.endBlock() == block) {
            damaged.set(damaged.size() - 1, new BlockRun(last.firstBlock(), last.blockCount() + 1));
        } else {
            damaged.add(new BlockRun(block, 1));
        }
    }

    /** The range was checked; takes the buffer over. */
    CompletableFuture<Integer> repair(long firstBlock, ByteBuf data, int[] checksums, Lease lease) {
        int wrong = BlockChecksums.firstWrong(data, data.readerIndex(), checksums, 0, checksums.length);
        if (wrong >= 0) {
            data.release();
            return CompletableFuture.failedFuture(new ImageException(ImageFailure.CORRUPT, image.address() + ": block " + (firstBlock + wrong)
                    + " that is offered is not what its checksum was taken of"));
        }
        return verify(firstBlock, checksums.length, lease).thenCompose(page -> {
            List<Long> blocks = new ArrayList<>();
            page.runs().forEach(run -> {
                for (long block = run.firstBlock(); block < run.endBlock(); block++) {
                    blocks.add(block);
                }
            });
            long[] places = blocks.stream().mapToLong(image.chain().map()::get).toArray();
            return parts.calls.call(() -> believed(blocks, places, firstBlock, checksums)).thenCompose(taken ->
                    taken.isEmpty() ? CompletableFuture.completedFuture(0) : append(taken, blocks, places, firstBlock, data, checksums));
        }).whenComplete((count, failure) -> data.release());
    }

    /** Which of the blocks, by their index. Blocks. */
    private List<Integer> believed(List<Long> blocks, long[] places, long firstBlock, int[] checksums) throws IOException {
        List<Integer> taken = new ArrayList<>();
        for (int i = 0; i < places.length; i++) {
            Integer known = places[i] == Place.NONE ? null : checksumAt(places[i]);
            int offered = checksums[(int) (blocks.get(i) - firstBlock)];
            if (places[i] != Place.NONE && (known == null || known == offered)) {
                taken.add(i);
            }
        }
        return taken;
    }

    /** Null where the segment's header can't be read any more. */
    private Integer checksumAt(long place) throws IOException {
        try {
            LogEntry entry = parts.loader.entry(image.imageId(), Place.number(place), -1);
            return entry == null || Place.slot(place) >= entry.slotCount() ? null : entry.content().checksums()[Place.slot(place)];
        } catch (FormatException lost) {
            return null;
        }
    }

    private CompletableFuture<Integer> append(
            List<Integer> taken, List<Long> blocks, long[] places, long firstBlock, ByteBuf data, int[] checksums) {
        CompactAppend.Moves moves = new CompactAppend.Moves(new long[taken.size()], new long[taken.size()], new int[taken.size()]);
        ByteBuf good = Unpooled.directBuffer(taken.size() * Image.BLOCK_BYTES);
        for (int i = 0; i < taken.size(); i++) {
            long block = blocks.get(taken.get(i));
            moves.blocks()[i] = block;
            moves.oldPlaces()[i] = places[taken.get(i)];
            moves.checksums()[i] = checksums[(int) (block - firstBlock)];
            good.writeBytes(data, data.readerIndex() + (int) (block - firstBlock) * Image.BLOCK_BYTES, Image.BLOCK_BYTES);
        }
        CompactAppend append = new CompactAppend(image.chain().history().lease(), moves, good, parts::nowMs);
        image.tail().append(append);
        return append.result().thenApply(nothing -> {
            LOG.info("{}: {} damaged blocks from {} on were replaced by good copies", image.address(), taken.size(), moves.blocks()[0]);
            return taken.size();
        });
    }
}

package io.spindrift.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.spindrift.engine.format.EntryContent;
import io.spindrift.engine.format.LogEntry;
import io.spindrift.engine.format.ObjectNames;
import io.spindrift.engine.log.CompactAppend;
import io.spindrift.engine.log.CompactAppend.Moves;
import io.spindrift.engine.log.ImageChain;
import io.spindrift.engine.map.LiveTable;
import io.spindrift.engine.map.Place;
import io.spindrift.engine.read.SlotReader;
import io.spindrift.image.Image;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.ReadPriority;
import io.spindrift.store.StoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves what is live in the emptiest segments of one image to the end of its log, so that those segments can go. One step moves at most 8 MiB and
 * is one entry. A segment with damage stays where it is, with everything in it. Made by the image's upkeep, lives on the engine's loop.
 */
final class SegmentCompactor {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentCompactor.class);
    private static final int MAX_MOVES = 2048;
    private static final int MAX_VICTIMS = 64;
    /** Less dead bytes than this (in slots) are not worth the trouble. */
    private static final int MIN_DEAD = 256;

    private final SegmentedImage image;
    private final EngineParts parts;
    private final Set<Long> damaged = new HashSet<>();

    SegmentCompactor(SegmentedImage image, EngineParts parts) {
        this.image = image;
        this.parts = parts;
    }

    /** One block that moves: where it is, and what it must be. */
    private record Move(long block, long place, int checksum) {}

    /** Whether too little of the segments that hold something live is live. */
    boolean due() {
        return liveShare() < parts.settings.compactBelow();
    }

    /** Whether it is so little that guests don't go first. */
    boolean urgent() {
        return liveShare() < parts.settings.compactBelow() * 0.7;
    }

    private double liveShare() {
        LiveTable live = image.chain().live();
        long slots = live.totalSlots() - live.deadSlots();
        return slots - live.totalLive() < MIN_DEAD ? 1 : (double) live.totalLive() / slots;
    }

    /** @return whether anything moved */
    CompletableFuture<Boolean> step() {
        ImageChain chain = image.chain();
        long[] victims = victims(chain.live());
        if (victims.length == 0) {
            return CompletableFuture.completedFuture(false);
        }
        return parts.calls.call(() -> headers(victims)).thenCompose(headers -> {
            if (chain != image.chain()) {
                return CompletableFuture.completedFuture(false);
            }
            boolean skipped = skipDamaged(victims, headers);
            List<Move> moves = moves(chain, headers);
            return moves.isEmpty() ? CompletableFuture.completedFuture(skipped) : move(headers, moves);
        });
    }

    private long[] victims(LiveTable table) {
        long[] emptiest = table.emptiest(number -> !damaged.contains(number));
        int count = 0;
        int live = 0;
        while (count < emptiest.length && count < MAX_VICTIMS && live < MAX_MOVES) {
            live += table.liveOf(emptiest[count++]);
        }
        return Arrays.copyOf(emptiest, count);
    }

    /** @return whether there was one: the others can go in the next step */
    private boolean skipDamaged(long[] victims, List<LogEntry> headers) {
        boolean skipped = false;
        for (int i = 0; i < victims.length; i++) {
            skipped |= headers.get(i) == null && damaged.add(victims[i]);
        }
        return skipped;
    }

    /** @return in the order of {@code numbers}; null where it is damaged or missing */
    private List<LogEntry> headers(long[] numbers) throws IOException {
        List<LogEntry> headers = new ArrayList<>();
        for (long number : numbers) {
            LogEntry entry = null;
            try {
                entry = parts.loader.entry(image.imageId(), number, -1);
                if (entry == null) {
                    LOG.warn("{}: {} is missing; it is not compacted", image.address(), ObjectNames.logEntry(image.imageId(), number));
                }
            } catch (io.spindrift.engine.format.FormatException e) {
                LOG.error("{}: {}; it is not compacted", image.address(), e.getMessage());
            }
            headers.add(entry);
        }
        return headers;
    }

    private List<Move> moves(ImageChain chain, List<LogEntry> headers) {
        List<Move> moves = new ArrayList<>();
        for (LogEntry entry : headers) {
            if (entry == null || entry.content() == null) {
                continue;
            }
            EntryContent content = entry.content();
            int slot = 0;
            for (int i = 0; i < content.firstBlocks().length; i++) {
                long end = content.unmapped(i) ? 0 : content.firstBlocks()[i] + content.blockCount(i);
                for (long block = content.firstBlocks()[i]; block < end; block++, slot++) {
                    long place = Place.of(entry.number(), slot);
                    if (moves.size() < MAX_MOVES && chain.map().get(block) == place) {
                        moves.add(new Move(block, place, content.checksums()[slot]));
                    }
                }
            }
        }
        moves.sort(Comparator.comparingLong(Move::block));
        return moves;
    }

    private CompletableFuture<Boolean> move(List<LogEntry> headers, List<Move> moves) {
        int bytes = moves.size() * Image.BLOCK_BYTES;
        ByteBuf data = ByteBufAllocator.DEFAULT.directBuffer(bytes, bytes).writerIndex(bytes);
        return parts.reads.submit(ReadPriority.BULK, () -> read(headers, moves, data)).handle((bad, failure) -> {
            if (failure == null && bad == null) {
                return append(moves, data).thenApply(nothing -> true);
            }
            data.release();
            if (failure != null) {
                return CompletableFuture.<Boolean>failedFuture(failure);
            }
            // The others can go in the next step.
            damaged.add(bad);
            return CompletableFuture.completedFuture(true);
        }).thenCompose(result -> result);
    }

    /** @return the number of a segment that is damaged, null where none is */
    private Long read(List<LogEntry> headers, List<Move> moves, ByteBuf data) throws IOException {
        Move[] byPlace = moves.toArray(Move[]::new);
        Arrays.sort(byPlace, Comparator.comparingLong(Move::place));
        int[] order = destinations(moves, byPlace);
        SlotReader reader = new SlotReader(parts.store);
        for (int from = 0; from < byPlace.length; ) {
            long number = Place.number(byPlace[from].place);
            int to = from;
            while (to < byPlace.length && Place.number(byPlace[to].place) == number) {
                to++;
            }
            int[] slots = new int[to - from];
            for (int i = from; i < to; i++) {
                slots[i - from] = Place.slot(byPlace[i].place);
            }
            LogEntry entry = headers.stream().filter(header -> header != null && header.number() == number).findFirst().orElseThrow();
            if (!readWhole(reader, entry, slots, Arrays.copyOfRange(order, from, to), data)) {
                return number;
            }
            from = to;
        }
        return null;
    }

    /** Where in the result each move goes: the place of its block in the order of blocks. */
    private static int[] destinations(List<Move> byBlock, Move[] byPlace) {
        int[] destinations = new int[byPlace.length];
        for (int i = 0; i < byPlace.length; i++) {
            int at = java.util.Collections.binarySearch(byBlock, byPlace[i], Comparator.comparingLong(Move::block));
            destinations[i] = at * Image.BLOCK_BYTES;
        }
        return destinations;
    }

    private boolean readWhole(SlotReader reader, LogEntry entry, int[] slots, int[] destinations, ByteBuf data) throws IOException {
        String damage;
        try {
            reader.read(entry, slots, destinations, data);
            return true;
        } catch (ImageException e) {
            damage = e.getMessage();
        } catch (StoreException e) {
            if (e.kind() != StoreException.Kind.ABSENT && e.kind() != StoreException.Kind.CORRUPT) {
                throw e;
            }
            damage = e.getMessage();
        }
        LOG.error("{}: {}; the segment is not compacted", image.address(), damage);
        return false;
    }

    private CompletableFuture<Void> append(List<Move> moves, ByteBuf data) {
        Moves all = new Moves(new long[moves.size()], new long[moves.size()], new int[moves.size()]);
        for (int i = 0; i < moves.size(); i++) {
            all.blocks()[i] = moves.get(i).block;
            all.oldPlaces()[i] = moves.get(i).place;
            all.checksums()[i] = moves.get(i).checksum;
        }
        return append(all, data);
    }

    private CompletableFuture<Void> append(Moves moves, ByteBuf data) {
        if (!image.mayTidy()) {
            data.release();
            return CompletableFuture.failedFuture(new ImageException(ImageFailure.FENCED, image.address() + " is another server's by now"));
        }
        CompactAppend append = new CompactAppend(image.chain().history().lease(), moves, data, parts::nowMs);
        image.tail().append(append);
        return append.result();
    }

    /** An entry that moves nothing: the log gets a number at which the next checkpoint can be. */
    CompletableFuture<Void> appendNothing() {
        return append(new Moves(new long[0], new long[0], new int[0]), Unpooled.buffer(0));
    }
}

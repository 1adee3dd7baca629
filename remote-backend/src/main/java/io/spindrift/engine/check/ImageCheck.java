package io.spindrift.engine.check;

import io.spindrift.engine.format.FormatException;
import io.spindrift.engine.format.FramedFormat;
import io.spindrift.engine.format.LogEntry;
import io.spindrift.engine.format.ObjectNames;
import io.spindrift.engine.log.ImageChain;
import io.spindrift.engine.log.ImageHistory;
import io.spindrift.engine.log.ImageLoader;
import io.spindrift.engine.map.Place;
import io.spindrift.image.Damage;
import io.spindrift.image.Damage.Blocks;
import io.spindrift.image.Damage.Harm;
import io.spindrift.image.ImageCatalog;
import io.spindrift.image.Image;
import io.spindrift.store.StoredObject;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.agrona.collections.LongHashSet;

/** One image of a {@link StoreCheck}: its log, its checkpoints, its small objects, and whether every block's place is there. */
final class ImageCheck {
    private static final int LIST_PAGE = 1000;
    private static final long LAST_BLOCK = ImageCatalog.MAX_SIZE_BYTES / Image.BLOCK_BYTES;

    private final ObjectReader reader;
    private final UUID imageId;
    private final StoreImage named;
    private final boolean places;
    private final Consumer<Damage> found;
    private final ImageLoader loader;
    private final SegmentCheck segments;
    /** Entries that are there with a header that can be read. */
    private LongHashSet readable = new LongHashSet();
    private ImageChain chain;
    private boolean unloadable;

    /** @param named null where no name leads to the image */
    ImageCheck(ObjectReader reader, UUID imageId, StoreImage named, boolean places, Consumer<Damage> found) {
        this.reader = reader;
        this.imageId = imageId;
        this.named = named;
        this.places = places;
        this.found = found;
        loader = new ImageLoader(reader.store());
        segments = new SegmentCheck(reader, imageId, this);
    }

    long begin(List<CheckStep> then) throws IOException {
        if (places && named != null && !named.content().deleted()) {
            then.add(more -> load());
        }
        then.add(more -> log(more, ""));
        then.add(more -> checkpoints(more));
        then.add(more -> small(more));
        then.add(more -> places());
        return 0;
    }

    String name() {
        return named == null ? imageId.toString() : named.address().toString();
    }

    void tell(Harm harm, Blocks blocks, String object, long offset, String what) {
        found.accept(new Damage(Damage.Part.STORE, named == null ? Harm.UNUSED : harm, blocks, object, offset, what));
    }

    /** Whether the image as it is now has this block at this place; so far as it can be told. */
    boolean live(long block, long place) throws IOException {
        if (named == null || named.content().deleted()) {
            return false;
        }
        if (chain == null && !unloadable || chain != null && chain.history().number() < Place.number(place)) {
            load();
        }
        return unloadable || chain.map().get(block) == place;
    }

    private long load() throws IOException {
        ImageHistory fresh = named.fresh();
        try {
            chain = loader.load(fresh);
        } catch (FormatException e) {
            unloadable = true;
            tell(Harm.REFUSED, Blocks.whole(name()), ObjectNames.image(imageId), 0, "the image can't be opened: " + e.getMessage());
        }
        return 0;
    }

    private long log(List<CheckStep> then, String after) throws IOException {
        String prefix = ObjectNames.log(imageId);
        List<StoredObject> page = reader.store().list(prefix, after, LIST_PAGE);
        for (StoredObject object : page) {
            long number = ObjectNames.number(prefix, object.name());
            if (number < 1) {
                tell(Harm.UNUSED, null, object.name(), 0, "not an entry of an image's log");
            } else {
                then.add(more -> segments.entry(more, number, object));
            }
        }
        if (page.size() == LIST_PAGE) {
            String last = page.get(page.size() - 1).name();
            then.add(more -> log(more, last));
        }
        return 0;
    }

    /** An entry's header is as it was written. */
    void readable(LogEntry entry) {
        readable.add(entry.number());
    }

    private long checkpoints(List<CheckStep> then) throws IOException {
        new CheckpointCheck(reader, imageId, this).steps(then);
        return 0;
    }

    private long small(List<CheckStep> then) throws IOException {
        long read = 0;
        for (StoredObject object : reader.store().list(ObjectNames.image(imageId) + "sidecar/", "", LIST_PAGE)) {
            read += object.length();
            small(object, FramedFormat::sidecar);
        }
        long heard = reader.store().length(ObjectNames.heard(imageId));
        if (heard >= 0) {
            read += heard;
            small(new StoredObject(ObjectNames.heard(imageId), heard), FramedFormat::heard);
        }
        return read;
    }

    private void small(StoredObject object, ObjectReader.Decoder<?> decoder) throws IOException {
        try {
            reader.framed(object, decoder);
        } catch (FormatException e) {
            boolean hint = object.name().equals(ObjectNames.heard(imageId));
            tell(hint ? Harm.REPLACED : Harm.REFUSED, Blocks.whole(name()), object.name(), 0, e.getMessage());
        }
    }

    /** Blocks whose entry is missing, or has a header that can't be read. */
    private long places() throws IOException {
        if (!places || chain == null) {
            return 0;
        }
        if (missing(null) > 0) {
            // Perhaps only because the image was compacted meanwhile.
            load();
            if (chain != null && !unloadable) {
                relist();
                missing(new MissingRuns(this));
            }
        }
        return 0;
    }

    private long missing(MissingRuns runs) {
        long[] count = new long[1];
        chain.map().visit(0, LAST_BLOCK, (block, place) -> {
            if (!readable.contains(Place.number(place))) {
                count[0]++;
                if (runs != null) {
                    runs.add(block, place);
                }
            }
            return true;
        });
        if (runs != null) {
            runs.end();
        }
        return count[0];
    }

    /** Entries that came after the listing are asked for one by one. */
    private void relist() throws IOException {
        LongHashSet asked = new LongHashSet();
        chain.map().visit(0, LAST_BLOCK, (block, place) -> {
            if (!readable.contains(Place.number(place))) {
                asked.add(Place.number(place));
            }
            return true;
        });
        LongHashSet.LongIterator numbers = asked.iterator();
        while (numbers.hasNext()) {
            long number = numbers.nextValue();
            try {
                if (loader.entry(imageId, number, -1) != null) {
                    readable.add(number);
                }
            } catch (FormatException e) {
                continue;
            }
        }
    }

    /** What comes of an entry whose header can't be read. */
    Harm harmOf(long number) {
        boolean unused = chain != null && number <= chain.previousCheckpoint() && chain.live().liveOf(number) == 0;
        return unused ? Harm.UNUSED : Harm.REFUSED;
    }

    UUID imageId() {
        return imageId;
    }
}

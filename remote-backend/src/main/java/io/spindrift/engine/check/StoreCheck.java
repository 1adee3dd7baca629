package io.spindrift.engine.check;

import io.spindrift.engine.format.FormatException;
import io.spindrift.engine.format.FramedFormat;
import io.spindrift.engine.format.FramedFormat.NameVersion;
import io.spindrift.engine.format.ObjectNames;
import io.spindrift.engine.log.ImageLoader;
import io.spindrift.image.Damage;
import io.spindrift.image.Damage.Blocks;
import io.spindrift.image.Damage.Harm;
import io.spindrift.image.ImageAddress;
import io.spindrift.store.SegmentStore;
import io.spindrift.store.StoredObject;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * One pass over a store: names, then image by image checkpoints, log, sidecars, in steps of about a MiB. Made for one pass; one thread at a time. What
 * disappears while it is looked at was given up by whoever uses the store, and is no damage.
 */
public final class StoreCheck {
    private static final int LIST_PAGE = 1000;

    private final ObjectReader reader;
    private final Predicate<ImageAddress> wanted;
    private final boolean places;
    private final Consumer<Damage> found;
    private final Deque<CheckStep> steps = new ArrayDeque<>();
    private final Map<UUID, StoreImage> named = new HashMap<>();
    private final Set<UUID> seen = new HashSet<>();
    private long bytes;

    /**
     * @param wanted which images; asked with null for those without a name
     * @param places whether every image's map is read and each of its blocks looked for: takes its memory, one image at a time
     * @param found hears of each damage as it is found
     */
    public StoreCheck(SegmentStore store, Predicate<ImageAddress> wanted, boolean places, Consumer<Damage> found) {
        this.reader = new ObjectReader(store);
        this.wanted = wanted;
        this.places = places;
        this.found = found;
        steps.add(then -> names(then, ""));
    }

    /** Goes a step on. @return whether there is more */
    public boolean next() throws IOException {
        CheckStep step = steps.poll();
        if (step != null) {
            List<CheckStep> then = new ArrayList<>();
            bytes += step.run(then);
            for (int i = then.size() - 1; i >= 0; i--) {
                steps.addFirst(then.get(i));
            }
        }
        return !steps.isEmpty();
    }

    /** Goes to the end. */
    public StoreCheck run() throws IOException {
        boolean more = true;
        while (more) {
            more = next();
        }
        return this;
    }

    /** How much was read so far. */
    public long bytes() {
        return bytes;
    }

    /** The image of that address, once its name was read; null where there is none. */
    public StoreImage image(ImageAddress address) {
        return named.values().stream().filter(image -> image.address().equals(address) && !image.content().deleted()).findFirst().orElse(null);
    }

    /** What the image has applied; -1 where that can't be read. */
    public long applied(StoreImage image) {
        try {
            return new ImageLoader(reader.store()).loadHistory(image.fresh()).appliedSequence();
        } catch (IOException unreadable) {
            return -1;
        }
    }

    /** Images seen so far. */
    public int images() {
        return seen.size();
    }

    private long names(List<CheckStep> then, String after) throws IOException {
        List<StoredObject> page = reader.store().list(ObjectNames.USERS, after, LIST_PAGE);
        long read = 0;
        for (StoredObject object : page) {
            read += object.length();
            name(object);
        }
        String last = page.isEmpty() ? after : page.get(page.size() - 1).name();
        then.add(page.size() == LIST_PAGE ? more -> names(more, last) : more -> images(more, ""));
        return read;
    }

    private void name(StoredObject object) throws IOException {
        ImageAddress address = ObjectNames.addressOf(object.name());
        if (address == null || ObjectNames.versionOf(object.name()) < 1) {
            found.accept(new Damage(Damage.Part.STORE, Harm.UNUSED, null, object.name(), 0, "not a version of an image's name"));
            return;
        }
        try {
            NameVersion content = reader.framed(object, FramedFormat::nameVersion);
            if (content != null && wanted.test(address)) {
                named.put(content.imageId(), new StoreImage(address, content));
            }
        } catch (FormatException e) {
            found.accept(new Damage(Damage.Part.STORE, Harm.REFUSED, Blocks.whole(address.toString()), object.name(), 0, e.getMessage()));
        }
    }

    /** Steps from image to image: a listing after everything of one begins with the next. */
    private long images(List<CheckStep> then, String after) throws IOException {
        List<StoredObject> next = reader.store().list("images/", after, 1);
        if (next.isEmpty()) {
            return 0;
        }
        String name = next.get(0).name();
        int slash = name.indexOf('/', "images/".length());
        // '~' stands behind every character that a name has.
        String past = slash < 0 ? name : name.substring(0, slash + 1) + "~";
        UUID id = idOf(name, slash);
        if (id == null) {
            found.accept(new Damage(Damage.Part.STORE, Harm.UNUSED, null, name, 0, "not an object of an image"));
        } else if (named.containsKey(id) || wanted.test(null)) {
            seen.add(id);
            then.add(new ImageCheck(reader, id, named.get(id), places, found)::begin);
        }
        then.add(more -> images(more, past));
        return 0;
    }

    private static UUID idOf(String name, int slash) {
        try {
            return slash < 0 ? null : UUID.fromString(name.substring("images/".length(), slash));
        } catch (IllegalArgumentException foreign) {
            return null;
        }
    }
}

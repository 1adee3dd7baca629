package io.spindrift.config.check;

import io.spindrift.blockcache.CacheCheck;
import io.spindrift.config.settings.HostSettings;
import io.spindrift.engine.check.StoreCheck;
import io.spindrift.engine.check.StoreImage;
import io.spindrift.engine.check.StoreRepair;
import io.spindrift.image.Damage;
import io.spindrift.image.Damage.Harm;
import io.spindrift.image.DiskType;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.ImageAddress;
import io.spindrift.journal.JournalCheck;
import io.spindrift.store.DirectoryStore;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folders of a host whose daemon does not run: the embedded store, then volume by volume cache and journal. Only reads, unless a repair is asked for: then a cache
 * forgets its damaged blocks, and blocks that are damaged in the store are put there anew from the cache.
 */
public final class HostCheck {
    private final HostSettings settings;
    private final String volume;
    private final boolean repair;
    private final InstantSource clock;
    private final CheckReport report;
    private final List<Damage> storeDamages = new ArrayList<>();
    private final List<Long> mended = new ArrayList<>();
    private StoreCheck store;

    /** @param volume null for all */
    public HostCheck(HostSettings settings, String volume, boolean repair, InstantSource clock, CheckReport report) {
        this.settings = settings;
        this.volume = volume;
        this.repair = repair;
        this.clock = clock;
        this.report = report;
    }

    /** @param progress hears now and then */
    public void run(Runnable progress) throws IOException {
        if (settings.storage().embedded()) {
            FolderCheck folder = new FolderCheck(settings.storage().directory(), this::wanted, storeDamages::add);
            store = folder.run(report, progress);
        } else {
            report.note("the images are on storage servers, where the same command looks at them");
        }
        for (Volume found : volumes()) {
            look(found);
            progress.run();
        }
        storeDamages.forEach(damage -> report.add(damage, repaired(damage)));
    }

    private boolean wanted(ImageAddress address) {
        return address == null ? volume == null : volume == null || address.name().equals(volume);
    }

    private record Volume(ImageAddress address, Path folder) {}

    private List<Volume> volumes() throws IOException {
        List<Volume> volumes = new ArrayList<>();
        Path root = settings.cacheDirectory().resolve("volumes");
        for (Path user : children(root)) {
            for (Path type : children(user)) {
                for (Path name : children(type)) {
                    ImageAddress address = address(user, type, name);
                    if (address != null && wanted(address)) {
                        volumes.add(new Volume(address, name));
                    }
                }
            }
        }
        return volumes;
    }

    private static ImageAddress address(Path user, Path type, Path name) {
        try {
            return new ImageAddress(user.getFileName().toString(), DiskType.ofWord(type.getFileName().toString()), name.getFileName().toString());
        } catch (IllegalArgumentException foreign) {
            return null;
        }
    }

    private static List<Path> children(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(Files::isDirectory).sorted().toList();
        }
    }

    private void look(Volume found) throws IOException {
        String image = found.address.toString();
        List<Damage> cacheDamages = new ArrayList<>();
        try (CacheCheck cache = new CacheCheck(found.folder.resolve("cache"), image, cacheDamages::add)) {
            cache.run(report::read);
            boolean forgotten = repair && cache.forgetDamaged() > 0;
            cacheDamages.forEach(damage -> report.add(damage, forgotten && damage.blocks() != null));
            if (repair && store != null) {
                mend(found, cache);
            }
        }
        new JournalCheck(found.folder.resolve("journal"), image, lease -> applied(found, lease), damage -> report.add(damage, false)).run(report::read);
    }

    /** What the image has of the journal's writes; -1 where the store doesn't say, or the journal is of another image. */
    private long applied(Volume found, HistoryPoint lease) {
        StoreImage image = store == null ? null : store.image(found.address);
        return image == null || lease == null || !lease.imageId().equals(image.content().imageId()) ? -1 : store.applied(image);
    }

    private void mend(Volume found, CacheCheck cache) throws IOException {
        StoreImage image = store.image(found.address);
        List<Long> blocks = new ArrayList<>();
        for (Damage damage : storeDamages) {
            if (of(damage, found.address)) {
                for (long at = 0; at < damage.blocks().blockCount(); at++) {
                    blocks.add(damage.blocks().firstBlock() + at);
                }
            }
        }
        if (image == null || blocks.isEmpty()) {
            return;
        }
        List<Long> sorted = blocks.stream().distinct().sorted().toList();
        try (DirectoryStore opened = new DirectoryStore(settings.storage().directory())) {
            List<Long> now = new StoreRepair(opened, clock).repair(image, sorted, new Copies(cache));
            for (int at = 0; at < storeDamages.size(); at++) {
                Damage damage = storeDamages.get(at);
                if (of(damage, found.address) && damage.blocks().blockCount() == 1 && now.contains(damage.blocks().firstBlock())) {
                    mended.add((long) at);
                }
            }
            report.note(found.address + ": " + now.size() + " of " + sorted.size() + " damaged blocks of the image were put into the store anew from the cache");
        }
    }

    private static boolean of(Damage damage, ImageAddress address) {
        return damage.harm() == Harm.REFUSED && damage.blocks() != null && damage.blocks().firstBlock() >= 0
                && damage.blocks().image().equals(address.toString());
    }

    private boolean repaired(Damage damage) {
        return mended.contains((long) storeDamages.indexOf(damage));
    }

    private record Copies(CacheCheck cache) implements StoreRepair.Copies {
        @Override
        public HistoryPoint point() {
            return cache.point();
        }

        @Override
        public boolean copy(long block, ByteBuf dst) {
            return cache.copy(block, dst);
        }
    }
}

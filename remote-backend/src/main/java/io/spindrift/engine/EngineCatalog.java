package io.spindrift.engine;

import io.netty.util.concurrent.EventExecutor;
import io.spindrift.engine.NameCatalog.Listed;
import io.spindrift.engine.NameCatalog.Named;
import io.spindrift.engine.format.EntryFormat;
import io.spindrift.engine.format.FramedFormat.NameVersion;
import io.spindrift.engine.format.LogEntry;
import io.spindrift.engine.format.ObjectNames;
import io.spindrift.engine.log.Failures;
import io.spindrift.engine.map.Place;
import io.spindrift.image.AttachRequest;
import io.spindrift.image.BlockPlace;
import io.spindrift.image.DiskType;
import io.spindrift.image.Image;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageCatalog;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.ImageInfo;
import io.spindrift.image.Lease;
import io.spindrift.image.LeasedImage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** One user's view of an engine. Made by the engine; may be called from any thread. */
final class EngineCatalog implements ImageCatalog {
    private static final int MAX_PAGE = 1000;
    private static final int MAX_HOST_NAME_BYTES = 255;

    private final ImageEngine engine;
    private final String user;
    private volatile boolean closed;

    EngineCatalog(ImageEngine engine, String user) {
        ImageAddress.check("user", user);
        this.engine = engine;
        this.user = user;
    }

    @Override
    public String user() {
        return user;
    }

    @Override
    public CompletableFuture<ImageInfo> create(ImageAddress address, long sizeBytes) {
        return verb(address, () -> {
            checkSize(sizeBytes);
            return engine.create(address, sizeBytes).thenCompose(named -> info(named));
        });
    }

    @Override
    public CompletableFuture<ImageInfo> show(ImageAddress address) {
        return verb(address, () -> engine.parts().calls.call(() -> engine.existing(address)).thenCompose(this::info));
    }

    private CompletableFuture<ImageInfo> info(Named named) {
        return engine.info(named).thenCompose(info -> info != null
                ? CompletableFuture.completedFuture(info)
                : CompletableFuture.failedFuture(ImageEngine.missing(named.address())));
    }

    @Override
    public CompletableFuture<List<ImageInfo>> list(ImageAddress startAfter, int limit) {
        return verb(startAfter, () -> {
            if (limit < 1 || limit > MAX_PAGE) {
                throw new ImageException(ImageFailure.INVALID, "a page has 1 to " + MAX_PAGE + " images, not " + limit);
            }
            return listFrom(startAfter, limit, new ArrayList<>());
        });
    }

    /** An image that was deleted but still has its name gives no row, so a page may take more than one look. */
    private CompletableFuture<List<ImageInfo>> listFrom(ImageAddress startAfter, int limit, List<ImageInfo> rows) {
        int wanted = limit - rows.size();
        return engine.parts().calls.call(() -> named(startAfter, wanted)).thenCompose(page -> {
            List<CompletableFuture<ImageInfo>> infos = new ArrayList<>();
            page.forEach(listed -> infos.add(row(listed)));
            return CompletableFuture.allOf(infos.toArray(CompletableFuture[]::new)).thenCompose(nothing -> {
                infos.stream().map(CompletableFuture::join).filter(info -> info != null).forEach(rows::add);
                return page.size() < wanted || rows.size() == limit
                        ? CompletableFuture.completedFuture(rows)
                        : listFrom(page.get(page.size() - 1).address(), limit, rows);
            });
        });
    }

    private CompletableFuture<ImageInfo> row(Listed listed) {
        if (listed.named() == null) {
            return CompletableFuture.completedFuture(ImageInfo.damaged(listed.address(), null, 0, listed.damage()));
        }
        return engine.info(listed.named()).exceptionallyCompose(thrown -> {
            ImageException failure = Failures.of(thrown);
            NameVersion content = listed.named().content();
            return failure.failure() == ImageFailure.CORRUPT
                    ? CompletableFuture.completedFuture(
                            ImageInfo.damaged(listed.address(), content.imageId(), content.sizeBlocks() * Image.BLOCK_BYTES, failure.getMessage()))
                    : CompletableFuture.failedFuture(failure);
        });
    }

    private List<Listed> named(ImageAddress startAfter, int limit) throws Exception {
        List<Listed> page = new ArrayList<>();
        for (DiskType type : DiskType.values()) {
            int order = startAfter == null ? 1 : type.compareTo(startAfter.type());
            if (order >= 0 && page.size() < limit) {
                page.addAll(engine.names().list(user, type, order == 0 ? startAfter.name() : null, limit - page.size()));
            }
        }
        return page;
    }

    @Override
    public CompletableFuture<ImageInfo> resize(ImageAddress address, long sizeBytes) {
        return verb(address, () -> {
            checkSize(sizeBytes);
            return engine.image(address).thenCompose(image -> image.resize(sizeBytes / Image.BLOCK_BYTES).thenApply(nothing -> image.info()));
        });
    }

    @Override
    public CompletableFuture<Void> delete(ImageAddress address, boolean force) {
        return verb(address, () -> engine.delete(address, force));
    }

    @Override
    public CompletableFuture<BlockPlace> locate(ImageAddress address, long block) {
        return verb(address, () -> engine.image(address).thenCompose(image -> locate(image, block)));
    }

    private CompletableFuture<BlockPlace> locate(SegmentedImage image, long block) {
        if (block < 0 || block >= image.chain().history().sizeBlocks()) {
            return CompletableFuture.failedFuture(new ImageException(ImageFailure.INVALID, image.address() + " has no block " + block));
        }
        long place = image.chain().map().get(block);
        if (place == Place.NONE) {
            return CompletableFuture.completedFuture(new BlockPlace(null, 0, 0));
        }
        UUID imageId = image.imageId();
        String object = ObjectNames.logEntry(imageId, Place.number(place));
        return engine.parts().calls.call(() -> {
            LogEntry entry = engine.parts().loader.entry(imageId, Place.number(place), -1);
            if (entry == null) {
                throw new ImageException(ImageFailure.CORRUPT, image.address() + ", block " + block + ": object " + object + " is missing");
            }
            return new BlockPlace(object, EntryFormat.bodyOffset(entry) + (long) Place.slot(place) * Image.BLOCK_BYTES, Image.BLOCK_BYTES);
        });
    }

    @Override
    public CompletableFuture<LeasedImage> attach(ImageAddress address, AttachRequest request, EventExecutor home) {
        return verb(address, () -> {
            int nameBytes = request.host().name().getBytes(StandardCharsets.UTF_8).length;
            if (nameBytes > MAX_HOST_NAME_BYTES) {
                throw new ImageException(ImageFailure.INVALID, "a host's name has at most 255 bytes, not " + nameBytes);
            }
            return engine.image(address).thenCompose(image -> image.attach(request).thenApply(lease -> hold(image, lease, home)));
        });
    }

    @Override
    public CompletableFuture<LeasedImage> resume(ImageAddress address, long epoch, UUID leaseId, EventExecutor home) {
        return verb(address, () -> engine.image(address).thenApply(image -> {
            Lease lease = LeaseDesk.granted(image.chain().history());
            ImageException fenced = image.fencedOff(new Lease(epoch, leaseId, null, false, null));
            if (fenced != null || lease.epoch() != epoch) {
                throw new java.util.concurrent.CompletionException(fenced != null
                        ? fenced
                        : new ImageException(ImageFailure.FENCED, address + ": lease " + epoch + " never was"));
            }
            return hold(image, lease, home);
        }));
    }

    private LeasedImage hold(SegmentedImage image, Lease lease, EventExecutor home) {
        EngineImage handle = new EngineImage(image, engine.parts(), lease, home);
        image.opened(handle);
        return handle;
    }

    @Override
    public CompletableFuture<Void> close() {
        closed = true;
        return CompletableFuture.completedFuture(null);
    }

    private interface Verb<T> {
        CompletableFuture<T> run() throws ImageException;
    }

    private <T> CompletableFuture<T> verb(ImageAddress address, Verb<T> verb) {
        if (closed) {
            return CompletableFuture.failedFuture(new ImageException(ImageFailure.CLOSED, "the catalog is closed"));
        }
        if (address != null && !address.user().equals(user)) {
            return CompletableFuture.failedFuture(new ImageException(ImageFailure.INVALID, "not an image of " + user + ": " + address));
        }
        Supplier<CompletableFuture<T>> onLoop = () -> {
            try {
                return verb.run();
            } catch (ImageException e) {
                return CompletableFuture.failedFuture(e);
            }
        };
        return engine.onLoop(onLoop);
    }

    private static void checkSize(long sizeBytes) throws ImageException {
        if (sizeBytes < Image.BLOCK_BYTES || sizeBytes > MAX_SIZE_BYTES || sizeBytes % Image.BLOCK_BYTES != 0) {
            throw new ImageException(ImageFailure.INVALID,
                    "an image's size is a multiple of " + Image.BLOCK_BYTES + " up to " + MAX_SIZE_BYTES + " bytes, not " + sizeBytes);
        }
    }
}

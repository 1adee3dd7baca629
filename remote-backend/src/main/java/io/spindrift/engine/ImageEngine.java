package io.spindrift.engine;

import io.netty.util.concurrent.EventExecutor;
import io.spindrift.engine.NameCatalog.Named;
import io.spindrift.engine.check.StoreScrub;
import io.spindrift.engine.format.FramedFormat.Heard;
import io.spindrift.engine.format.FramedFormat.NameVersion;
import io.spindrift.engine.manifest.LeaseSpan;
import io.spindrift.engine.log.Failures;
import io.spindrift.engine.log.ImageChain;
import io.spindrift.engine.log.ImageHistory;
import io.spindrift.image.Image;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageCatalog;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.ImageInfo;
import io.spindrift.image.LeaseInfo;
import io.spindrift.store.SegmentStore;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps images as logs of immutable segments in a {@link SegmentStore}. All of its state lives on {@code loop}; what blocks runs on
 * {@code blocking}, which whoever made it has bounded. Several engines, in several processes, may work on one store.
 *
 * <p>Made, opened and closed by the assembly, which closes the store and the executors after it.
 */
public final class ImageEngine {
    private static final Logger LOG = LoggerFactory.getLogger(ImageEngine.class);
    /** Images that nobody holds and that are kept in memory all the same. */
    private static final int MAX_UNUSED = 16;

    private final EngineParts parts;
    private final NameCatalog names;
    private final ImageReclaimer reclaimer;
    /** In the order of their last use. */
    private final Map<UUID, CompletableFuture<SegmentedImage>> images = new LinkedHashMap<>(16, 0.75f, true);
    private CompletableFuture<Void> reclaiming = CompletableFuture.completedFuture(null);
    private StoreScrub scrub;
    private boolean closed;

    /**
     * @param loop one thread, the same for as long as the engine lives
     * @param blocking runs store reads and writes, encoding and checksums
     * @param random makes image ids and lease ids: not to be foretold in production
     */
    public ImageEngine(
            EngineSettings settings, SegmentStore store, EventExecutor loop, Executor blocking, InstantSource clock, RandomGenerator random) {
        parts = new EngineParts(settings, store, loop, blocking, clock, random);
        names = new NameCatalog(store);
        reclaimer = new ImageReclaimer(parts, names);
    }

    /** Begins to serve, and to delete what deleted images left. Images are read when they are asked for. */
    public CompletableFuture<Void> open() {
        return onLoop(() -> {
            parts.started();
            long now = parts.nowMs();
            reclaiming = parts.calls.call(() -> {
                reclaimer.reclaimAll(now);
                return null;
            });
            reclaiming = reclaiming.handle((nothing, failure) -> {
                if (failure != null) {
                    LOG.warn("not all of what deleted images left could be deleted: {}", Failures.of(failure).getMessage());
                }
                return null;
            });
            return CompletableFuture.completedFuture(null);
        });
    }

    /** One user's view. Its futures complete on the engine's loop, on which nobody may block. */
    public ImageCatalog catalog(String user) {
        return new EngineCatalog(this, user);
    }

    /** Closes every image and waits for what is under way; leases stay as they are. */
    public CompletableFuture<Void> close() {
        return onLoop(() -> {
            closed = true;
            if (scrub != null) {
                scrub.stop();
            }
            List<CompletableFuture<?>> ends = new ArrayList<>(List.of(reclaiming));
            for (CompletableFuture<SegmentedImage> image : images.values()) {
                ends.add(image.thenCompose(SegmentedImage::close).handle((nothing, failure) -> null));
            }
            images.clear();
            return CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new));
        });
    }

    /** Scrubs the store in the background from now on. @param bytesPerSecond 0 for never */
    public CompletableFuture<Void> scrub(long bytesPerSecond) {
        return onLoop(() -> {
            if (scrub == null && bytesPerSecond > 0) {
                scrub = new StoreScrub(parts.store, parts.calls, () -> !parts.reads.idle(), bytesPerSecond);
                scrub.start();
            }
            return CompletableFuture.completedFuture(null);
        });
    }

    /** How far the scrub has come. */
    public CompletableFuture<StoreScrub.Status> scrubStatus() {
        return onLoop(() -> CompletableFuture.completedFuture(scrub == null ? StoreScrub.Status.NONE : scrub.status()));
    }

    EngineParts parts() {
        return parts;
    }

    /** Runs on the loop, and answers there. */
    <T> CompletableFuture<T> onLoop(Supplier<CompletableFuture<T>> verb) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            parts.calls.loop().execute(() -> {
                if (closed) {
                    result.completeExceptionally(new ImageException(ImageFailure.CLOSED, "the storage engine is closed"));
                    return;
                }
                verb.get().whenComplete((value, failure) -> {
                    if (failure == null) {
                        result.complete(value);
                    } else {
                        result.completeExceptionally(Failures.of(failure));
                    }
                });
            });
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(new ImageException(ImageFailure.CLOSED, "the storage engine is closed"));
        }
        return result;
    }

    /** On the loop: the image of that name, read from the store where it is not here, and up to date with what others did to it. */
    CompletableFuture<SegmentedImage> image(ImageAddress address) {
        return parts.calls.call(() -> existing(address)).thenCompose(named -> opened(named)).thenCompose(image -> {
            CompletableFuture<SegmentedImage> looked = new CompletableFuture<>();
            image.look(() -> {
                if (image.chain().history().deleted()) {
                    looked.completeExceptionally(missing(address));
                } else {
                    looked.complete(image);
                }
            });
            return looked;
        });
    }

    private CompletableFuture<SegmentedImage> opened(Named named) {
        UUID imageId = named.content().imageId();
        CompletableFuture<SegmentedImage> known = images.get(imageId);
        if (known != null) {
            return known;
        }
        dropUnused();
        CompletableFuture<SegmentedImage> made = parts.calls.call(() -> load(named));
        images.put(imageId, made);
        made.whenComplete((image, failure) -> {
            if (failure != null) {
                images.remove(imageId);
            }
        });
        return made;
    }

    private SegmentedImage load(Named named) throws IOException {
        ImageChain chain = parts.loader.load(fresh(named));
        return new SegmentedImage(named.address(), parts, chain, holder(chain.history()));
    }

    private ImageHolder holder(ImageHistory history) throws IOException {
        LeaseSpan lease = history.lease();
        Heard hint = lease.released() ? null : ImageHolder.readHint(parts.store, history.imageId());
        return new ImageHolder(hint, lease.epoch(), lease.timeMs(), lease.released() ? 0 : parts.startMs());
    }

    private static ImageHistory fresh(Named named) {
        return new ImageHistory(named.content().imageId(), named.content().sizeBlocks(), named.content().timeMs());
    }

    private void dropUnused() {
        int unused = 0;
        for (CompletableFuture<SegmentedImage> image : images.values()) {
            unused += isUnused(image) ? 1 : 0;
        }
        for (var all = images.values().iterator(); unused > MAX_UNUSED && all.hasNext(); ) {
            if (isUnused(all.next())) {
                all.remove();
                unused--;
            }
        }
    }

    private static boolean isUnused(CompletableFuture<SegmentedImage> image) {
        return image.isDone() && !image.isCompletedExceptionally() && image.join().unused();
    }

    /** On the loop: the image's state for people, without reading its map. */
    CompletableFuture<ImageInfo> info(Named named) {
        CompletableFuture<SegmentedImage> known = images.get(named.content().imageId());
        if (known != null && known.isDone() && !known.isCompletedExceptionally()) {
            SegmentedImage image = known.join();
            CompletableFuture<ImageInfo> info = new CompletableFuture<>();
            image.look(() -> info.complete(image.chain().history().deleted() ? null : image.info()));
            return info;
        }
        long now = parts.nowMs();
        return parts.calls.call(() -> {
            ImageHistory history = parts.loader.loadHistory(fresh(named));
            if (history.deleted()) {
                return null;
            }
            LeaseInfo lease = LeaseDesk.lease(history.lease(), holder(history).state(), now, parts.settings.leaseTime().toMillis());
            return LeaseDesk.info(named.address(), history, history.allocatedHint(), lease);
        });
    }

    /** Blocks. */
    Named existing(ImageAddress address) throws IOException, ImageException {
        Named named = names.newest(address);
        if (named == null || !named.exists()) {
            throw missing(address);
        }
        return named;
    }

    static ImageException missing(ImageAddress address) {
        return new ImageException(ImageFailure.INVALID, "there is no image " + address);
    }

    NameCatalog names() {
        return names;
    }

    /** On the loop: makes the name, and with it an image with nothing in it. */
    CompletableFuture<Named> create(ImageAddress address, long sizeBytes) {
        NameVersion content = new NameVersion(parts.newId(), false, sizeBytes / Image.BLOCK_BYTES, parts.nowMs());
        Callable<Named> create = () -> {
            Named before = names.newest(address);
            if (before != null && before.exists()) {
                // Somebody may have died between deleting the image and freeing its name.
                if (!parts.loader.loadHistory(fresh(before)).deleted()) {
                    throw new ImageException(ImageFailure.INVALID, "there is an image " + address + " already");
                }
                names.advance(address, before, tombstone(before, content.timeMs()));
                before = names.newest(address);
            }
            if (before != null && before.exists() || !names.advance(address, before, content)) {
                Named now = names.newest(address);
                boolean mine = now != null && now.content().imageId().equals(content.imageId());
                if (!mine) {
                    throw new ImageException(ImageFailure.INVALID, "there is an image " + address + " already");
                }
            }
            return new Named(address, before == null ? 1 : before.version() + 1, content);
        };
        return parts.calls.call(create);
    }

    private static NameVersion tombstone(Named named, long nowMs) {
        return new NameVersion(named.content().imageId(), true, named.content().sizeBlocks(), nowMs);
    }

    /** On the loop. The DELETED entry decides; that the name is free and that the bytes go follows from it, also after a crash. */
    CompletableFuture<Void> delete(ImageAddress address, boolean force) {
        return image(address).thenCompose(image -> image.delete(force).thenCompose(nothing -> {
            images.remove(image.imageId());
            long now = parts.nowMs();
            return parts.calls.call(() -> {
                Named named = names.newest(address);
                if (named != null && named.exists() && named.content().imageId().equals(image.imageId())) {
                    names.advance(address, named, tombstone(named, now));
                }
                return null;
            });
        }).thenAccept(nothing -> reclaimLater(image.imageId())));
    }

    private void reclaimLater(UUID imageId) {
        reclaiming = reclaiming.thenCompose(before -> parts.calls.<Void>call(() -> {
            reclaimer.reclaim(imageId, true);
            return null;
        })).handle((nothing, failure) -> {
            if (failure != null) {
                LOG.warn("not all of the deleted image {} could be deleted: {}", imageId, Failures.of(failure).getMessage());
            }
            return null;
        });
    }
}

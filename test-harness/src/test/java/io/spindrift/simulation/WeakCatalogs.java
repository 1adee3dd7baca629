package io.spindrift.simulation;

import io.netty.buffer.ByteBuf;
import io.spindrift.image.AttachRequest;
import io.spindrift.image.Batch;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.ImageCatalog;
import io.spindrift.image.ImageInfo;
import io.spindrift.image.Lease;
import io.spindrift.image.LeaseInfo;
import io.spindrift.image.LeaseListener;
import io.spindrift.image.LeasedImage;
import io.spindrift.image.ReadResult;
import io.spindrift.image.RunPage;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** Catalogs that break a law. */
final class WeakCatalogs {
    private WeakCatalogs() {}

    /** What a host is given in place of its storage server. */
    static ImageCatalog of(Weakness weakness, ImageCatalog target, long blockCount) {
        return switch (weakness) {
            case OLD_CACHE -> vouching(target, blockCount);
            case PART_OF_BATCH -> losing(target);
            case EXPIRED_IS_FREE -> eager(target);
            case UNCHECKED -> unchecked(target);
            default -> target;
        };
    }

    /** An image whose verbs go through a detour. */
    private static ImageCatalog detour(ImageCatalog target, Function<LeasedImage, LeasedImage> around) {
        return Forwarding.of(ImageCatalog.class, (method, arguments) -> {
            Object result = Forwarding.forward(target, method, arguments);
            return method.getName().equals("attach") ? ((CompletableFuture<?>) result).thenApply(image -> around.apply((LeasedImage) image)) : result;
        });
    }

    /** Every now and then the last extent of a batch is forgotten. */
    private static ImageCatalog losing(ImageCatalog target) {
        return detour(target, image -> Forwarding.of(LeasedImage.class, (verb, values) -> {
            if (verb.getName().equals("apply") && ((Batch) values[0]).extents().size() > 1) {
                Batch batch = (Batch) values[0];
                return image.apply(new Batch(batch.epoch(), batch.fromSequence(), batch.toSequence(), batch.extents().subList(0, batch.extents().size() - 1)));
            }
            return Forwarding.forward(image, verb, values);
        }));
    }

    /** A bit of what is read is another one now and then, and nothing compares it. */
    private static ImageCatalog unchecked(ImageCatalog target) {
        int[] reads = new int[1];
        return detour(target, image -> Forwarding.of(LeasedImage.class, (verb, values) -> {
            Object result = Forwarding.forward(image, verb, values);
            if (!verb.getName().equals("read") || ++reads[0] % 20 != 0) {
                return result;
            }
            return ((CompletableFuture<?>) result).thenApply(read -> {
                ByteBuf data = ((ReadResult) read).data();
                int at = data.readerIndex() + 1700 % data.readableBytes();
                data.setByte(at, data.getByte(at) ^ 4);
                return read;
            });
        }));
    }

    /** A dirty lease is shown as free, and taken with the operator's word that nobody gave. */
    private static ImageCatalog eager(ImageCatalog target) {
        Instant[] seen = new Instant[1];
        return Forwarding.of(ImageCatalog.class, (method, arguments) -> {
            if (method.getName().equals("attach")) {
                AttachRequest asked = (AttachRequest) arguments[1];
                arguments[1] = new AttachRequest(asked.host(), asked.journalId(), seen[0], asked.seenEpoch());
            }
            Object result = Forwarding.forward(target, method, arguments);
            return !method.getName().equals("show") ? result : ((CompletableFuture<?>) result).thenApply(shown -> {
                ImageInfo info = (ImageInfo) shown;
                LeaseInfo lease = info.lease();
                seen[0] = info.lastApplied();
                return lease.state() != LeaseInfo.State.DIRTY ? info : free(info, lease);
            });
        });
    }

    private static ImageInfo free(ImageInfo info, LeaseInfo lease) {
        LeaseInfo given = new LeaseInfo(LeaseInfo.State.FREE, lease.epoch(), lease.leaseId(), lease.hostId(), lease.hostName(), lease.journalId(), lease.lastHeard(),
                lease.dirtyBytes());
        return new ImageInfo(info.address(), info.imageId(), info.sizeBytes(), info.allocatedBytes(), info.appliedSequence(), info.lastApplied(), given);
    }

    /** What a host is told: nothing has changed since the point that its cache shows. */
    private static ImageCatalog vouching(ImageCatalog target, long blockCount) {
        return Forwarding.of(ImageCatalog.class, (method, arguments) -> {
            Object result = Forwarding.forward(target, method, arguments);
            if (!method.getName().equals("attach")) {
                return result;
            }
            return ((CompletableFuture<?>) result).thenApply(image -> Forwarding.of(LeasedImage.class, (verb, values) -> verb.getName().equals("changedSince")
                    ? CompletableFuture.completedFuture(new RunPage(List.of(), blockCount))
                    : Forwarding.forward(image, verb, values)));
        });
    }

    /** What a storage server asks: leases are given, but an older one goes on under the name of the newest. */
    static ImageCatalog unfenced(ImageCatalog target) {
        LeasedImage[] newest = new LeasedImage[1];
        return Forwarding.of(ImageCatalog.class, (method, arguments) -> {
            Object result = Forwarding.forward(target, method, arguments);
            if (method.getName().equals("attach")) {
                return ((CompletableFuture<?>) result).thenApply(image -> {
                    newest[0] = (LeasedImage) image;
                    return unfenced(newest, newest[0].lease());
                });
            }
            if (method.getName().equals("resume")) {
                return ((CompletableFuture<?>) result).handle((image, thrown) -> {
                    if (thrown == null) {
                        newest[0] = (LeasedImage) image;
                    } else if (newest[0] == null) {
                        throw new CompletionException(thrown);
                    }
                    HistoryPoint applied = newest[0].lease().applied();
                    return unfenced(newest, new Lease((long) arguments[1], (UUID) arguments[2], HistoryPoint.NO_LEASE, false, applied));
                });
            }
            return result;
        });
    }

    private static LeasedImage unfenced(LeasedImage[] newest, Lease lease) {
        return Forwarding.of(LeasedImage.class, (verb, values) -> switch (verb.getName()) {
            case "lease" -> lease;
            case "apply" -> {
                Batch batch = (Batch) values[0];
                yield newest[0].apply(new Batch(newest[0].lease().epoch(), batch.fromSequence(), batch.toSequence(), batch.extents()));
            }
            case "listen" -> {
                newest[0].listen(deaf((LeaseListener) values[0]));
                yield null;
            }
            case "close" -> CompletableFuture.completedFuture(null);
            default -> Forwarding.forward(newest[0], verb, values);
        });
    }

    private static LeaseListener deaf(LeaseListener listener) {
        return Forwarding.of(LeaseListener.class, (event, values) -> event.getName().equals("fenced") ? null : Forwarding.forward(listener, event, values));
    }
}

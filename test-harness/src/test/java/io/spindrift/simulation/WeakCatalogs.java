package io.spindrift.simulation;

import io.spindrift.image.Batch;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.ImageCatalog;
import io.spindrift.image.Lease;
import io.spindrift.image.LeaseListener;
import io.spindrift.image.LeasedImage;
import io.spindrift.image.RunPage;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Catalogs that break a law. */
final class WeakCatalogs {
    private WeakCatalogs() {}

    /** What a host is told: nothing has changed since the point that its cache shows. */
    static ImageCatalog vouching(ImageCatalog target, long blockCount) {
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

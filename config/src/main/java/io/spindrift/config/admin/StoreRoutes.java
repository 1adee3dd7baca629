package io.spindrift.config.admin;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.spindrift.engine.check.StoreScrub;
import io.spindrift.image.ImageCatalog;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.ImageInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** The storage server's routes: who has which images, and in whose hands they are. */
public final class StoreRoutes implements Consumer<JavalinConfig> {
    private static final int PAGE = 1000;

    private final String version;
    private final Map<String, ImageCatalog> catalogs;

    private final Supplier<CompletableFuture<StoreScrub.Status>> scrub;

    /** @param catalogs by user */
    public StoreRoutes(String version, Map<String, ImageCatalog> catalogs, Supplier<CompletableFuture<StoreScrub.Status>> scrub) {
        this.scrub = scrub;
        this.version = version;
        this.catalogs = catalogs;
    }

    /** The server at a moment. */
    public record StoreStatus(String version, List<ImageStatus> images, StoreScrub.Status scrub) {}

    /**
     * @param lastApplied ISO 8601
     * @param lease "UNKNOWN" where the image is damaged
     * @param damage what of it can't be read; null where all can
     */
    public record ImageStatus(
            String address, long sizeBytes, long allocatedBytes, long appliedSequence, String lastApplied, String lease, String host, long dirtyBytes,
            String damage) {
        static ImageStatus of(ImageInfo info) {
            String lease = info.damage() == null ? info.lease().state().name() : "UNKNOWN";
            return new ImageStatus(info.address().toString(), info.sizeBytes(), info.allocatedBytes(), info.appliedSequence(),
                    info.lastApplied().toString(), lease, info.lease().hostName(), info.lease().dirtyBytes(), info.damage());
        }
    }

    @Override
    public void accept(JavalinConfig config) {
        config.routes.get("/v1/status", context -> AdminServer.answer(context, status()));
        config.routes.get("/metrics", this::metrics);
    }

    private CompletableFuture<StoreStatus> status() {
        CompletableFuture<List<ImageStatus>> all = CompletableFuture.completedFuture(new ArrayList<>());
        for (ImageCatalog catalog : catalogs.values()) {
            all = all.thenCompose(images -> page(catalog, null, images));
        }
        return all.thenCombine(scrub.get(), (images, scrubbed) -> new StoreStatus(version, images, scrubbed))
                .exceptionallyCompose(thrown -> CompletableFuture.failedFuture(told(thrown)));
    }

    private static ControlException told(Throwable thrown) {
        ImageException failure = ImageException.of(thrown);
        boolean later = failure.failure() == ImageFailure.UNAVAILABLE || failure.failure() == ImageFailure.CLOSED;
        return new ControlException(later ? ControlException.Kind.UNAVAILABLE : ControlException.Kind.FAILED, failure.getMessage());
    }

    private static CompletableFuture<List<ImageStatus>> page(ImageCatalog catalog, ImageInfo after, List<ImageStatus> into) {
        return catalog.list(after == null ? null : after.address(), PAGE).thenCompose(infos -> {
            infos.forEach(info -> into.add(ImageStatus.of(info)));
            return infos.size() < PAGE ? CompletableFuture.completedFuture(into) : page(catalog, infos.get(PAGE - 1), into);
        });
    }

    private void metrics(Context context) {
        context.future(() -> status().handle((status, thrown) -> {
            if (thrown != null) {
                AdminServer.refuse(context, thrown);
            } else {
                context.contentType(HostMetrics.CONTENT_TYPE).result(text(status));
            }
            return null;
        }));
    }

    private static String text(StoreStatus status) {
        List<ImageStatus> whole = status.images().stream().filter(image -> image.damage() == null).toList();
        StringBuilder text = new StringBuilder();
        family(text, "spindrift_image_allocated_bytes gauge", whole, ImageStatus::allocatedBytes);
        family(text, "spindrift_image_applied_sequence counter", whole, ImageStatus::appliedSequence);
        family(text, "spindrift_image_damaged gauge", status.images(), image -> image.damage() == null ? 0 : 1);
        text.append("# TYPE spindrift_store_scrubbed_bytes counter\nspindrift_store_scrubbed_bytes ").append(status.scrub().bytes());
        text.append("\n# TYPE spindrift_store_scrub_damaged counter\nspindrift_store_scrub_damaged ").append(status.scrub().damaged());
        text.append("\n# TYPE spindrift_store_scrub_last_pass_age_seconds gauge\nspindrift_store_scrub_last_pass_age_seconds ")
                .append(status.scrub().lastPassAgeMs() < 0 ? -1 : status.scrub().lastPassAgeMs() / 1000.0).append('\n');
        return text.toString();
    }

    private static void family(StringBuilder text, String nameAndType, List<ImageStatus> images, ToLongFunction<ImageStatus> value) {
        String name = nameAndType.substring(0, nameAndType.indexOf(' '));
        text.append("# TYPE ").append(nameAndType).append('\n');
        images.forEach(image -> text.append(name).append("{image=\"").append(image.address()).append("\"} ").append(value.applyAsLong(image)).append('\n'));
    }
}

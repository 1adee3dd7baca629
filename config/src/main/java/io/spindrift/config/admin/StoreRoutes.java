package io.spindrift.config.admin;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.spindrift.image.ImageCatalog;
import io.spindrift.image.ImageInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The storage server's routes: who has which images, and in whose hands they are. */
public final class StoreRoutes implements Consumer<JavalinConfig> {
    private static final int PAGE = 1000;

    private final String version;
    private final Map<String, ImageCatalog> catalogs;

    /** @param catalogs by user */
    public StoreRoutes(String version, Map<String, ImageCatalog> catalogs) {
        this.version = version;
        this.catalogs = catalogs;
    }

    /** The server at a moment. */
    public record StoreStatus(String version, List<ImageStatus> images) {}

    /** @param lastApplied ISO 8601 */
    public record ImageStatus(
            String address, long sizeBytes, long allocatedBytes, long appliedSequence, String lastApplied, String lease, String host, long dirtyBytes) {}

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
        return all.thenApply(images -> new StoreStatus(version, images));
    }

    private static CompletableFuture<List<ImageStatus>> page(ImageCatalog catalog, ImageInfo after, List<ImageStatus> into) {
        return catalog.list(after == null ? null : after.address(), PAGE).thenCompose(infos -> {
            infos.forEach(info -> into.add(new ImageStatus(info.address().toString(), info.sizeBytes(), info.allocatedBytes(), info.appliedSequence(),
                    info.lastApplied().toString(), info.lease().state().name(), info.lease().hostName(), info.lease().dirtyBytes())));
            return infos.size() < PAGE ? CompletableFuture.completedFuture(into) : page(catalog, infos.get(PAGE - 1), into);
        });
    }

    private void metrics(Context context) {
        context.future(() -> status().thenAccept(status -> context.contentType(HostMetrics.CONTENT_TYPE).result(text(status))));
    }

    private static String text(StoreStatus status) {
        StringBuilder text = new StringBuilder("# TYPE spindrift_image_allocated_bytes gauge\n");
        status.images().forEach(image ->
                text.append("spindrift_image_allocated_bytes{image=\"").append(image.address()).append("\"} ").append(image.allocatedBytes()).append('\n'));
        text.append("# TYPE spindrift_image_applied_sequence counter\n");
        status.images().forEach(image ->
                text.append("spindrift_image_applied_sequence{image=\"").append(image.address()).append("\"} ").append(image.appliedSequence()).append('\n'));
        return text.toString();
    }
}

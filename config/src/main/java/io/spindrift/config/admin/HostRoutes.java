package io.spindrift.config.admin;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.spindrift.config.settings.value.Quantity;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The host daemon's routes. Bodies are JSON objects of strings; the keys of a new volume are those of the settings file. */
public final class HostRoutes implements Consumer<JavalinConfig> {
    private final HostControl control;
    private final HostMetrics metrics = new HostMetrics();

    public HostRoutes(HostControl control) {
        this.control = control;
    }

    @Override
    public void accept(JavalinConfig config) {
        config.routes.get("/v1/status", context -> AdminServer.answer(context, control.status()));
        config.routes.get("/v1/volumes", context -> AdminServer.answer(context, control.status().thenApply(HostStatus::volumes)));
        config.routes.get("/v1/volumes/{name}", context -> AdminServer.answer(context, show(context.pathParam("name"))));
        config.routes.post("/v1/volumes", context -> AdminServer.answer(context, control.create(body(context))));
        config.routes.delete("/v1/volumes/{name}", this::delete);
        config.routes.post("/v1/volumes/{name}/resize", this::resize);
        config.routes.post("/v1/volumes/{name}/flush", context -> AdminServer.answer(context, control.flush(context.pathParam("name"))));
        config.routes.post("/v1/volumes/{name}/attach", this::attach);
        config.routes.post("/v1/volumes/{name}/check", context ->
                AdminServer.answer(context, control.check(context.pathParam("name"), "true".equals(body(context).get("repair")))));
        config.routes.get("/v1/volumes/{name}/locate", this::locate);
        config.routes.get("/metrics", this::metrics);
    }

    private CompletableFuture<VolumeStatus> show(String name) {
        return control.status().thenCompose(status -> status.volumes().stream()
                .filter(volume -> volume.name().equals(name))
                .findFirst()
                .map(CompletableFuture::completedFuture)
                .orElseGet(() -> CompletableFuture.failedFuture(
                        new ControlException(ControlException.Kind.NOT_FOUND, "there is no volume '" + name + "' here"))));
    }

    private void delete(Context context) {
        boolean force = "true".equals(context.queryParam("force"));
        AdminServer.answer(context, control.delete(context.pathParam("name"), force));
    }

    private void resize(Context context) {
        long sizeBytes = Quantity.parseBytes(needed(body(context), "size"));
        AdminServer.answer(context, control.resize(context.pathParam("name"), sizeBytes));
    }

    private void attach(Context context) {
        Instant time = instant(needed(body(context), "accept-older"));
        AdminServer.answer(context, control.attach(context.pathParam("name"), time));
    }

    private void locate(Context context) {
        String lba = String.valueOf(context.queryParam("lba"));
        if (!lba.matches("\\d{1,18}")) {
            throw new IllegalArgumentException("lba: a whole number of logical blocks is needed, not '" + lba + "'");
        }
        AdminServer.answer(context, control.locate(context.pathParam("name"), Long.parseLong(lba)));
    }

    private void metrics(Context context) {
        context.future(() -> control.status().thenAccept(status -> context.contentType(HostMetrics.CONTENT_TYPE).result(metrics.scrape(status))));
    }

    private static Map<String, String> body(Context context) {
        Map<String, String> keys = new HashMap<>();
        Json.read(context.body(), Map.class).forEach((key, value) -> keys.put(String.valueOf(key), String.valueOf(value)));
        return keys;
    }

    private static String needed(Map<String, String> body, String key) {
        String value = body.get(key);
        if (value == null) {
            throw new IllegalArgumentException(key + ": is missing");
        }
        return value;
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException malformed) {
            throw new IllegalArgumentException("accept-older: a time such as 2026-11-21T08:30:00Z is needed, not '" + text + "'", malformed);
        }
    }
}

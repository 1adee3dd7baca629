package io.spindrift.config.admin;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The daemon's figures for Prometheus, read out of a status at each scrape. Serialised: one scrape at a time. */
final class HostMetrics {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<String, Row> rows = new HashMap<>();

    synchronized String scrape(HostStatus status) {
        rows.values().forEach(row -> row.present = false);
        for (VolumeStatus volume : status.volumes()) {
            Row row = rows.computeIfAbsent(volume.name(), name -> register(new Row(volume)));
            row.latest = volume;
            row.present = true;
        }
        rows.values().removeIf(row -> !row.present && removed(row));
        return registry.scrape(CONTENT_TYPE);
    }

    private boolean removed(Row row) {
        row.meters.forEach(registry::remove);
        return true;
    }

    private Row register(Row row) {
        gauge(row, "spindrift.volume.size.bytes", "The disk's size", v -> v.sizeBytes());
        gauge(row, "spindrift.volume.ready", "1 where the volume serves its medium", v -> v.state().equals("ready") ? 1 : 0);
        gauge(row, "spindrift.volume.link.up", "1 where the image can be reached", v -> v.link().equals("up") || v.link().equals("full") ? 1 : 0);
        gauge(row, "spindrift.volume.store.full", "1 where the image's store has no room", v -> v.link().equals("full") ? 1 : 0);
        gauge(row, "spindrift.volume.sessions", "Initiators that are logged in to the volume's target", v -> v.sessions());
        gauge(row, "spindrift.volume.dirty.bytes", "Acknowledged bytes that are not in the image", v -> v.dirt().dirtyBytes());
        gauge(row, "spindrift.volume.oldest.dirty.seconds", "Age of the oldest write that is not in the image", v -> v.dirt().oldestDirtyMs() / 1000.0);
        gauge(row, "spindrift.volume.held.writes", "Writes that wait for their turn, or for room in the journal", v -> v.dirt().heldWrites());
        gauge(row, "spindrift.volume.write.limit.bytes", "What writes are slowed to, a second; 0 where they aren't", v -> v.dirt().writeLimitBytes());
        gauge(row, "spindrift.volume.recovery.point.missed", "1 where the recovery point is missed", v -> v.recovery().state().equals("missed") ? 1 : 0);
        gauge(row, "spindrift.volume.recovery.point.seconds", "The goal for the age of the oldest dirty write; 0 for none", v -> v.recovery().goalMs() / 1000.0);
        gauge(row, "spindrift.volume.recovery.point.bytes", "The goal for dirty bytes; 0 for none", v -> v.recovery().goalBytes());
        gauge(row, "spindrift.volume.hydrated.percent", "How much of the image is here; -1 where hydration is off", v -> v.cache().hydratedPercent());
        gauge(row, "spindrift.volume.journal.used.bytes", "Journal space in use", v -> v.dirt().journalUsedBytes());
        gauge(row, "spindrift.volume.journal.capacity.bytes", "Journal space that may be used", v -> v.dirt().journalCapacityBytes());
        gauge(row, "spindrift.volume.cache.used.bytes", "Clean blocks on this host", v -> v.cache().usedBytes());
        gauge(row, "spindrift.volume.cache.capacity.bytes", "Clean blocks that may be kept", v -> v.cache().capacityBytes());
        counter(row, "spindrift.volume.read.hits", "Read requests that did not need the image", v -> v.reads().hits());
        counter(row, "spindrift.volume.read.misses", "Read requests that waited for the image", v -> v.reads().misses());
        counter(row, "spindrift.volume.fetched.bytes", "Bytes fetched because a guest waited", v -> v.reads().fetchedBytes());
        counter(row, "spindrift.volume.prefetched.bytes", "Bytes fetched ahead of a reader", v -> v.reads().prefetchedBytes());
        counter(row, "spindrift.volume.hydrated.bytes", "Bytes fetched to fill the cache", v -> v.reads().hydratedBytes());
        counter(row, "spindrift.volume.cache.corrupt.blocks", "Cached blocks that failed their check", v -> v.cache().corruptBlocks());
        counter(row, "spindrift.volume.scrubbed.bytes", "Bytes of cache, journal and image compared with their checksums by scrubs", v -> v.scrub().bytes());
        counter(row, "spindrift.volume.scrub.damaged.blocks", "Blocks that scrubs found damaged", v -> v.scrub().damagedBlocks());
        gauge(row, "spindrift.volume.scrub.last.pass.age.seconds", "Since the last whole scrub ended; -1 for never",
                v -> v.scrub().lastPassAgeMs() < 0 ? -1 : v.scrub().lastPassAgeMs() / 1000.0);
        counter(row, "spindrift.volume.destaged.bytes", "Bytes brought into the image", v -> v.dirt().destagedBytes());
        return row;
    }

    private void gauge(Row row, String name, String description, ToDoubleFunction<VolumeStatus> figure) {
        row.meters.add(Gauge.builder(name, row, r -> figure.applyAsDouble(r.latest)).description(description).tag("volume", row.latest.name()).register(registry));
    }

    private void counter(Row row, String name, String description, ToDoubleFunction<VolumeStatus> figure) {
        row.meters.add(
                FunctionCounter.builder(name, row, r -> figure.applyAsDouble(r.latest)).description(description).tag("volume", row.latest.name()).register(registry));
    }

    /** One volume's meters and what they show. */
    private static final class Row {
        private final List<Meter> meters = new ArrayList<>();
        private VolumeStatus latest;
        private boolean present;

        Row(VolumeStatus latest) {
            this.latest = latest;
        }
    }
}

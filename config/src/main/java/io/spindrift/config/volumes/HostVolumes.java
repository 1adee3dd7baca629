package io.spindrift.config.volumes;

import io.spindrift.config.admin.ControlException.Kind;
import io.spindrift.config.process.Console;
import io.spindrift.config.settings.VolumeEntry;
import io.spindrift.config.settings.VolumesFile;
import io.spindrift.volume.CloseResult;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All volumes of a host: those that the settings file names, and those that were made while a daemon ran, which {@link VolumesFile} keeps. Made by the
 * assembly; any thread.
 */
public final class HostVolumes {
    private static final Logger LOG = LoggerFactory.getLogger(HostVolumes.class);

    private final VolumeParts parts;
    private final ServedTargets targets;
    private final Console console;
    private final String portal;
    private final VolumesFile file;
    private final Executor blocking;
    private final Map<String, ServedVolume> volumes = new LinkedHashMap<>();
    private final Map<String, VolumeEntry> kept = new LinkedHashMap<>();

    public HostVolumes(VolumeParts parts, ServedTargets targets, Console console, String portal, VolumesFile file, Executor blocking) {
        this.parts = parts;
        this.targets = targets;
        this.console = console;
        this.portal = portal;
        this.file = file;
        this.blocking = blocking;
    }

    /** Serves the volumes of the settings file, and those that were kept. One that is in both is as the settings file says. */
    public void start(List<VolumeEntry> named, List<VolumeEntry> made, Map<String, Instant> acceptOlder) {
        named.forEach(entry -> serve(entry, acceptOlder.get(entry.name())));
        for (VolumeEntry entry : made) {
            String clash = clash(entry);
            if (clash != null) {
                LOG.warn("volumes.yaml: volume {} is left out: {}", entry.name(), clash);
                continue;
            }
            kept.put(entry.name(), entry);
            serve(entry, acceptOlder.get(entry.name()));
        }
    }

    private synchronized ServedVolume serve(VolumeEntry entry, Instant acceptOlder) {
        ServedVolume served = new ServedVolume(entry, parts, targets, console, portal);
        volumes.put(entry.name(), served);
        if (acceptOlder != null) {
            served.acceptOlder(acceptOlder);
        }
        served.start();
        return served;
    }

    private synchronized String clash(VolumeEntry entry) {
        for (ServedVolume other : volumes.values()) {
            if (other.entry().name().equals(entry.name())) {
                return "there is a volume '" + entry.name() + "' already";
            }
            if (other.entry().place().collides(entry.place())) {
                return "LUN " + entry.place().lun() + " of target " + entry.place().target() + " is volume '" + other.entry().name() + "' already";
            }
        }
        return targets.refusal(entry.place());
    }

    /** Serves a new volume and keeps it; done when it has settled. */
    CompletableFuture<ServedVolume> create(VolumeEntry entry) {
        ServedVolume served;
        synchronized (this) {
            String clash = clash(entry);
            if (clash != null) {
                return Refusals.refuse(Kind.CONFLICT, clash);
            }
            kept.put(entry.name(), entry);
            served = serve(entry, null);
        }
        return save().thenCompose(saved -> served.settled()).thenApply(settled -> served);
    }

    /** Brings what is dirty into the images while the volumes serve, as far as that goes in a part of their close timeouts. Never fails. */
    public CompletableFuture<Void> drain() {
        return CompletableFuture.allOf(all().stream().map(ServedVolume::drain).toArray(CompletableFuture<?>[]::new)).exceptionally(failed -> null);
    }

    /** Remembers a new size, where the size is this host's to remember. */
    CompletableFuture<Void> resized(String name, long sizeBytes) {
        synchronized (this) {
            VolumeEntry entry = kept.get(name);
            if (entry == null) {
                return CompletableFuture.completedFuture(null);
            }
            kept.put(name, entry.withSize(sizeBytes));
        }
        return save();
    }

    /** Serves a volume no more and forgets it; its image and its folder are the caller's matter. */
    CompletableFuture<CloseResult> remove(String name) {
        ServedVolume served;
        synchronized (this) {
            served = volumes.remove(name);
            kept.remove(name);
        }
        if (served == null) {
            return Refusals.refuse(Kind.NOT_FOUND, "there is no volume '" + name + "' here");
        }
        return save().thenCompose(saved -> served.close());
    }

    /** Whether the volume was made while a daemon ran, and not by the settings file. */
    synchronized boolean made(String name) {
        return kept.containsKey(name);
    }

    /** @return null where there is none */
    public synchronized ServedVolume find(String name) {
        return volumes.get(name);
    }

    public synchronized List<ServedVolume> all() {
        return new ArrayList<>(volumes.values());
    }

    /** Closes all at once. @return the sum, with the reasons of those that have something left */
    public CompletableFuture<CloseResult> close() {
        CompletableFuture<CloseResult> sum = CompletableFuture.completedFuture(new CloseResult(0, true, ""));
        List<ServedVolume> open = all();
        List<CompletableFuture<CloseResult>> results = open.stream().map(ServedVolume::close).toList();
        for (int i = 0; i < open.size(); i++) {
            String name = open.get(i).entry().name();
            sum = sum.thenCombine(results.get(i).exceptionally(defect -> new CloseResult(0, false, String.valueOf(defect))), (one, two) -> sum(one, name, two));
        }
        return sum;
    }

    private static CloseResult sum(CloseResult before, String name, CloseResult one) {
        String reason = one.clean() ? "" : "volume " + name + ": " + one.reason();
        String reasons = before.reason().isEmpty() || reason.isEmpty() ? before.reason() + reason : before.reason() + "; " + reason;
        return new CloseResult(before.dirtyBytes() + one.dirtyBytes(), before.released() && one.released(), reasons);
    }

    private CompletableFuture<Void> save() {
        return CompletableFuture.runAsync(() -> {
            synchronized (file) {
                List<VolumeEntry> entries;
                synchronized (this) {
                    entries = new ArrayList<>(kept.values());
                }
                try {
                    file.write(entries);
                } catch (IOException failed) {
                    throw new java.io.UncheckedIOException("volumes.yaml can't be written: " + failed.getMessage(), failed);
                }
            }
        }, blocking);
    }
}

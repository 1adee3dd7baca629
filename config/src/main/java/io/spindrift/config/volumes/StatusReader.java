package io.spindrift.config.volumes;

import io.spindrift.config.admin.HostStatus;
import io.spindrift.config.admin.VolumeStatus;
import io.spindrift.config.process.Version;
import io.spindrift.image.Image;
import io.spindrift.iscsi.IscsiServer;
import io.spindrift.iscsi.SessionInfo;
import io.spindrift.volume.outage.RecoveryPoint;
import io.spindrift.volume.scrub.ScrubStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** The daemon's figures, gathered from the loops where they live. Made by the assembly; any thread. */
public final class StatusReader {
    private static final VolumeStatus.Reads NO_READS = new VolumeStatus.Reads(0, 0, 0, 0, 0, 0);
    private static final VolumeStatus.Dirt NO_DIRT = new VolumeStatus.Dirt(0, 0, 0, 0, 0, 0, 0, "");
    private static final VolumeStatus.Recovery NO_RECOVERY = new VolumeStatus.Recovery("off", 0, 0, 0, 0);
    private static final VolumeStatus.Cache NO_CACHE = new VolumeStatus.Cache(0, 0, 0, -1, "off");

    private final IscsiServer server;
    private final Instant started;
    private final String transport;
    private final List<String> portals;

    public StatusReader(IscsiServer server, Instant started, String transport, List<String> portals) {
        this.server = server;
        this.started = started;
        this.transport = transport;
        this.portals = portals;
    }

    int sessionsOf(String iqn) {
        return (int) server.sessions().stream().filter(session -> session.target().equals(iqn)).count();
    }

    CompletableFuture<HostStatus> read(List<ServedVolume> volumes) {
        List<CompletableFuture<VolumeStatus>> reads = volumes.stream().map(this::read).toList();
        return CompletableFuture.allOf(reads.toArray(new CompletableFuture<?>[0])).thenApply(all -> {
            List<VolumeStatus> statuses = new ArrayList<>();
            reads.forEach(read -> statuses.add(read.join()));
            return new HostStatus(Version.text(), started.toString(), transport, portals, statuses, sessions());
        });
    }

    private List<HostStatus.SessionStatus> sessions() {
        List<HostStatus.SessionStatus> sessions = new ArrayList<>();
        for (SessionInfo session : server.sessions()) {
            sessions.add(new HostStatus.SessionStatus(session.target(), session.initiatorName(), session.address(), session.inFlight(), session.commands(),
                    session.bytesRead(), session.bytesWritten()));
        }
        return sessions;
    }

    CompletableFuture<VolumeStatus> read(ServedVolume volume) {
        return volume.scrubbed().thenCompose(scrub -> volume.journalsAside().thenCompose(aside ->
                volume.status().thenCombine(volume.trouble(), (status, trouble) -> status == null
                ? new VolumeStatus(volume.entry().name(), volume.entry().type().word(), volume.entry().sizeBytes(), volume.url(), "opening", trouble, "down",
                        NO_READS, NO_DIRT, NO_CACHE, NO_RECOVERY, 0, aside, VolumeStatus.Scrub.NONE)
                : told(volume, status, trouble, aside, scrub))));
    }

    private VolumeStatus told(ServedVolume volume, io.spindrift.volume.VolumeStatus status, String trouble, List<String> aside,
            ScrubStatus scrub) {
        boolean serving = status.reads() != null;
        String link = serving ? status.remote().link().name().toLowerCase(Locale.ROOT) : "none";
        String reason = trouble.isEmpty() ? status.reason() : trouble;
        return new VolumeStatus(volume.entry().name(), volume.entry().type().word(), status.sizeBytes(), volume.url(), status.state().name().toLowerCase(Locale.ROOT),
                reason, link, serving ? reads(status) : NO_READS, serving ? dirt(status) : NO_DIRT, serving ? cache(status) : NO_CACHE,
                serving ? recovery(status.dirt().recovery()) : NO_RECOVERY, sessionsOf(volume.iqn()), aside, new VolumeStatus.Scrub(scrub.running(), scrub.bytes(), scrub.damaged(), scrub.repaired(), scrub.passes(),
                scrub.lastPassAgeMs()));
    }

    private static VolumeStatus.Reads reads(io.spindrift.volume.VolumeStatus status) {
        return new VolumeStatus.Reads(status.reads().hits(), status.reads().misses(), status.reads().hitRatio(), status.remote().fetchedDemandBytes(),
                status.remote().fetchedPrefetchBytes(), status.remote().fetchedBulkBytes());
    }

    private static VolumeStatus.Dirt dirt(io.spindrift.volume.VolumeStatus status) {
        io.spindrift.volume.VolumeStatus.Dirt dirt = status.dirt();
        String remote = status.remote().destageReason() == null || status.remote().destageReason().isEmpty() ? status.remote().linkReason() : status.remote().destageReason();
        String trouble = dirt.journalFailure().isEmpty() ? remote : dirt.journalFailure();
        return new VolumeStatus.Dirt(dirt.bytes(), dirt.oldestAgeMillis(), dirt.journalUsedBytes(), dirt.journalCapacityBytes(),
                status.remote().destagedBytes(), dirt.heldWrites(), dirt.writeBytesPerSecond(), trouble == null ? "" : trouble);
    }

    private static VolumeStatus.Recovery recovery(io.spindrift.volume.VolumeStatus.Recovery recovery) {
        RecoveryPoint goal = recovery.goal();
        String state = !goal.isSet() ? "off" : recovery.missedMillis() > 0 ? "missed" : "kept";
        return new VolumeStatus.Recovery(
                state, goal.age() == null ? 0 : goal.age().toMillis(), goal.bytes(), recovery.missedMillis(), recovery.timesMissed());
    }

    private static VolumeStatus.Cache cache(io.spindrift.volume.VolumeStatus status) {
        io.spindrift.blockcache.CacheStats stats = status.reads().cache();
        long used = stats == null ? 0 : stats.blocks() * Image.BLOCK_BYTES;
        long capacity = stats == null ? 0 : stats.capacityBlocks() * Image.BLOCK_BYTES;
        return new VolumeStatus.Cache(used, capacity, stats == null ? 0 : stats.corrupt(), status.ahead().hydratedPercent(), status.ahead().bootProfile());
    }
}

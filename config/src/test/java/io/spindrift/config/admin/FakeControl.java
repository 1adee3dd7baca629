package io.spindrift.config.admin;

import io.spindrift.config.admin.ControlException.Kind;
import io.spindrift.config.check.CheckReport;
import io.spindrift.image.Damage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A daemon with one volume that notes what it was asked. Thread-safe. */
public final class FakeControl implements HostControl {
    public static final VolumeStatus DISK = new VolumeStatus(
            "disk0", "system", 10L << 30, "iscsi://127.0.0.1:3260/iqn.2026-11.io.spindrift:disk0/0", "ready", "", "up",
            new VolumeStatus.Reads(90, 10, 0.9, 40960, 0, 0), new VolumeStatus.Dirt(12L << 20, 1500, 1 << 20, 1 << 30, 4096, 0, 0, ""),
            new VolumeStatus.Cache(1 << 20, 1 << 30, 0, 50, "done"), new VolumeStatus.Recovery("missed", 1000, 0, 500, 1), 1, List.of(),
            new VolumeStatus.Scrub(false, 5 << 20, 2, 1, 3, 4000));

    private final List<String> asked = new ArrayList<>();

    public synchronized List<String> asked() {
        return List.copyOf(asked);
    }

    private synchronized <T> CompletableFuture<T> answer(String question, String name, T value) {
        asked.add(question);
        return name.equals("disk0")
                ? CompletableFuture.completedFuture(value)
                : CompletableFuture.failedFuture(new ControlException(Kind.NOT_FOUND, "there is no volume '" + name + "' here"));
    }

    @Override
    public CompletableFuture<HostStatus> status() {
        return answer("status", "disk0", new HostStatus("9.9", "2026-11-21T00:00:00Z", "nio", List.of("127.0.0.1:3260"), List.of(DISK),
                List.of(new HostStatus.SessionStatus("iqn.2026-11.io.spindrift:disk0", "iqn.x:me", "127.0.0.1:999", 1, 2, 3, 4))));
    }

    @Override
    public CompletableFuture<VolumeStatus> create(Map<String, String> keys) {
        if (keys.get("name").equals("broken")) {
            throw new IllegalStateException("a defect of the daemon's");
        }
        return answer("create " + keys.get("name") + " " + keys.get("size") + " " + keys.get("cache-size"), "disk0", DISK);
    }

    @Override
    public CompletableFuture<VolumeStatus> resize(String name, long sizeBytes) {
        return answer("resize " + name + " " + sizeBytes, name, DISK);
    }

    @Override
    public CompletableFuture<Void> delete(String name, boolean force) {
        if (!force) {
            return CompletableFuture.failedFuture(new ControlException(Kind.CONFLICT, "volume '" + name + "' has 1 session; --force deletes it all the same"));
        }
        return answer("delete " + name, name, null);
    }

    @Override
    public CompletableFuture<VolumeStatus> flush(String name) {
        return answer("flush " + name, name, DISK);
    }

    @Override
    public CompletableFuture<CheckReport.Told> check(String name, boolean repair) {
        CheckReport report = new CheckReport();
        report.add(new Damage(Damage.Part.CACHE, Damage.Harm.REPLACED, new Damage.Blocks(name, 3, 1), "cache.slab", 4096, "fails"), repair);
        return answer("check " + name + " " + repair, name, report.told());
    }

    @Override
    public CompletableFuture<BlockLocation> locate(String name, long lba) {
        return answer("locate " + name + " " + lba, name, lba > 1000 ? new BlockLocation(lba, null, 0, 0, 0) : new BlockLocation(lba, "seg/7", 8192, 4096, 512));
    }

    @Override
    public CompletableFuture<VolumeStatus> attach(String name, Instant acceptOlder) {
        return answer("attach " + name + " " + acceptOlder, name, DISK);
    }
}

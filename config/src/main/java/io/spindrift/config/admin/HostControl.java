package io.spindrift.config.admin;

import io.spindrift.config.check.CheckReport;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * What a running host daemon can be asked. Called from any thread, never blocks; futures fail with {@link ControlException} and complete on a thread
 * of the daemon's that must not be held up.
 */
public interface HostControl {
    CompletableFuture<HostStatus> status();

    /** Makes image and volume and serves it. @param keys as in the settings file's {@code volumes} entries */
    CompletableFuture<VolumeStatus> create(Map<String, String> keys);

    /** Grows a volume while it is used. */
    CompletableFuture<VolumeStatus> resize(String name, long sizeBytes);

    /** Removes volume and image. CONFLICT while initiators are logged in or dirty data is left, unless {@code force}. */
    CompletableFuture<Void> delete(String name, boolean force);

    /** Completes when the image holds everything that was acknowledged before this call. */
    CompletableFuture<VolumeStatus> flush(String name);

    /** Compares a volume's journal, cache and image with their checksums. @param repair whether what has a good copy is repaired */
    CompletableFuture<CheckReport.Told> check(String name, boolean repair);

    CompletableFuture<BlockLocation> locate(String name, long lba);

    /** Attaches a volume whose lease was left dirty by another host, in the state of {@code acceptOlder}. */
    CompletableFuture<VolumeStatus> attach(String name, Instant acceptOlder);
}

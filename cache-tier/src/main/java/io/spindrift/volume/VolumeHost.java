package io.spindrift.volume;

import io.netty.util.concurrent.EventExecutor;
import io.spindrift.blockcache.BlockCache;
import io.spindrift.image.HostIdentity;
import io.spindrift.image.ImageCatalog;
import io.spindrift.volume.destage.BatchMemory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * What a volume is given by its assembly.
 *
 * @param home the target's loop: everything of the volume runs there
 * @param blocking closes caches
 * @param batches what batches are built in, shared by all volumes of the process
 * @param caches opens the volume's cache, away from the loop; completes on any thread, with null where the volume has none
 */
public record VolumeHost(
        EventExecutor home, Executor blocking, ImageCatalog catalog, HostIdentity identity, JournalSource journals, BatchMemory batches,
        Supplier<CompletableFuture<BlockCache>> caches) {}

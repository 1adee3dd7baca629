package io.spindrift.config.volumes;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.spindrift.scsi.SpaceGauge;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How full the file system of the embedded store is, looked at again and again; unknown where images are on storage servers. Made and closed by the assembly;
 * any thread.
 */
public final class StoreSpace implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreSpace.class);
    private static final long EVERY_MS = 5_000;

    private final Path directory;
    private final Executor blocking;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Future<?> looking;
    private volatile SpaceGauge.Space latest;

    private StoreSpace(Path directory, EventExecutor timer, Executor blocking) {
        this.directory = directory;
        this.blocking = blocking;
        this.looking = timer == null ? null : timer.scheduleAtFixedRate(this::look, 0, EVERY_MS, TimeUnit.MILLISECONDS);
    }

    /** Of the file system that a folder is in. @param blocking is where it is looked at */
    public static StoreSpace of(Path directory, EventExecutor timer, Executor blocking) {
        return new StoreSpace(directory, timer, blocking);
    }

    /** What storage servers have room for is not known here. */
    public static StoreSpace unknown() {
        return new StoreSpace(null, null, null);
    }

    private void look() {
        blocking.execute(() -> {
            try {
                take(Files.getFileStore(directory));
            } catch (IOException gone) {
                LOG.debug("how full the store is can't be told: {}", gone.getMessage());
            }
        });
    }

    /** What is kept back for the system's administrator is neither used nor free. */
    private void take(FileStore files) throws IOException {
        long used = files.getTotalSpace() - files.getUnallocatedSpace();
        long capacity = used + files.getUsableSpace();
        if (used < 0 || capacity <= 0) {
            return;
        }
        SpaceGauge.Space before = latest;
        latest = new SpaceGauge.Space(used, capacity);
        if (!latest.equals(before)) {
            listeners.forEach(Runnable::run);
        }
    }

    /** @return null where it is not known */
    SpaceGauge.Space latest() {
        return latest;
    }

    /** @param changed is called on any thread */
    void listen(Runnable changed) {
        listeners.add(changed);
    }

    void forget(Runnable changed) {
        listeners.remove(changed);
    }

    @Override
    public void close() {
        if (looking != null) {
            looking.cancel(false);
        }
    }
}
